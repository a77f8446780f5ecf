import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeArguments } from '@caseledger/local';
import { CommandLine, Network, type CommandEnd, type Json } from '@caseledger/testing';
import { newCompany, type ImportView, type Session } from './company.js';

const FILE = ['First Name,Last Name,Email', 'Ana,Ferrer,ana@kestrel-mail.net', 'Noah,Hale,not an address', ',,', 'Ana,Ferrer,ANA@kestrel-mail.net'].join('\r\n');

/** What OPS-007 promises scripts, on the product as it is started. */
describe('the command line (OPS-007)', () => {
  const network = new Network();
  const folder = mkdtempSync(join(tmpdir(), 'caseledger-cli-'));
  let company: Session;
  let cli: CommandLine;

  beforeAll(() => network.start(), 180_000);
  beforeEach(async () => {
    company = await newCompany(network);
    cli = new CommandLine(network, company.bearer, folder);
  });
  afterAll(async () => {
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  function written(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  async function imports(): Promise<ImportView[]> {
    return (await company.json<{ imports: ImportView[] }>('GET', '/api/imports?limit=100')).imports;
  }

  const last = ({ lines }: CommandEnd): Json => lines.at(-1) ?? {};

  it('imports a file, ends with one line of counts, and says by its exit code that rows failed', async () => {
    const ended = await cli.run('import', written('clients.csv', FILE), '--yes', '--json');
    expect(ended.exit).toBe(3);
    expect(last(ended)).toMatchObject({ state: 'COMPLETED', status: 'PARTIALLY_WORKED', counts: { read: 4, created: 1, skipped: 2, failed: 1, held: 0 } });
    expect(Object.keys(last(ended))).toEqual(['id', 'state', 'status', 'planHash', 'seconds', 'counts']);
  }, 120_000);

  it('tells the rows of the ledger as it told those of the plan', async () => {
    const { id } = last(await cli.run('import', written('clients.csv', FILE), '--yes', '--json'));
    const [planned, done] = await Promise.all([cli.run('imports', 'rows', String(id), '--plan', '--json'), cli.run('imports', 'rows', String(id), '--json')]);
    expect(done.lines.map((row) => ({ ...row, attempt: 0 }))).toEqual(planned.lines);
    expect(done.lines).toHaveLength(4);
  }, 120_000);

  it('LED-007: follows a corrected file to the import that its rows belong to', async () => {
    const first = last(await cli.run('import', written('clients.csv', FILE), '--yes', '--json'));
    const failed = join(folder, 'failed.csv');
    expect((await cli.run('results', String(first['id']), '--result', 'failed', '--out', failed)).exit).toBe(0);
    const fixed = written('fixed.csv', readFileSync(failed, 'utf8').replace(',not an address', ',noah@kestrel-mail.net'));
    const ended = await cli.run('import', fixed, '--yes', '--json');
    expect(ended).toMatchObject({ exit: 0, err: expect.stringContaining(`These rows belong to the import ${String(first['id'])}`) });
    expect(last(ended)).toMatchObject({ id: first['id'], state: 'COMPLETED', counts: { read: 4, created: 2, skipped: 2, failed: 0 } });
    expect((await imports()).map(({ id }) => id)).toEqual([first['id']]);
  }, 120_000);

  it.each([
    ['a mapping that names a column the file does not have', ['--map', 'mapping.json'], 2, null],
    ['an option that is none', ['--option', 'duplicatePolicy=PERHAPS'], 1, 'VALUE_NOT_ALLOWED'],
  ])('drops what was uploaded when it is refused for %s', async (_, flags, exit, code) => {
    written('mapping.json', '{"Favourite colour": "jobTitle"}');
    const ended = await cli.run('import', written('clients.csv', FILE), ...flags, '--yes', '--json');
    expect(ended.exit).toBe(exit);
    expect(last(ended)).toMatchObject({ error: { code } });
    expect((await imports()).map(({ state }) => state)).toEqual([]);
  }, 120_000);

  it('keeps what was uploaded under an import key, so that the same command can go on with it', async () => {
    const key = ['--key', 'may intake', '--yes', '--json'];
    const file = written('clients.csv', FILE);
    expect((await cli.run('import', file, '--option', 'duplicatePolicy=PERHAPS', ...key)).exit).toBe(1);
    const [kept] = await imports();
    expect(kept?.state).toBe('MAPPING');
    expect(last(await cli.run('import', file, ...key))).toMatchObject({ id: kept?.id, state: 'COMPLETED' });
  }, 120_000);

  it('refuses with the code and the exit code of a refusal, and a slip with that of a slip', async () => {
    const unknown = await cli.run('imports', 'show', '0198c0de-0000-7000-8000-000000000001', '--json');
    expect([unknown.exit, last(unknown)['error']]).toMatchObject([1, { code: 'NOT_FOUND' }]);
    expect((await cli.run('import', join(folder, 'nowhere.csv'), '--json')).exit).toBe(2);
    expect((await cli.run('imports', 'frobnicate')).exit).toBe(2);
  }, 60_000);

  it('starts programs beside the installation as the launcher left word to', async () => {
    expect(JSON.parse(readFileSync(join(network.home, 'programs.json'), 'utf8'))).toMatchObject({ 'import-worker': nodeArguments('import-worker'), verify: nodeArguments('verify') });
    const home = mkdtempSync(join(folder, 'installation-'));
    writeFileSync(join(home, 'environment.json'), '{}');
    expect(await cli.runOn(home, 'verify')).toMatchObject({ exit: 1, err: expect.stringContaining('programs.json') });
    // Given this, Node tells its version instead of running the program.
    writeFileSync(join(home, 'programs.json'), JSON.stringify({ verify: ['--version'] }));
    expect(await cli.runOn(home, 'verify')).toMatchObject({ exit: 0, out: `${process.version}\n` });
  }, 60_000);
});
