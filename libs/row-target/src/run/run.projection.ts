import type { InlineProjection, StoreTransaction, StoredEvent } from '@caseledger/event-store';
import type { ChunkApplied, RunEvent } from './run.events.js';

/** The categories of the streams of runs and of their lanes. */
export const RUN_CATEGORY = 'run';
export const LANE_CATEGORY = 'lane';

const OPEN = `
insert into app.run (tenant, run, import, kind, attempt, state, chunks) values ($1, $2, $3, $4, $5, 'RUNNING', $6::int[])`;

const LANES = `
insert into app.import_lane (tenant, run, lane, next_seq, total)
select $1, $2, o - 1, 0, total from unnest($3::int[]) with ordinality u(total, o)`;

// A success ends the count of tries.
const APPLIED = `
update app.import_lane set next_seq = $4, tries = 0, stale = stale || $5::uuid[] where tenant = $1 and run = $2 and lane = $3`;

/** Runs and where each of their lanes stands; a chunk is applied exactly when its lane has moved past it. */
export const runProjection: InlineProjection = {
  name: 'run',
  tables: ['app.run', 'app.import_lane'],
  categories: [RUN_CATEGORY, LANE_CATEGORY],
  apply: async (tx, events) => {
    for (const stored of events) {
      if (stored.category === LANE_CATEGORY) await chunkApplied(tx, stored);
      else await runChanged(tx, { type: stored.type, data: stored.data } as object as RunEvent);
    }
  },
};

async function chunkApplied(tx: StoreTransaction, stored: StoredEvent): Promise<void> {
  const { run, lane, seq, stale } = stored.data as object as ChunkApplied;
  await tx.query({ name: 'lane_applied', text: APPLIED, values: [tx.tenant, run, lane, seq + 1, stale] });
}

async function runChanged(tx: StoreTransaction, event: RunEvent): Promise<void> {
  const { run } = event.data;
  if (event.type === 'ImportRunOpened') {
    const { import: of, kind, attempt, chunksPerLane } = event.data;
    await tx.query(OPEN, [tx.tenant, run, of, kind, attempt, chunksPerLane]);
    await tx.query(LANES, [tx.tenant, run, chunksPerLane]);
    return;
  }
  const state =
    event.type === 'ImportRunPaused' ? 'PAUSED' : event.type === 'ImportRunResumed' ? 'RUNNING' : event.data.state;
  await tx.query('update app.run set state = $3 where tenant = $1 and run = $2', [tx.tenant, run, state]);
}
