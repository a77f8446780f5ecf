import { Network, type Json } from '@caseledger/testing';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { newCompany, type Session } from './company.js';

interface Created {
  readonly outcome: string;
  readonly case: { readonly id: string; readonly number: string; readonly version: number };
  readonly client: { readonly id: string; readonly outcome: string };
}

interface Change {
  readonly cursor: string;
  readonly type: string;
  readonly version: number;
  readonly case: { readonly number: string; readonly status: { readonly name: string } } | null;
}

/** What PRODUCT 2.31 and 2.32 promise of cases, on the product as it is started. */
describe('cases over GraphQL and REST', () => {
  const network = new Network();
  let company: Session;
  const clients: Client[] = [];

  beforeAll(() => network.start(), 180_000);
  beforeEach(async () => {
    company = await newCompany(network);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });
  afterAll(() => network.stop(), 60_000);

  const ANA = { firstName: 'Ana', lastName: 'Ferrer', email: 'ana@kestrel-mail.net', phone: '(415) 555-0132' };
  const create = (given: Json = {}): Promise<Created> => company.json('POST', '/api/cases', { caseName: 'Ferrer v. Quarry', caseType: 'Personal Injury', client: ANA, ...given });
  const globalCase = (id: string): string => Buffer.from(`Case:${id}`).toString('base64url');

  /** Changes from a cursor on, of one case or of all, as many as are wanted. */
  async function changes(wanted: number, after?: string, id?: string): Promise<Change[]> {
    const client = createClient({ url: `${network.address.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${company.bearer}` } });
    clients.push(client);
    const query = 'subscription ($after: String, $id: ID) { caseChanged(after: $after, id: $id) { cursor type version case { number status { name } } } }';
    const seen: Change[] = [];
    for await (const { data, errors } of client.iterate<{ caseChanged: Change }>({ query, variables: { after, id } })) {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      if (data) seen.push(data.caseChanged);
      if (seen.length === wanted) break;
    }
    return seen;
  }

  it('RST-001: a script makes a case with its client, finds the client again, and repeats nothing', async () => {
    const first = await create({ tags: ['vip'], courtDate: '2027-01-14' });
    expect(first).toMatchObject({ outcome: 'CREATED', case: { version: 1 }, client: { outcome: 'CREATED' } });
    expect(await create({ caseName: 'Ferrer v. Harbor' })).toMatchObject({ outcome: 'CREATED', client: { id: first.client.id } });
    expect(await create()).toMatchObject({ outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING', case: { id: first.case.id } });
    expect(await create({ caseName: 'By id', client: { id: first.client.id } })).toMatchObject({ outcome: 'CREATED' });
    await expect(create({ caseName: 'Nobody', client: { externalSystem: 'Clio', externalId: '1' } })).rejects.toMatchObject({ status: 422 });
    await expect(create({ caseName: 'Untyped', caseType: 'Maritime' })).rejects.toMatchObject({ code: 'VALUE_NOT_ALLOWED' });
  }, 60_000);

  it('CAS-008, CON-011, API-005: a case is found by its client at once, and stands on the client’s profile', async () => {
    const { case: made, client } = await create();
    const { data } = await company.json<{ data: Json }>('POST', '/graphql', {
      query: `mutation { changeCaseStatus(id: "${globalCase(made.id)}", statusId: "none") { userErrors { code } } }`,
    });
    expect(data).toMatchObject({ changeCaseStatus: { userErrors: [{ code: expect.any(String) }] } });
    for (const search of ['quarry', made.number, 'Ferrer Ana', '415 555 0132', 'ANA@kestrel-mail.net']) {
      const found = await company.graphql<{ cases: { totalCount: number; nodes: Json[] } }>('query ($search: String) { cases(filter: { search: $search }) { totalCount nodes { number } } }', { search });
      expect([search, found.cases]).toEqual([search, { totalCount: 1, nodes: [{ number: made.number }] }]);
    }
    const profile = await company.graphql(`{ contact(id: "${client.id}") { client cases { totalCount nodes { role primary case { number openedOn status { name } } } } } }`);
    expect(profile).toMatchObject({ contact: { client: true, cases: { totalCount: 1, nodes: [{ role: 'CLIENT', primary: true, case: { number: made.number, status: { name: 'New Lead' } } }] } } });
  }, 60_000);

  it('CAS-009: filters combine', async () => {
    await create({ caseStatus: 'Closed', openedOn: '2025-01-10', closedOn: '2025-06-01', tags: ['vip'] });
    await create({ caseName: 'In re Ferrer', caseType: 'Family Law', openedOn: '2026-01-10' });
    const names = async (filter: Json): Promise<unknown> => {
      const { cases } = await company.graphql<{ cases: { nodes: { name: string }[] } }>('query ($filter: CaseFilter) { cases(filter: $filter) { nodes { name } } }', { filter });
      return cases.nodes.map(({ name }) => name);
    };
    expect(await names({})).toEqual(['Ferrer v. Quarry', 'In re Ferrer']);
    expect(await names({ category: 'CLOSED', tag: 'vip', closedTo: '2025-12-31' })).toEqual(['Ferrer v. Quarry']);
    expect(await names({ category: 'CLOSED', openedFrom: '2026-01-01' })).toEqual([]);
    expect(await names({ openedFrom: '2026-01-01', source: 'API' })).toEqual(['In re Ferrer']);
  }, 60_000);

  it('API-001: caseChanged tells every change once, and goes on from its cursor', async () => {
    const live = changes(1);
    // The first change after the subscription stands; what was before is not told.
    const { case: made } = await untilTold(live);
    const path = `/api/cases/${made.id}`;
    const [opened] = await live;
    expect(opened).toMatchObject({ type: 'CaseOpened', case: { status: { name: 'New Lead' } } });
    await company.json('PATCH', path, { description: 'Fell on the stairs' });
    await company.json('POST', `${path}/status`, { status: 'Active' });
    await company.json('POST', `${path}/archive`, { reason: 'made twice' });
    const rest = await changes(3, opened?.cursor, made.id);
    expect(rest.map(({ type }) => type)).toEqual(['CaseFieldsChanged', 'CaseStatusChanged', 'CaseArchived']);
    expect((await changes(1, rest[1]?.cursor, globalCase(made.id))).map(({ type, case: now }) => [type, now?.status.name])).toEqual([['CaseArchived', 'Active']]);
  }, 60_000);

  /** Makes cases until the subscription has told of one: it begins where the log stood when it came. */
  async function untilTold(live: Promise<Change[]>): Promise<Created> {
    let told: Change | undefined;
    void live.then(([first]) => (told = first));
    const made = new Map<string, Created>();
    while (told === undefined) {
      const one = await create({ caseName: `Matter ${made.size}` });
      made.set(one.case.number, one);
    }
    const found = made.get(told.case?.number ?? '');
    if (found === undefined) throw new Error('The subscription told of a case that nobody made');
    return found;
  }

  it('API-004, RST-002: the same key is the same case, other data under it are refused', async () => {
    const headers = { 'idempotency-key': 'case-1' };
    const body = { caseName: 'Once', caseType: 'Family Law', client: ANA };
    const send = (given: Json): Promise<Response> => fetch(new URL('/api/cases', network.address), { method: 'POST', headers: { authorization: `Bearer ${company.bearer}`, 'content-type': 'application/json', ...headers }, body: JSON.stringify(given) });
    const [first, again, other] = [await send(body), await send(body), await send({ ...body, caseName: 'Twice' })];
    expect([first.status, again.status, again.headers.get('idempotent-replayed'), other.status]).toEqual([201, 201, 'true', 422]);
    expect(((await first.json()) as Created).case.id).toBe(((await again.json()) as Created).case.id);
    expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  }, 60_000);

  it('SEC-001: another company’s case does not exist, in any way of asking', async () => {
    const { case: made } = await create();
    const other = await newCompany(network);
    await expect(other.json('GET', `/api/cases/${made.id}`)).rejects.toMatchObject({ status: 404 });
    expect(await other.graphql(`{ case(id: "${made.id}") { id } node(id: "${globalCase(made.id)}") { id } cases { totalCount } }`)).toEqual({ case: null, node: null, cases: { totalCount: 0 } });
    await expect(other.json('PATCH', `/api/cases/${made.id}`, { description: 'x' })).rejects.toMatchObject({ status: 404 });
  }, 60_000);
});
