import {
  CommitUnknown,
  WrongExpectedVersion,
  uuid8,
  type AppendContext,
  type NewEvent,
  type StoreTransaction,
  type StreamAppend,
} from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { KNOWN_HASHES, KNOWN_OWNERS, type KnownChange } from '../keys/known-change.js';
import { KeyTakenMeanwhile, lockKeys } from '../keys/match-key.projection.js';
import { LANE_CATEGORY } from '../run/run.projection.js';
import type { ChunkApplied } from '../run/run.events.js';
import type { ChunkCourse } from './chunk-course.js';
import { chunkLookup, viewOfChunk } from './chunk-view.js';
import { applied, laneStream, takeTurn, type OpenRunRow, type Turn } from './lane-turn.js';
import { judgeRow } from './judge-row.js';
import type { JudgeDeps } from './judge-rows.js';
import type { JudgedRow, KindTypes, RecordKind, RowContext } from './row-kind.js';
import { asExpected, brokenOutcome, outcomeOf } from './row-outcome.js';
import type { RowView } from './row-view.js';

/** Named places in which a test can end the process (CORRECTNESS §9 I1). */
export type CrashPoint = 'before_lock' | 'after_lock' | 'before_append' | 'before_commit' | 'after_commit';

/** What writing chunks needs of the process around it. */
export interface ChunkDeps<K extends KindTypes> extends JudgeDeps<K> {
  /** Called at each named place; does nothing outside of tests. */
  crashPoint(name: CrashPoint): void | Promise<void>;
}

/** How often a chunk starts over because somebody else was faster; each time at least one other writer got through. */
const STARTS_MAX = 20;

/**
 * Applies one chunk exactly once (RUN-004): effects and outcomes in one transaction of the target, decided by the
 * lane's row. `broken` are rows that cannot be processed at all; they fail and the others go on (RUN-007). `course`
 * decides in that transaction about the rows instead of the request.
 */
export async function applyRows<K extends KindTypes>(
  deps: ChunkDeps<K>,
  request: targetsV1.ApplyChunkRequest,
  broken: ReadonlySet<number> = new Set(),
  course: ChunkCourse = async (judge) => void (await judge(request.rows)),
): Promise<targetsV1.ChunkReply> {
  await deps.crashPoint('before_lock');
  const reply = await startingOver(
    () => deps.store.transaction(request.tenant, (tx) => applyOnce(deps, tx, request, broken, course)),
    FENCED,
  );
  await deps.crashPoint('after_commit');
  return reply;
}

/** For transactions that find what they have stored, so that another start after an unknown COMMIT does nothing twice. */
export const FENCED = { isFenced: true };

/**
 * Runs a transaction again when somebody else was faster; a fenced one also when its COMMIT has an unknown end, because
 * the row it compares tells the next start whether that was one. Of any other, that end is thrown (DESIGN 4).
 */
export async function startingOver<T>(transact: () => Promise<T>, { isFenced = false } = {}): Promise<T> {
  for (let start = 1; ; start += 1) {
    try {
      return await transact();
    } catch (thrown) {
      const isWorthIt =
        thrown instanceof KeyTakenMeanwhile ||
        thrown instanceof WrongExpectedVersion ||
        (isFenced && thrown instanceof CommitUnknown);
      if (!isWorthIt || start >= STARTS_MAX) throw thrown;
    }
  }
}

/** One attempt inside a transaction; also run by the search for broken rows, which rolls back. */
export async function applyOnce<K extends KindTypes>(
  deps: ChunkDeps<K>,
  tx: StoreTransaction,
  request: targetsV1.ApplyChunkRequest,
  broken: ReadonlySet<number>,
  course: ChunkCourse,
): Promise<targetsV1.ChunkReply> {
  const turn = await takeTurn(tx, request);
  if (turn.kind === 'answer') return turn.reply;
  let judged: JudgedChunk | undefined;
  await course(async (rows) => {
    // What the rows were judged by ends with this call: the garbage collector need not carry it through the append.
    judged = await judgeLocked(deps, tx, { ...request, rows: [...rows] }, broken, turn);
    return judged.outcomes;
  });
  if (judged === undefined) throw new Error('A chunk is written as it was judged, and it was not');
  const { outcomes, appends, known } = judged;
  await deps.crashPoint('before_append');
  await tx.append(appendContext(request), appends, { known });
  await deps.crashPoint('before_commit');
  return applied(request.seq, outcomes);
}

