import { murmur2, postgresVault, type EventStore } from '@caseledger/event-store';
import { importsStore } from '@caseledger/imports';
import { eventually } from '@caseledger/testing';
import type { SourceNetwork } from './source-network.js';

const CHUNK_PARTITIONS = 64;
const DISPATCH = 1_000_000;
const TAKEN_MS = 60_000;

const CHUNKS = `
select distinct on (stream, data ->> 'run', data ->> 'lane', data ->> 'seq') tenant, stream, data from es.event
where type = 'ChunkDispatched' and data ->> 'importId' = $1 order by stream, data ->> 'run', data ->> 'lane', data ->> 'seq'`;

interface Dispatched {
  readonly tenant: string;
  readonly stream: string;
  readonly data: { readonly run: string; readonly lane: number; readonly dispatch: number };
}

/** Hands chunks to the workers again that they have had, as a broker may do at any time. */
export class Redelivery {
  private constructor(
    private readonly store: EventStore,
    private readonly query: (sql: string, values: unknown[]) => Promise<unknown[]>,
  ) {}

  static async open(network: SourceNetwork): Promise<Redelivery> {
    const { app, tail } = await network.database('imports').open({ poolMax: 3 });
    const { app: vault } = await network.database('vault').open({ poolMax: 2 });
    const masterKey = Buffer.from(network.environment()['CASELEDGER_MASTER_KEY'] ?? '', 'hex');
    const store = importsStore({ app, tail, vault: postgresVault(vault), masterKey });
    return new Redelivery(store, (sql, values) => tail.query(sql, values));
  }

  /** Sends every chunk of an import and of its reverts out `times` more, in an order of the test's; waits until all of them have been taken. */
  async again(importId: string, times: number, random: (below: number) => number): Promise<void> {
    const sent = (await this.query(CHUNKS, [importId])) as Dispatched[];
    if (sent.length === 0) throw new Error(`No chunk of ${importId} was ever sent out`);
    const shuffled = Array.from({ length: times }, () => sent).flat().map((one) => ({ one, at: random(1_000_000) })).sort((left, right) => left.at - right.at);
    for (const [number, { one }] of shuffled.entries()) {
      const data = { ...one.data, dispatch: DISPATCH + number };
      await this.store.transaction(one.tenant, (tx) =>
        tx.append({ tenant: one.tenant, origin: { kind: 'system' } }, [{ stream: one.stream, category: 'import-lane', expected: 'any', events: [{ type: 'ChunkDispatched', data }] }]),
      );
    }
    const head = (await this.store.head()).find(({ shard }) => shard === 0)?.position ?? 0;
    const partitions = [...new Set(sent.map(({ data }) => (data.lane + murmur2(data.run)) % CHUNK_PARTITIONS))];
    await eventually(() => this.haveTaken(partitions, head), { deadlineMs: TAKEN_MS });
  }

  private async haveTaken(partitions: readonly number[], position: number): Promise<boolean> {
    const sql = `select p.partition from unnest($1::int[]) p(partition)
      left join es.checkpoint c on c.consumer = 'imports.chunks' and c.partition = p.partition and c.shard = 0 where coalesce(c.pos, 0) < $2`;
    return (await this.query(sql, [[...partitions], position])).length === 0;
  }
}
