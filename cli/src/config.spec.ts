import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetLogin, readCliConfig, saveLogin } from './config.js';

const FIRST = 'http://127.0.0.1:4000';
const SECOND = 'http://127.0.0.1:4100';

/** Two clones on one machine, each with its installation, and one user. */
describe('which installation a command talks to, and as whom', () => {
  let folder: string;
  let env: Readonly<Record<string, string>>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'caseledger-config-'));
    env = { HOME: join(folder, 'home') };
    installed('first', { address: FIRST, bearer: 'demo of the first', installationKey: 'key' });
    installed('second', { address: SECOND, bearer: 'demo of the second' });
    mkdirSync(join(folder, 'elsewhere'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function installed(clone: string, client: object): void {
    mkdirSync(join(folder, clone, '.caseledger'), { recursive: true });
    writeFileSync(join(folder, clone, '.caseledger', 'client.json'), JSON.stringify(client));
  }

  const within = (clone: string, more: Readonly<Record<string, string>> = {}) => readCliConfig({ ...env, ...more }, join(folder, clone)).connection;

  it('never takes a login of one installation to another', () => {
    saveLogin(env, { address: FIRST, bearer: 'boss of the first' });
    expect(within('first')).toEqual({ address: FIRST, bearer: 'boss of the first' });
    expect(within('second')).toEqual({ address: SECOND, bearer: 'demo of the second' });
    expect(within('first', { CASELEDGER_HOME: join(folder, 'second', '.caseledger') })).toEqual({ address: SECOND, bearer: 'demo of the second' });
  });

  it('keeps a login for each address, readable by its user only', () => {
    saveLogin(env, { address: FIRST, bearer: 'boss of the first' });
    saveLogin(env, { address: `${SECOND}/`, bearer: 'boss of the second' });
    expect([within('first')?.bearer, within('second')?.bearer]).toEqual(['boss of the first', 'boss of the second']);
    const file = join(folder, 'home', '.config', 'caseledger', 'logins.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).bearers)).toEqual([FIRST, SECOND]);
  });

  it('is the demo owner of the installation again after signing out, there only', () => {
    saveLogin(env, { address: FIRST, bearer: 'boss of the first' });
    saveLogin(env, { address: SECOND, bearer: 'boss of the second' });
    expect(forgetLogin(env, FIRST)).toBe('boss of the first');
    expect(forgetLogin(env, FIRST)).toBeUndefined();
    expect([within('first')?.bearer, within('second')?.bearer]).toEqual(['demo of the first', 'boss of the second']);
  });

  it('goes outside of every clone to where the user last signed in, and to nobody else after that', () => {
    expect(within('elsewhere')).toBeUndefined();
    saveLogin(env, { address: SECOND, bearer: 'boss of the second' });
    expect(within('elsewhere')).toEqual({ address: SECOND, bearer: 'boss of the second' });
    forgetLogin(env, SECOND);
    expect(within('elsewhere')).toBeUndefined();
  });

  it('sends no bearer of one address to another that the environment names', () => {
    saveLogin(env, { address: FIRST, bearer: 'boss of the first' });
    expect(within('first', { CASELEDGER_ADDRESS: 'https://ledger.example' })).toBeUndefined();
    expect(within('second', { CASELEDGER_ADDRESS: `${FIRST}/` })?.bearer).toBe('boss of the first');
    expect(within('first', { CASELEDGER_KEY: 'key' })).toEqual({ address: FIRST, bearer: 'key' });
  });

  it('knows no address of an installation that is named and was never started', () => {
    saveLogin(env, { address: FIRST, bearer: 'boss of the first' });
    expect(readCliConfig({ ...env, CASELEDGER_HOME: join(folder, 'third') }, join(folder, 'first'))).toMatchObject({ address: undefined, connection: undefined });
  });
});
