import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { leavesKafkaOut, readKafkaEnvironment } from '@caseledger/kafka';
import { eventually, Network } from '@caseledger/testing';
import { caseledger } from './command-line.js';
import { contactLines, ledgerLines, oracleLedger, oracleLines } from './compare.js';
import { newCompany, type Session } from './company.js';
import { csvOf, randomRows } from './oracle/random-file.js';
import { predict } from './oracle/sequential-oracle.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROWS = 1_200;
const PEOPLE = 500;

interface Positions {
  readonly transport: string;
  readonly ready: boolean;
  readonly topics: readonly { readonly topic: string; readonly heads: readonly object[]; readonly relay: readonly object[] | null; readonly consumers: readonly { readonly positions: readonly object[] }[] }[];
}

const itOnKafka = leavesKafkaOut(readKafkaEnvironment()) ? it.skip : it;

describe('an installation on Kafka', () => {
  const network = new Network({ kafka: true });
  let company: Session;
  beforeAll(async () => {
    await network.start();
    company = await newCompany(network);
  }, 240_000);
  afterAll(() => network.stop(), 60_000);

  async function status(): Promise<Positions> {
    const [told] = await caseledger(network, 'status');
    return told as unknown as Positions;
  }

  /** Every log is in its topics, and everybody who follows them has come to their end. */
  async function settled(): Promise<Positions> {
    return eventually(
      async () => {
        const told = await status();
        const isThrough = told.topics.every(({ heads, relay, consumers }) => [relay, ...consumers.map(({ positions }) => positions)].every((at) => JSON.stringify(at) === JSON.stringify(heads)));
        return isThrough && told.topics.length > 0 ? told : undefined;
      },
      { deadlineMs: 60_000, everyMs: 500 },
    );
  }

  async function importAndCompare(seed: number): Promise<void> {
    const rows = randomRows(seed, ROWS, PEOPLE);
    const own = await newCompany(network);
    const expected = predict([], rows, 'UPDATE');
    const planned = await own.plan(csvOf(rows), { duplicatePolicy: 'UPDATE' });
    await own.begin(planned);
    const done = await own.until(planned.id, ['COMPLETED']);
    expect(ledgerLines(await own.rows(done.id))).toEqual(oracleLedger(expected));
    expect(contactLines(await own.contacts({ archived: 'INCLUDE' }))).toEqual(oracleLines(expected));
  }

  itOnKafka('imports as the embedded one does, and says where everything stands', async () => {
    await importAndCompare(21);
    const told = await settled();
    expect(told).toMatchObject({ transport: 'kafka', ready: true });
    expect(told.topics.map(({ topic }) => topic)).toContain('caseledger.cases.v1');
    expect(await caseledger(network, 'topics', 'plan')).toMatchObject([{ transport: 'kafka', missing: [], faults: [] }]);
  }, 240_000);

  itOnKafka('is read with kcat and buf, and by the example of case events as it is', async () => {
    const items = Array.from({ length: 5 }, (_, index) => ({ caseName: `Matter ${index}`, caseType: 'Family Law', client: { firstName: 'Ana', lastName: 'Ferrer', email: `ana.${index}@kestrel-mail.net` } }));
    await company.json('POST', '/api/cases/batch', { items });
    await settled();
    await followed(5);
    const line = /^kcat .*$/m.exec(readFileSync(join(ROOT, 'docs', 'case-events.md'), 'utf8'))?.[0] ?? '';
    expect(line).toContain('caseledger.cases.v1');
    const hasKcat = (await promisify(execFile)('sh', ['-c', 'command -v kcat || true'])).stdout !== '';
    if (!hasKcat && !readKafkaEnvironment().required) return;
    const brokers = network.environment()['KAFKA_BROKERS'] ?? '';
    const { stdout } = await promisify(execFile)('sh', ['-c', line.replace('127.0.0.1:9092', brokers)], { cwd: ROOT, timeout: 60_000 });
    expect(JSON.parse(stdout)).toMatchObject({ number: expect.stringMatching(/^C-/), category: 'CASE_CATEGORY_OPEN' });
  }, 240_000);

  (readKafkaEnvironment().all ? itOnKafka : it.skip)('goes on embedded after a kill, and on Kafka again, with all its data and positions', async () => {
    const before = await settled();
    await network.killAll();
    await network.start({ kafka: false });
    expect(await status()).toMatchObject({ transport: 'embedded', ready: true });
    await importAndCompare(22);
    await network.killAll();
    await network.start({ kafka: true });
    await importAndCompare(23);
    const after = await settled();
    expect(after.transport).toBe('kafka');
    expect(after.topics.map(({ topic }) => topic)).toEqual(before.topics.map(({ topic }) => topic));
  }, 480_000);

  /** The example, with a key that may read cases, counts so many cases of the company. */
  async function followed(cases: number): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'caseledger-follow-'));
    const data = await company.graphql<{ createApiKey: object }>('mutation ($input: ApiKeyInput!) { createApiKey(input: $input) { secret } }', { input: { name: 'follow', scopes: ['cases.read'] } });
    writeFileSync(join(folder, 'key.json'), JSON.stringify(data.createApiKey));
    const child = spawn(process.execPath, [join(ROOT, 'examples/case-events/consume.mjs'), 'key.json', 'group', network.home], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    try {
      await eventually(() => said.split('"event":"CaseOpened"').length - 1 === cases, { deadlineMs: 30_000 });
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  }
});

describe('an installation without its broker', () => {
  it('says so, and does not fall back', async () => {
    const network = new Network({ env: { EVENT_STREAMS: 'kafka', KAFKA_BROKERS: '127.0.0.1:1', KAFKA_REPLICATION: '1' } });
    await expect(network.start()).rejects.toThrow('No Kafka broker can be used at 127.0.0.1:1');
    await network.stop();
  }, 120_000);
});
