import { isTransient, ResourceExhausted, StoreUnavailable, DeadlineExceeded } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { KeyTakenMeanwhile, readKeys } from '../keys/match-key.projection.js';
import { applyOnce, applyRows, FENCED, startingOver, type ChunkDeps } from './apply-rows.js';
import { brokenAmong } from './broken-rows.js';
import { ChunkDeclined, type ChunkCourse } from './chunk-course.js';
import { chunkLookup } from './chunk-view.js';
import { judgesToTheEnd, type JudgeJob, type JudgeThread } from './contained-judge.js';
import type { KindTypes } from './row-kind.js';

export interface GuardedDeps<K extends KindTypes> extends ChunkDeps<K> {
  /** Where the judging thread's code is, when not where the kind says. */
  readonly judgeThread?: JudgeThread;
}

/** After so many tries that never came to an end a chunk is suspected to hold a row that breaks its worker (RUN-007). */
const TRIES_MAX = 3;

/**
 * Applies a chunk like `applyRows`. Every try is counted beforehand in a transaction of its own, because a worker that
 * dies can count nothing; from the fourth on the rows that cannot be processed are looked for and end
 * `FAILED`/`INTERNAL_ERROR`, the others go on.
 *
 * A chunk under suspicion follows no course, because its rows must be known to be searched. One that is declined was not
 * tried.
 * @throws ChunkDeclined when the course does, or the chunk may not follow one.
 */
export async function applyGuarded<K extends KindTypes>(
  deps: GuardedDeps<K>,
  request: targetsV1.ApplyChunkRequest,
  course?: ChunkCourse,
): Promise<targetsV1.ChunkReply> {
  const tries = await countTry(deps, request, 1);
  if (course !== undefined) return followCourse(deps, request, course, tries);
  if (tries <= TRIES_MAX) return applyRows(deps, request);
  return applyRows(deps, request, await brokenRows(deps, request));
}

async function followCourse<K extends KindTypes>(
  deps: GuardedDeps<K>,
  request: targetsV1.ApplyChunkRequest,
  course: ChunkCourse,
  tries: number,
): Promise<targetsV1.ChunkReply> {
  try {
    if (tries > TRIES_MAX) throw new ChunkDeclined('Rows of the chunk are suspected');
    return await applyRows(deps, request, new Set(), course);
  } catch (thrown) {
    if (thrown instanceof ChunkDeclined) await countTry(deps, request, -1);
    throw thrown;
  }
}

const COUNT = `
update app.import_lane l set tries = tries + $5::int4
where l.tenant = $1 and l.run = $2 and l.lane = $3 and l.next_seq = $4
  and exists (select from app.run r where r.tenant = $1 and r.run = $2 and r.state = 'RUNNING')
returning tries`;

// A chunk that is not next, or whose run does not run, is answered without trying.
async function countTry({ store }: Pick<ChunkDeps<never>, 'store'>, request: targetsV1.ApplyChunkRequest, by: 1 | -1): Promise<number> {
  const { tenant, run, lane, seq } = request;
  const count = (): Promise<{ rows: { tries: number }[] }> =>
    store.transaction(tenant, (tx) =>
      tx.query<{ tries: number }>({ name: 'lane_try', text: COUNT, values: [tenant, run, lane, seq, by] }),
    );
  const { rows } = await startingOver(count, FENCED);
  return rows[0]?.tries ?? 0;
}

/**
 * First those that end the judge, in a thread that may die; then those that the database refuses, by applying beginnings
 * of the chunk in transactions that are taken back.
 */
async function brokenRows<K extends KindTypes>(deps: GuardedDeps<K>, request: targetsV1.ApplyChunkRequest): Promise<Set<number>> {
  const job = await judgeJob(deps, request);
  const thread = deps.judgeThread ?? { url: deps.kind.judgeThread };
  const ends = (rows: readonly targetsV1.Row[]): Promise<boolean> => judgesToTheEnd({ ...job, rows }, thread);
  // Without a row to blame the fault is this process's own, and no row may pay for it.
  if (!(await ends([]))) throw new Error('The judging thread does not work');
  const deadly = await brokenAmong(request.rows, async (rows) => !(await ends(rows)));
  const living = request.rows.filter((row) => !deadly.has(row));
  const refused = await brokenAmong(living, (rows) => isRefused(deps, { ...request, rows: [...rows] }));
  return new Set([...deadly, ...refused].map(({ row }) => row));
}

async function judgeJob<K extends KindTypes>(
  deps: GuardedDeps<K>,
  request: targetsV1.ApplyChunkRequest,
): Promise<JudgeJob> {
  const { tenant, importId, run, options, rows } = request;
  if (options === undefined) throw new Error('A chunk comes with its options');
  const { kind } = deps;
  const job = { tenant, importId, run, options };
  return deps.store.transaction(tenant, async (tx) => {
    const facts = await kind.factsOf(tx, job, { hold: false });
    const context = kind.contextOf(job, facts);
    const lookup = chunkLookup(deps, rows, context, tenant);
    const owners = await readKeys(tx, [...new Set(lookup.hashes.values())]);
    const ids = [...owners.values()].flat().concat(
      lookup.named,
      rows.map(({ row, part }) => context.recordOf(row, part)),
    );
    const records = await kind.recordsOf(tx, [...new Set(ids)]);
    const found = [...lookup.hashes].map(([text, hash]) => [text, owners.get(hash) ?? []] as const);
    return { ...job, rows, facts, owners: found, records: [...records] };
  });
}

/** Ends a transaction that has shown what it could. */
class TakenBack extends Error {}

async function isRefused<K extends KindTypes>(deps: GuardedDeps<K>, request: targetsV1.ApplyChunkRequest): Promise<boolean> {
  try {
    await startingOver(() =>
      deps.store.transaction(request.tenant, async (tx) => {
        await applyOnce({ ...deps, crashPoint: () => undefined }, tx, request, new Set(), async (judge) => void (await judge(request.rows)));
        throw new TakenBack();
      }),
    );
    return false;
  } catch (thrown) {
    if (thrown instanceof TakenBack) return false;
    // What passes by itself is no fault of a row: the chunk is tried again later.
    if (isPassing(thrown)) throw thrown;
    return true;
  }
}

function isPassing(thrown: unknown): boolean {
  return (
    isTransient(thrown) ||
    // Others were faster with a key in every start: the rows have nothing to do with it.
    thrown instanceof KeyTakenMeanwhile ||
    thrown instanceof ResourceExhausted ||
    thrown instanceof StoreUnavailable ||
    thrown instanceof DeadlineExceeded
  );
}