/** What a chunk appends, with the outcomes of its rows. */
interface JudgedChunk {
  readonly outcomes: targetsV1.RowOutcome[];
  readonly appends: readonly StreamAppend[];
  readonly known: ReadonlyMap<string, unknown>;
}

async function judgeLocked<K extends KindTypes>(
  deps: ChunkDeps<K>,
  tx: StoreTransaction,
  request: targetsV1.ApplyChunkRequest,
  broken: ReadonlySet<number>,
  turn: Extract<Turn, { kind: 'go' }>,
): Promise<JudgedChunk> {
  const { run, lane, seq, options } = request;
  if (options === undefined) throw new Error('A chunk comes with its options');
  const { kind } = deps;
  const job = { tenant: request.tenant, importId: request.importId, run, options };
  const context = kind.contextOf(job, await kind.factsOf(tx, job, { hold: true }));
  const rows = request.rows.filter(({ row }) => !broken.has(row));
  const { view, owners, hashes } = await lockedView(deps, tx, rows, context, turn.run);
  await deps.crashPoint('after_lock');

  const written = new Map<string, RecordEvents<K['state']>>();
  const stale = new Set(turn.stale);
  const outcomes = request.rows.map((row) => {
    if (broken.has(row.row)) {
      noteStale(row, context, stale);
      return brokenOutcome(row, 'INTERNAL_ERROR');
    }
    const judged = judgeAsPlanned(kind, row, context, view, stale);
    if (judged.after !== undefined) collect(written, judged, run);
    return outcomeOf(kind, judged, options);
  });

  const { kind: kindOfRun, attempt } = turn.run;
  const newlyStale = [...stale].filter((record) => !turn.stale.includes(record));
  const chunk = { run, import: request.importId, kind: kindOfRun, attempt, lane, seq, rows: outcomes, stale: newlyStale };
  const appends = [...[...written].map((each) => appendOf(kind.category, each)), laneAppend(chunk)];
  return { outcomes, appends, known: knownOf(written, owners, hashes) };
}

interface LockedView<S> {
  readonly view: RowView<S>;
  /** Owners by hash of every key looked up, none where nobody has it. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** Hash of every key looked up by its text. */
  readonly hashes: ReadonlyMap<string, string>;
}

// Keys sorted, then streams sorted; the owners are those of the locked rows, so nobody can change them any more.
async function lockedView<K extends KindTypes>(
  deps: ChunkDeps<K>,
  tx: StoreTransaction,
  rows: readonly targetsV1.Row[],
  context: K['context'],
  run: OpenRunRow,
): Promise<LockedView<K['state']>> {
  const lookup = chunkLookup(deps, rows, context, tx.tenant);
  const hashes = [...new Set(lookup.hashes.values())].sort();
  const found = await lockKeys(tx, hashes);
  const owners = new Map(hashes.map((hash): [string, readonly string[]] => [hash, found.get(hash) ?? []]));
  // Only a retry can meet a record that an earlier attempt made for the same row.
  const own = run.kind === 'RETRY' ? rows.map(({ row, part }) => context.recordOf(row, part)) : [];
  const ids = [...new Set([...[...found.values()].flat(), ...lookup.named, ...own])];
  const versions = ids.length === 0 ? new Map<string, number>() : await tx.lockStreams(ids);
  const records = await deps.kind.recordsOf(tx, [...versions.keys()]);
  return { view: viewOfChunk(deps.kind, lookup, owners, records), owners, hashes: lookup.hashes };
}

const WRITTEN: readonly string[] = ['CREATED', 'UPDATED', 'MERGED'];

/**
 * Judges a row with the live view and holds it to its confirmed plan: one that would end otherwise fails, and nothing of
 * it is written (PRE-005). `stale` are the records whose planned change was not made; rows that were planned on top of
 * it fail as well, even where the record's version happens to agree.
 */
