import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { readKafkaEnvironment } from './config.js';
import { KAFKA_VERSIONS, leavesKafkaOut, startKafka } from './index.js';
import { brokersSeenBy } from './ports.js';

jest.setTimeout(240_000);

const environment = readKafkaEnvironment();
const inPlace = leavesKafkaOut(environment) ? describe.skip : describe;

inPlace.each(KAFKA_VERSIONS.slice(0, environment.all ? undefined : 1))('a Kafka %s of our own', (version) => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'caseledger-kafka-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('starts, is the same one after a stop, and is gone after destroy', async () => {
    const first = await startKafka({ dir, version });
    const [node] = first.nodes;
    expect(await brokersSeenBy(node?.port ?? 0)).toBe(1);
    await first.stop();
    expect(await brokersSeenBy(node?.port ?? 0)).toBe(0);
    const second = await startKafka({ dir, version });
    expect(second.brokers).toEqual(first.brokers);
    await second.destroy();
    expect(await brokersSeenBy(node?.port ?? 0)).toBe(0);
  });
});

inPlace('brokers of our own', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'caseledger-kafka-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  (environment.all ? it : it.skip)('are three that know each other, of which one can be killed and started again', async () => {
    const cluster = await startKafka({ dir, nodes: 3 });
    try {
      const [first, second] = cluster.nodes;
      await first?.kill();
      expect(await brokersSeenBy(first?.port ?? 0)).toBe(0);
      await first?.start(3);
      expect(await brokersSeenBy(second?.port ?? 0)).toBe(3);
    } finally {
      await cluster.destroy();
    }
  });

  it('do not outlive a process that was killed', async () => {
    const program = fileURLToPath(new URL('./kafka.main.ts', import.meta.url));
    const loader = ['--conditions=@caseledger/source', '--import', '@swc-node/register/esm-register'];
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const starter = spawn(process.execPath, [...loader, program, '--dir', dir, '--port', '0'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await new Promise<string>((resolve) => starter.stdout.once('data', (part: Buffer) => resolve(part.toString())));
    const port = Number(said.trim().split(':').at(-1));
    expect(await brokersSeenBy(port)).toBe(1);
    starter.kill('SIGKILL');
    const deadline = Date.now() + 10_000;
    while ((await brokersSeenBy(port)) > 0 && Date.now() < deadline);
    expect(await brokersSeenBy(port)).toBe(0);
  });
});
