import { uuid8, type StoreTransaction } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import type { ChunkApplied, RunKind, RunState } from '../run/run.events.js';

/** The place of a chunk: its run, lane, and number in the lane from 0. */
export interface ChunkPlace {
  readonly tenant: string;
  readonly run: string;
  readonly lane: number;
  readonly seq: number;
}

export interface OpenRunRow {
  readonly importId: string;
  readonly kind: RunKind;
  readonly attempt: number;
}

/** Either it is the chunk's turn, or the answer is known already. */
export type Turn =
  | { readonly kind: 'go'; readonly run: OpenRunRow; readonly stale: readonly string[] }
  | { readonly kind: 'answer'; readonly reply: targetsV1.ChunkReply };

/** The stream in which a lane keeps its chunks. */
export function laneStream(run: string, lane: number): string {
  return uuid8('lane', run, String(lane));
}

const LANE = 'select next_seq, stale from app.import_lane where tenant = $1 and run = $2 and lane = $3 for update';
const RUN = 'select import, kind, attempt, state from app.run where tenant = $1 and run = $2 for share';

/**
 * Names the lock of a run that chunks hold shared and a change of its state alone. It stands before the row's own lock
 * because it is fair: row locks let further sharers past whoever waits, so with enough workers a cancel would wait for
 * ever (RUN-005).
 */
const RUN_GATE = 4_711_005;

const ENTER = `select pg_advisory_xact_lock_shared(${RUN_GATE}, hashtext($1))`;

const CLOSE = `select pg_advisory_xact_lock(${RUN_GATE}, hashtext($1))`;

/** Waits for the chunks of a run that are in hand; those that come now wait for the end of this transaction. */
export async function closeGate(tx: StoreTransaction, run: string): Promise<void> {
  await tx.query(CLOSE, [run]);
}

interface RunRow {
  readonly import: string;
  readonly kind: RunKind;
  readonly attempt: number;
  readonly state: RunState;
}

/**
 * The first statements of every chunk's transaction (CORRECTNESS §3.1): the lane's row is locked and compared, then the
 * run's state is read under a share lock. A chunk applied before gets its stored outcome whatever the run's state, one
 * that is not next, or whose run is not running, NOT_NOW (DESIGN §4, Dispatch).
 */
export async function takeTurn(tx: StoreTransaction, place: ChunkPlace): Promise<Turn> {
  const { tenant, run, lane, seq } = place;
  const lanes = await tx.query<{ next_seq: number; stale: string[] }>({
    name: 'lane_turn',
    text: LANE,
    values: [tenant, run, lane],
  });
  await tx.query({ name: 'run_enter', text: ENTER, values: [run] });
  const runs = await tx.query<RunRow>({ name: 'run_state', text: RUN, values: [tenant, run] });
  const next = lanes.rows[0]?.next_seq;
  const found = runs.rows[0];
  if (next === undefined || found === undefined)
    return answer(targetsV1.ChunkAnswer.CHUNK_ANSWER_NOT_NOW, 0, undefined);
  if (seq < next) return { kind: 'answer', reply: await storedReply(tx, place, next, found.state) };
  if (seq > next || found.state !== 'RUNNING') {
    return answer(targetsV1.ChunkAnswer.CHUNK_ANSWER_NOT_NOW, next, found.state);
  }
  return {
    kind: 'go',
    run: { importId: found.import, kind: found.kind, attempt: found.attempt },
    stale: lanes.rows[0]?.stale ?? [],
  };
}

async function storedReply(
  tx: StoreTransaction,
  { run, lane, seq }: ChunkPlace,
  nextSeq: number,
  state: RunState,
): Promise<targetsV1.ChunkReply> {
  // A lane's stream holds one event per chunk, so a chunk's version is its number plus one.
  const range = { fromVersion: seq + 1, toVersion: seq + 1 };
  const [stored] = await tx.readStream(laneStream(run, lane), range);
  if (stored === undefined)
    throw new Error(`Lane ${lane} of run ${run} is past chunk ${seq}, which its stream does not hold`);
  const { rows } = stored.data as object as ChunkApplied<targetsV1.RowOutcome>;
  return { ...reply(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED, nextSeq, state), outcomes: [...rows], replayed: true };
}

function answer(chunk: targetsV1.ChunkAnswer, nextSeq: number, state: RunState | undefined): Turn {
  return { kind: 'answer', reply: reply(chunk, nextSeq, state) };
}

/** An answer without outcomes. */
export function reply(
  answer: targetsV1.ChunkAnswer,
  nextSeq: number,
  state: RunState | undefined,
): targetsV1.ChunkReply {
  return { answer, nextSeq, state: stateNumber(state), outcomes: [], changes: [], replayed: false };
}

/** The answer to a chunk that has just been applied. */
export function applied(seq: number, outcomes: targetsV1.RowOutcome[]): targetsV1.ChunkReply {
  return { ...reply(targetsV1.ChunkAnswer.CHUNK_ANSWER_APPLIED, seq + 1, 'RUNNING'), outcomes };
}

const STATE_NUMBERS: Readonly<Record<RunState, targetsV1.RunState>> = {
  RUNNING: targetsV1.RunState.RUN_STATE_RUNNING,
  PAUSED: targetsV1.RunState.RUN_STATE_PAUSED,
  CANCELLED: targetsV1.RunState.RUN_STATE_CANCELLED,
  CLOSED: targetsV1.RunState.RUN_STATE_CLOSED,
};

export function stateNumber(state: RunState | undefined): targetsV1.RunState {
  return state === undefined ? targetsV1.RunState.RUN_STATE_UNSPECIFIED : STATE_NUMBERS[state];
}
