import { existsSync } from 'node:fs';
import { Network, RestSession } from '@caseledger/testing';
import { signIn, type Session } from '../company.js';
import { readBrowserConfig } from '../config.js';
import { manyClients } from '../people.js';
import { Explorer } from './explorer.js';

const OWNER = { email: 'owner@browser.test', password: 'a-long-enough-password' };
const ROWS = 3_000;

const { program, required } = readBrowserConfig();
// Whoever has no Chromium can still run the tests; the project's own run may not do without.
const inBrowser = required || existsSync(program) ? describe : describe.skip;

inBrowser('the explorer in a browser', () => {
  const network = new Network();
  let explorer: Explorer;
  let owner: Session;

  beforeAll(async () => {
    await network.start();
    const installation = new RestSession(network, network.environment()['CASELEDGER_INSTALLATION_KEY'] ?? '');
    await installation.json('POST', '/api/companies', { name: 'Browser LLP', kind: 'STANDARD', ownerName: 'Olga Owner', ownerEmail: OWNER.email, ownerPassword: OWNER.password });
    owner = await signIn(network, OWNER.email, OWNER.password);
    explorer = await Explorer.open(program, network.address);
  }, 180_000);
  afterAll(() => network.stop(), 60_000);
  afterAll(() => explorer.page.close(), 60_000);

  it('loads from this host alone and complains of nothing', async () => {
    await explorer.page.untilShown("document.querySelector('.graphiql-query-editor .CodeMirror') !== null");
    await explorer.untilSaid('Not signed in');
    expect(explorer.page.asked.filter((address) => !address.startsWith(`${network.address}/`))).toEqual([]);
    expect(explorer.page.asked.length).toBeGreaterThan(4);
    expect(explorer.page.complaints).toEqual([]);
  }, 60_000);

  it('signs in, reads the schema, and shows what was asked for and what was refused', async () => {
    await explorer.signIn(OWNER.email, 'not-the-password');
    await explorer.untilSaid('Wrong e-mail or password');
    await explorer.signIn(OWNER.email, OWNER.password);
    await explorer.untilSaid('Signed in');
    await explorer.page.click('.graphiql-sidebar button[aria-label*="ocumentation"]');
    await explorer.page.untilShown("document.querySelector('.graphiql-doc-explorer').textContent.includes('Subscription')");

    expect(await explorer.answerTo('query Firm { company { name } }', 'Firm', 'Browser')).toEqual({ data: { company: { name: 'Browser LLP' } } });
    const made = 'mutation Make { createContact(input: {firstName: "Zed", lastName: "Quill", emails: [{address: "nowhere"}]}) { contact { id } userErrors { code field } } }';
    expect(await explorer.answerTo(made, 'Make', 'userErrors')).toEqual({ data: { createContact: { contact: null, userErrors: [{ code: 'EMAIL_INVALID', field: 'emails/0' }] } } });
  }, 90_000);

  it('follows an import to its end over its socket', async () => {
    const planned = await owner.plan(manyClients(ROWS));
    await owner.begin(planned);
    const told = await explorer.answerTo(`subscription Progress { importProgress(id: "${planned.id}") { state done } }`, 'Progress', 'COMPLETED');
    expect(told).toEqual({ data: { importProgress: { state: 'COMPLETED', done: ROWS } } });
    expect(explorer.page.asked.at(-1)).toBe(`${network.address.replace('http', 'ws')}/graphql`);
  }, 120_000);

  it('tells that the session is over, and forgets it', async () => {
    const session = String(await explorer.page.evaluate("sessionStorage.getItem('session')"));
    await new RestSession(network, session).send('POST', '/api/sign-out');
    await explorer.run('query After { company { name } }', 'After');
    await explorer.untilSaid('The session is over: sign in again');
    expect(await explorer.page.evaluate("sessionStorage.getItem('session')")).toBe('');
  }, 60_000);
});
