import { createHash } from 'node:crypto';
import { factsV1, targetsV1 } from '@caseledger/contracts';
import { uuid7, type NamedQuery } from '@caseledger/event-store';
import type { StreamMessage } from '@caseledger/event-streams';
import type { RowTarget } from '@caseledger/row-target';
import { importsHarness, TENANT, type ImportsHarness } from '../imports.fixture.js';
import { MemoryTarget } from '../target.fixture.js';
import { ledgerConsumer } from './ledger.projection.js';
import { ledgerRoot } from '../close.job.js';
import { EVERY_ROW, countsOf, listLedger, readTally } from './ledger.queries.js';

let harness: ImportsHarness;
let memory: MemoryTarget;

beforeAll(async () => {
  harness = await importsHarness('ledger', async () => {
    memory = new MemoryTarget();
    return { target: memory.target, feed: memory.feed };
  });
});

afterAll(() => harness.close());

function applied(importId: string, attempt: number, seq: number, outcomes: readonly string[]): StreamMessage {
  const { RUN_KIND_IMPORT, RUN_KIND_RETRY } = targetsV1.RunKind;
  const rows = outcomes.map((outcome, row) => ({
    row: row + 1,
    outcome,
    reason: '',
    effects: [],
    codes: [],
    match: undefined,
    decision: undefined,
    part: 0,
    record: '',
  }));
  const kind = attempt === 1 ? RUN_KIND_IMPORT : RUN_KIND_RETRY;
  const run = `${importId.slice(0, -1)}${attempt}`;
  const payload = factsV1.ImportChunkApplied.encode({ run, importId, kind, attempt, lane: 0, seq, rows }).finish();
  const place = { shard: 0, partition: 0, position: 1, prevPosition: 0, epoch: 1 };
  return { ...place, eventId: uuid7(), type: 'ImportChunkApplied', schemaVersion: 1, tenant: TENANT, stream: run, streamVersion: 1, origin: 'import', at: new Date(0), payload };
}

async function take(messages: readonly StreamMessage[], target: RowTarget = memory.target): Promise<void> {
  const consumption = ledgerConsumer(target, () => undefined);
  if (consumption.effects !== 'in-transaction') throw new Error('the ledger is a view');
  const queryRunner = harness.database.app.createQueryRunner();
  await queryRunner.startTransaction();
  try {
    await consumption.handler(messages, {
      queryRunner,
      query: async <R>(sql: string | NamedQuery, params: readonly unknown[] = []) => {
        const { text, values } = typeof sql === 'string' ? { text: sql, values: params } : { text: sql.text, values: sql.values ?? params };
        const { records, affected } = await queryRunner.query(text, [...values], true);
        return { rows: records as R[], rowCount: affected ?? 0 };
      },
      useTenant: async (tenant) => void (await queryRunner.query(`select set_config('app.tenant', $1, true)`, [tenant])),
      afterCommit: () => undefined,
    });
    await queryRunner.commitTransaction();
  } finally {
    await queryRunner.release();
  }
}

/** The root of RFC 6962 as that text defines it: the larger half of the leaves is a power of two. */
function merkleRoot(leaves: readonly string[]): Buffer {
  const sha = (...parts: (string | Buffer)[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  if (leaves.length <= 1) return leaves[0] === undefined ? sha('') : sha('\0', leaves[0]);
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha('\x01', merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)));
}

describe('the root of the ledger', () => {
  it.each([0, 1, 2, 7, 11])('over %i outcomes is that of RFC 6962, in the order of rows', async (length) => {
    const id = uuid7();
    const outcomes = Array.from({ length }, (_, at) => ['CREATED', 'FAILED', 'SKIPPED'][at % 3] ?? '');
    if (length > 0) await take([applied(id, 1, 0, outcomes)]);
    const root = await harness.context.store.transaction(TENANT, (tx) => ledgerRoot(tx, id, 0));
    expect(root).toBe(merkleRoot(outcomes.map((outcome, at) => `${at + 1}\n${outcome}\n`)).toString('hex'));
  });
});

describe('the ledger (LED-001, LED-009)', () => {
  it('is the same in whatever order attempts become known, as a rebuild may read them', async () => {
    const [inOrder, reversed] = [uuid7(), uuid7()];
    const attempts = (id: string) => [applied(id, 1, 0, ['CREATED', 'FAILED', 'FAILED']), applied(id, 2, 0, ['CREATED', 'CREATED', 'FAILED'])];
    await take(attempts(inOrder));
    for (const message of attempts(reversed).reverse()) await take([message]);
    const seen = await Promise.all(
      [inOrder, reversed].map((id) =>
        harness.context.store.transaction(TENANT, async (tx) => ({
          rows: await listLedger(tx, id, EVERY_ROW, { first: 10, afterRow: 0, rowsOfFile: 0 }),
          counts: await countsOf(tx, id),
          tally: (await readTally(tx, id)).counts,
        })),
      ),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]?.counts).toMatchObject({ read: 3, created: 2, failed: 1 });
    expect(seen[0]?.tally).toEqual(seen[0]?.counts);
    expect(seen[0]?.rows.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
  });

  it('counts a case row once: by what cases says, not by what contacts says of its client', async () => {
    const { caller, uploads, context } = harness;
    const { id } = await uploads.create(caller, { type: 'CASES', fileName: 'cases.csv', sizeBytes: 0, importKey: uuid7(), origin: 'FILE' });
    const cases = { ...memory.target, name: 'cases' };
    await take([applied(id, 1, 0, ['CREATED', 'CREATED', 'SKIPPED'])]);
    expect(await context.store.transaction(TENANT, (tx) => countsOf(tx, id))).toMatchObject({ read: 0 });
    await take([applied(id, 1, 0, ['CREATED', 'FAILED'])], cases);
    const { counts, tally, chunks } = await context.store.transaction(TENANT, async (tx) => ({
      counts: await countsOf(tx, id),
      tally: (await readTally(tx, id)).counts,
      chunks: (await tx.query<{ target: string }>('select target from app.run_chunk where run = $1', [`${id.slice(0, -1)}1`])).rows,
    }));
    expect(counts).toMatchObject({ read: 2, created: 1, failed: 1 });
    expect(tally).toEqual(counts);
    expect(chunks).toEqual([{ target: 'cases' }]);
  });

  it('an outcome that nobody knows is an error, never a row left uncounted', async () => {
    await expect(take([applied(uuid7(), 1, 0, ['VANISHED'])])).rejects.toThrow('No such outcome');
  });
});
