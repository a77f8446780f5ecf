import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { streamsV1 } from '@caseledger/contracts';
import { eventually, Network, type Json } from '@caseledger/testing';
import { Client, credentials, Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { newCompany, type Session } from './company.js';

const PROGRAM = fileURLToPath(new URL('../../examples/case-events/consume.mjs', import.meta.url));
const { read, head } = streamsV1.FeedServiceService;

interface Stored {
  readonly cases: Readonly<Record<string, { number: string; category: number }>>;
  readonly positions: Readonly<Record<string, number>>;
}

/** The feed of the product, with a place where a spec changes what it answers, as a faulty transport would. */
async function harmedFeed(address: string, harm: (reply: streamsV1.ReadFeedReply) => streamsV1.ReadFeedReply): Promise<{ address: string; stop(): void }> {
  const owner = new Client(address, credentials.createInsecure());
  const server = new Server();
  const relay =
    <Request, Reply>(method: { path: string; requestSerialize(request: Request): Buffer; responseDeserialize(bytes: Buffer): Reply }, change: (reply: Reply) => Reply) =>
    (call: ServerUnaryCall<Request, Reply>, callback: sendUnaryData<Reply>): void => {
      owner.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, call.request, call.metadata, (error, reply) => {
        if (error === null && reply !== undefined) callback(null, change(reply));
        else callback(error);
      });
    };
  server.addService(streamsV1.FeedServiceService, { read: relay(read, harm), head: relay(head, (reply) => reply) });
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error))));
  const stop = (): void => {
    server.forceShutdown();
    owner.close();
  };
  return { address: `127.0.0.1:${port}`, stop };
}

describe('the example that follows case events', () => {
  const network = new Network();
  const folder = mkdtempSync(join(tmpdir(), 'caseledger-events-'));
  const running: ChildProcess[] = [];
  let company: Session;
  let made = 0;

  beforeAll(() => network.start(), 180_000);
  beforeEach(async () => {
    company = await newCompany(network);
    await makeKey('key.json', ['cases.read']);
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function makeKey(file: string, scopes: string[]): Promise<void> {
    const data = await company.graphql<{ createApiKey: { secret: string } }>('mutation ($input: ApiKeyInput!) { createApiKey(input: $input) { secret } }', { input: { name: file, scopes } });
    writeFileSync(join(folder, file), JSON.stringify(data.createApiKey));
  }

  function start(group: string, home = network.home, key = 'key.json'): { child: ChildProcess; lines: Json[]; errors: () => string } {
    const child = spawn(process.execPath, [PROGRAM, key, group, home], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(child);
    const lines: Json[] = [];
    let errors = '';
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => void lines.push(JSON.parse(line) as Json));
    child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
    return { child, lines, errors: () => errors };
  }

  async function makeCases(n: number): Promise<string[]> {
    const items = Array.from({ length: n }, () => {
      made += 1;
      return { caseName: `Matter ${made}`, caseType: 'Family Law', client: { firstName: 'Ana', lastName: 'Ferrer', email: `ana.${made}@kestrel-mail.net` } };
    });
    const { results } = await company.json<{ results: { case: { id: string } }[] }>('POST', '/api/cases/batch', { items });
    return results.map((one) => one.case.id);
  }

  function stored(group: string): Stored {
    const file = join(folder, `case-events-${group}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Stored) : { cases: {}, positions: {} };
  }

  const counted = (group: string, n: number): Promise<boolean> => eventually(() => Object.keys(stored(group).cases).length === n, { deadlineMs: 30_000 });

  it('counts each case once, killed and started again while cases are made', async () => {
    const first = await makeCases(5);
    const before = start('killed');
    await counted('killed', 5);
    const more = makeCases(40);
    before.child.kill('SIGKILL');
    await once(before.child, 'exit');
    const ids = [...first, ...(await more)];
    await company.json('POST', `/api/cases/${ids[0] ?? ''}/status`, { status: 'Closed' });
    const after = start('killed');
    await counted('killed', 45);
    await eventually(() => stored('killed').cases[ids[0] ?? '']?.category === 2);
    expect(Object.keys(stored('killed').cases).sort()).toEqual([...ids].sort());
    // What had been stored before the kill is not told again.
    expect(after.lines.filter(({ event, case: id }) => event === 'CaseOpened' && first.includes(String(id)))).toEqual([]);
  }, 120_000);

  it('notices what is missing, says so, and fetches it', async () => {
    const [id = ''] = await makeCases(1);
    await company.json('PATCH', `/api/cases/${id}`, { description: 'Seen once' });
    await company.json('POST', `/api/cases/${id}/status`, { status: 'Active' });
    let lost = 0;
    const feed = await harmedFeed(network.environment()['CASES_ADDRESS'] ?? '', (reply) => {
      const events = reply.events.filter(({ type }) => type !== 'CaseFieldsChanged' || lost > 0);
      if (events.length < reply.events.length) lost += 1;
      return { ...reply, events };
    });
    const grpc = { accounts: network.environment()['ACCOUNTS_ADDRESS'], cases: feed.address };
    writeFileSync(join(folder, 'client.json'), JSON.stringify({ grpc }));
    try {
      const { lines } = start('gap', folder);
      await eventually(() => lines.some(({ refilled }) => refilled === true), { deadlineMs: 30_000 });
      const told = lines.map((line) => line['event'] ?? Object.keys(line)[0]);
      expect(told).toEqual(['CaseOpened', 'gap', 'CaseFieldsChanged', 'CaseStatusChanged', 'refilled']);
    } finally {
      feed.stop();
    }
  }, 120_000);

  it('drops what comes twice', async () => {
    await makeCases(3);
    const feed = await harmedFeed(network.environment()['CASES_ADDRESS'] ?? '', (reply) => ({ ...reply, events: [...reply.events, ...reply.events] }));
    writeFileSync(join(folder, 'client.json'), JSON.stringify({ grpc: { accounts: network.environment()['ACCOUNTS_ADDRESS'], cases: feed.address } }));
    try {
      const { lines } = start('twice', folder);
      await counted('twice', 3);
      expect(lines.filter(({ event }) => event === 'CaseOpened')).toHaveLength(3);
    } finally {
      feed.stop();
    }
  }, 120_000);

  it('SEC-001: sees no other company, and nothing without the permission or once the key is revoked', async () => {
    const mine = await makeCases(2);
    const other = await newCompany(network);
    await other.json('POST', '/api/cases', { caseName: 'Theirs', caseType: 'Family Law', client: { firstName: 'Wei', lastName: 'Novak' } });
    const follower = start('mine');
    await counted('mine', 2);
    await makeCases(1);
    await counted('mine', 3);
    expect(Object.keys(stored('mine').cases)).toEqual(expect.arrayContaining(mine));
    const { apiKeys } = await company.graphql<{ apiKeys: { id: string }[] }>('{ apiKeys { id } }');
    for (const { id } of apiKeys) await company.graphql('mutation ($id: ID!) { revokeApiKey(id: $id) { userErrors { code } } }', { id });
    expect(await once(follower.child, 'exit')).toEqual([1, null]);
    await makeKey('contacts.json', ['contacts.read']);
    const refused = start('refused', network.home, 'contacts.json');
    expect(await once(refused.child, 'exit')).toEqual([1, null]);
    expect(refused.errors()).toContain('PERMISSION_DENIED');
    // A key is never told, whatever goes wrong.
    for (const told of [follower.errors(), refused.errors()]) expect(told).not.toContain(JSON.parse(readFileSync(join(folder, 'key.json'), 'utf8')).secret as string);
  }, 120_000);
});
