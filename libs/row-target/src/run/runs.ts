import { uuid8, type EventStore, type StoreTransaction, type StreamAppend } from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import { targetsV1 } from '@caseledger/contracts';
import { RUN_CATEGORY } from './run.projection.js';
import { FENCED, startingOver } from '../rows/apply-rows.js';
import { closeGate, stateNumber } from '../rows/lane-turn.js';
import { moveRun, openRun, type RunStanding } from './run.decider.js';
import type { RunEvent, RunKind, RunState } from './run.events.js';

const KINDS: ReadonlyMap<targetsV1.RunKind, RunKind> = new Map([
  [targetsV1.RunKind.RUN_KIND_IMPORT, 'IMPORT'],
  [targetsV1.RunKind.RUN_KIND_RETRY, 'RETRY'],
  [targetsV1.RunKind.RUN_KIND_REVERT, 'REVERT'],
  [targetsV1.RunKind.RUN_KIND_RESTORE, 'RESTORE'],
]);

const STATES: ReadonlyMap<targetsV1.RunState, RunState> = new Map([
  [targetsV1.RunState.RUN_STATE_RUNNING, 'RUNNING'],
  [targetsV1.RunState.RUN_STATE_PAUSED, 'PAUSED'],
  [targetsV1.RunState.RUN_STATE_CANCELLED, 'CANCELLED'],
  [targetsV1.RunState.RUN_STATE_CLOSED, 'CLOSED'],
]);

/** What a target writes together with a move of its run; asked only when the run really moves. */
export interface RunCompany {
  /** In the transaction that opens a run, such as the numbers its records will get. */
  opening?(tx: StoreTransaction, request: targetsV1.OpenRunRequest): Promise<readonly StreamAppend[]>;
  /** In the transaction that moves a run; `standing` is the run before. */
  moving?(tx: StoreTransaction, standing: RunStanding, to: RunState): Promise<readonly StreamAppend[]>;
}

/** Creates a run with its lanes; the second call with the same content changes nothing, with another it is refused. */
export async function openRunOf(
  store: EventStore,
  request: targetsV1.OpenRunRequest,
  company: RunCompany = {},
): Promise<targetsV1.RunReply> {
  const { tenant, run, importId, attempt, chunksPerLane } = request;
  const kind = KINDS.get(request.kind);
  if (kind === undefined) throw new Error('A run has a kind');
  const command = { run, import: importId, kind, attempt, chunksPerLane };
  return startingOver(
    () =>
      store.transaction(tenant, async (tx) => {
        const standing = await standingOf(tx, run);
        const events = openRun(command, standing);
        const beside = events.length === 0 ? [] : ((await company.opening?.(tx, request)) ?? []);
        await append(tx, request, { standing, events, beside });
        return { state: stateNumber(standing?.state ?? 'RUNNING') };
      }),
    FENCED,
  );
}

/** Pauses, resumes, cancels or closes: waits for the chunks in hand, and after the answer none is written (RUN-005). */
export async function setRunState(
  store: EventStore,
  request: targetsV1.SetRunStateRequest,
  company: RunCompany = {},
): Promise<targetsV1.RunReply> {
  const to = STATES.get(request.state);
  if (to === undefined) throw new Error('A run moves to a state');
  return startingOver(
    () =>
      store.transaction(request.tenant, async (tx) => {
        await closeGate(tx, request.run);
        const standing = await standingOf(tx, request.run);
        if (standing === undefined) throw notFound();
        const events = moveRun(to, standing);
        const beside = events.length === 0 ? [] : ((await company.moving?.(tx, standing, to)) ?? []);
        await append(tx, request, { standing, events, beside });
        return { state: stateNumber(to) };
      }),
    FENCED,
  );
}

const LANES = `
select lane, next_seq, total from app.import_lane where tenant = $1 and run = $2 order by lane`;

/** Where each lane of a run stands; an unknown run has no state and no lanes. */
export async function lanesOf(store: EventStore, request: targetsV1.LanesRequest): Promise<targetsV1.LanesReply> {
  const { tenant, run } = request;
  return store.transaction(tenant, async (tx) => {
    const runs = await tx.query<{ state: RunState }>('select state from app.run where tenant = $1 and run = $2', [
      tenant,
      run,
    ]);
    const lanes = await tx.query<{ lane: number; next_seq: number; total: number }>(LANES, [tenant, run]);
    return {
      state: stateNumber(runs.rows[0]?.state),
      lanes: lanes.rows.map(({ lane, next_seq: nextSeq, total }) => ({ lane, nextSeq, total })),
    };
  });
}

const STANDING = 'select import, kind, attempt, state, chunks from app.run where tenant = $1 and run = $2 for update';

interface RunRow {
  readonly import: string;
  readonly kind: RunKind;
  readonly attempt: number;
  readonly state: RunState;
  readonly chunks: number[];
}

// Every chunk holds the run's row shared until it is committed, so this waits for those in hand.
async function standingOf(tx: StoreTransaction, run: string): Promise<RunStanding | undefined> {
  const { rows } = await tx.query<RunRow>(STANDING, [tx.tenant, run]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { import: of, kind, attempt, state, chunks } = row;
  return { run, import: of, kind, attempt, state, chunksPerLane: chunks };
}

interface RunMove {
  readonly standing: RunStanding | undefined;
  readonly events: readonly RunEvent[];
  /** What the target writes together with it. */
  readonly beside: readonly StreamAppend[];
}

async function append(
  tx: StoreTransaction,
  { tenant, run, actor }: { readonly tenant: string; readonly run: string; readonly actor: string },
  { standing, events, beside }: RunMove,
): Promise<void> {
  if (events.length === 0) return;
  const importId = standing?.import ?? events[0]?.data.import ?? '';
  const kind = standing?.kind ?? (events[0]?.type === 'ImportRunOpened' ? events[0].data.kind : 'IMPORT');
  const isRevert = kind === 'REVERT' || kind === 'RESTORE';
  const origin = isRevert ? ({ kind: 'revert', id: run } as const) : ({ kind: 'import', id: importId } as const);
  await tx.append({ tenant, origin, actor, correlation: importId }, [
    {
      stream: uuid8('run', run),
      category: RUN_CATEGORY,
      expected: standing === undefined ? 'none' : 'exists',
      events: events.map(({ type, data }) => ({ type, data, meta: { run } })),
    },
    ...beside,
  ]);
}
