import type { targetsV1 } from '@caseledger/contracts';
import type { ContactsStore } from './contacts.store.js';
import { contactRunsTopic } from './contacts.topic.js';
import { applyGuarded, type GuardedDeps } from './rows/apply-guarded.js';
import type { CrashPoint } from './rows/apply-rows.js';
import { revertRecords } from './revert/revert-rows.js';
import { touchedRecords } from './revert/touched.js';
import { changedSince } from './rows/changed-since.js';
import type { JudgeThread } from './rows/contained-judge.js';
import { judgeRows } from './rows/judge-rows.js';
import { matchRows } from './rows/match-rows.js';
import { lanesOf, openRunOf, setRunState } from './run/runs.js';

/**
 * What the import worker calls in its own process (DESIGN 12): the calls of the RowTarget service as plain functions.
 * Every one names its tenant; nothing here is called once per row.
 */
export interface ContactTarget {
  /** The owner's name as a source of events. */
  readonly name: string;
  /** Where it tells what became of chunks. */
  readonly topic: { readonly name: string; readonly partitions: number };
  /** The right that making contacts needs (SEC-012). */
  readonly permission: string;
  open(request: targetsV1.OpenRunRequest): Promise<targetsV1.RunReply>;
  setState(request: targetsV1.SetRunStateRequest): Promise<targetsV1.RunReply>;
  lanes(request: targetsV1.LanesRequest): Promise<targetsV1.LanesReply>;
  match(request: targetsV1.MatchRequest): Promise<targetsV1.MatchReply>;
  judge(request: targetsV1.JudgeRequest): Promise<targetsV1.JudgeReply>;
  changedSince(request: targetsV1.ChangedSinceRequest): Promise<targetsV1.ChangedSinceReply>;
  apply(request: targetsV1.ApplyChunkRequest): Promise<targetsV1.ChunkReply>;
  touched(request: targetsV1.TouchedRequest): Promise<targetsV1.TouchedReply>;
  revert(request: targetsV1.RevertChunkRequest): Promise<targetsV1.ChunkReply>;
  positions(request: targetsV1.PositionsRequest): Promise<targetsV1.PositionsReply>;
}

export interface ContactTargetDeps extends Pick<ContactsStore, 'store' | 'hasher'> {
  /** Named places in which a test can end the process; absent outside of tests. */
  readonly crashPoint?: (name: CrashPoint) => void | Promise<void>;
  /** Where the judging thread's code is, when not beside this build. */
  readonly judgeThread?: JudgeThread;
}

/** The contacts as a target of import runs. */
export function contactTarget(deps: ContactTargetDeps): ContactTarget {
  const { store, hasher } = deps;
  const { crashPoint = () => undefined, judgeThread } = deps;
  const chunks: GuardedDeps = { store, hasher, crashPoint, ...(judgeThread === undefined ? {} : { judgeThread }) };
  return {
    name: 'contacts',
    topic: { name: contactRunsTopic.topic, partitions: contactRunsTopic.partitions },
    permission: 'contacts.write',
    open: (request) => openRunOf(store, request),
    setState: (request) => setRunState(store, request),
    lanes: (request) => lanesOf(store, request),
    match: (request) => matchRows(deps, request),
    judge: (request) => judgeRows(deps, request),
    changedSince: (request) => changedSince(store, request),
    apply: (request) => applyGuarded(chunks, request),
    touched: (request) => touchedRecords(store, request),
    revert: (request) => revertRecords(chunks, request),
    positions: async () => ({ positions: await store.head() }),
  };
}