export function judgeAsPlanned<K extends KindTypes>(
  kind: RecordKind<K>,
  row: targetsV1.Row,
  context: K['context'],
  view: RowView<K['state']>,
  stale: Set<string>,
): K['judged'] {
  const { expected } = row;
  if (context.options.apply !== 'EXACT_PLAN' || expected === undefined) return judgeRow(kind, row, context, view);
  view.comeTo(row.row);
  const mark = view.mark();
  const judged = judgeRow(kind, row, context, view);
  const record = plannedRecord(row, expected, context);
  if (asExpected(judged, expected) && !stale.has(record)) return judged;
  view.takeBack(mark);
  noteStale(row, context, stale);
  const issue = { code: 'PLAN_ROW_STALE', severity: 'ERROR', params: { record } } as const;
  const issues = [...judged.issues, issue];
  return { ...judged, outcome: 'FAILED', reason: 'PLAN_ROW_STALE', after: undefined, events: [], issues };
}

/** What the plan let a row write is not written: later rows cannot rest on that record any more. */
function noteStale(row: targetsV1.Row, context: RowContext, stale: Set<string>): void {
  const { expected } = row;
  // What is withheld was not to be written, whatever its row ends as.
  if (row.withheld) return;
  if (context.options.apply !== 'EXACT_PLAN' || expected === undefined) return;
  if (WRITTEN.includes(expected.outcome)) stale.add(plannedRecord(row, expected, context));
}

/** The record that the plan lets a row write; empty where it matched none. */
function plannedRecord(row: targetsV1.Row, expected: targetsV1.RowExpectation, context: RowContext): string {
  if (expected.outcome === 'CREATED') return context.recordOf(row.row, row.part);
  return row.decision === undefined || row.decision.record === '' ? expected.record : row.decision.record;
}

/** The events of one record in a chunk, over all its rows. */
export interface RecordEvents<S> {
  readonly change: KnownChange<S>;
  /** 0 when the chunk makes the record. */
  readonly version: number;
  readonly events: readonly NewEvent[];
}

function collect<S>(written: Map<string, RecordEvents<S>>, judged: JudgedRow<S>, run: string): void {
  const { record, row, before, after } = judged;
  if (after === undefined) return;
  const meta = { run, row: row.row, line: row.line, ...(row.sheet === '' ? {} : { sheet: row.sheet }) };
  const events = judged.events.map(({ type, data }, ordinal): NewEvent => {
    const id = uuid8('event', run, String(row.row), record, row.part === 0 ? String(ordinal) : `${row.part}.${ordinal}`);
    return { id, type, data, meta };
  });
  const earlier = written.get(record);
  written.set(record, {
    change: { before: earlier === undefined ? before?.state : earlier.change.before, after: after.state },
    version: earlier?.version ?? before?.version ?? 0,
    events: earlier === undefined ? events : [...earlier.events, ...events],
  });
}

function appendOf<S>(category: string, [stream, { version, events }]: [string, RecordEvents<S>]): StreamAppend {
  return { stream, category, expected: version === 0 ? 'none' : version, events };
}

/** The chunk's own event, in the stream of its lane; its version is the chunk's number plus one. */
export function laneAppend(chunk: ChunkApplied): StreamAppend {
  const { run, lane, seq } = chunk;
  return {
    stream: laneStream(run, lane),
    category: LANE_CATEGORY,
    expected: seq === 0 ? 'none' : seq,
    events: [
      { id: uuid8('chunk', run, String(lane), String(seq)), type: 'ImportChunkApplied', data: chunk, meta: { run } },
    ],
  };
}

function appendContext(request: targetsV1.ApplyChunkRequest): AppendContext {
  const { tenant, importId, actor, traceparent } = request;
  return {
    tenant,
    origin: { kind: 'import', id: importId },
    actor,
    correlation: importId,
    ...(traceparent === '' ? {} : { traceparent }),
  };
}

function knownOf<S>(
  written: ReadonlyMap<string, RecordEvents<S>>,
  owners: ReadonlyMap<string, readonly string[]>,
  hashes: ReadonlyMap<string, string>,
): ReadonlyMap<string, unknown> {
  const known = new Map<string, unknown>([
    [KNOWN_OWNERS, owners],
    [KNOWN_HASHES, hashes],
  ]);
  for (const [id, { change }] of written) known.set(id, change);
  return known;
}
