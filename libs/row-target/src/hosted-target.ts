import type { targetsV1 } from '@caseledger/contracts';
import type { TopicDefinition } from '@caseledger/event-store';
import { revertRecords, type RevertDeps } from './revert/revert-rows.js';
import type { RowTarget } from './row-target.js';
import { applyGuarded, type GuardedDeps } from './rows/apply-guarded.js';
import type { CrashPoint } from './rows/apply-rows.js';
import { changedSince } from './rows/changed-since.js';
import type { JudgeThread } from './rows/contained-judge.js';
import { judgeRows } from './rows/judge-rows.js';
import { matchRows } from './rows/match-rows.js';
import type { KindTypes } from './rows/row-kind.js';
import { lanesOf, openRunOf, setRunState, type RunCompany } from './run/runs.js';

/** What a process may add to a target that it hosts. */
export interface HostingOptions {
  /** Named places in which a test can end the process; absent outside of tests. */
  readonly crashPoint?: (name: CrashPoint) => void | Promise<void>;
  /** Where the judging thread's code is, when not where the kind says. */
  readonly judgeThread?: JudgeThread;
}

/** What a service brings to be a target: its kind of record, its log, and what only it can tell. */
export interface HostedTarget<K extends KindTypes>
  extends Omit<RevertDeps<K>, 'crashPoint'>, HostingOptions, Pick<RowTarget, 'name' | 'permission'> {
  /** Where it tells what became of chunks. */
  readonly topic: TopicDefinition;
  /** What is written together with moves of a run. */
  readonly company?: RunCompany;
  /** The records that an import has written to, with what has to be taken back together. */
  touched(request: targetsV1.TouchedRequest): Promise<targetsV1.TouchedReply>;
  /** Which of its records build on those of another target; absent where none do. */
  dependents?(request: targetsV1.DependentsRequest): Promise<targetsV1.DependentsReply>;
}

/**
 * A service's records as a target of import runs: the calls of the RowTarget service as plain functions, which the
 * import worker calls in its own process (DESIGN 12).
 *
 * What a service does to be one:
 * - its database has the tables `RUN`, `IMPORT_LANE` and `MATCH_KEY`, each as a `tenantTable`; its store knows
 *   `runEventDefinitions`, has `runProjection`, and feeds `runsTopic(…)` beside its own topics;
 * - its own projection writes its match keys with `writeKeys`, given the owners under `KNOWN_OWNERS` and the folded
 *   records (`KnownChange`) that whoever appends hands on by the record's id;
 * - a `RecordKind` says how its rows are looked up and judged: `judge` decides and writes nothing, the library writes what
 *   it decided into the view and appends it; a row with `withheld` set is judged and not written;
 * - a module of one line calls `judgeHere` with that kind: `judgeThread` names it;
 * - `RevertOf` with the `RevertRules` of its fold says what its records are without an import;
 * - `RowTargetController` is its door over gRPC, for single questions of the installation's own services;
 * - what people and scripts do goes by the same keys and locks: `lockKeys`, then `lockStreams`, inside `startingOver`.
 *
 * The library locks in this order in every chunk: the lane's row, the run's gate, keys sorted, streams sorted.
 */
export function hostedTarget<K extends KindTypes>(own: HostedTarget<K>): RowTarget {
  const { store, name, topic, permission, company, touched, crashPoint = () => undefined } = own;
  const chunks: GuardedDeps<K> & RevertDeps<K> = { ...own, crashPoint };
  return {
    name,
    topic: { name: topic.topic, partitions: topic.partitions },
    permission,
    open: (request) => openRunOf(store, request, company),
    setState: (request) => setRunState(store, request, company),
    lanes: (request) => lanesOf(store, request),
    match: (request) => matchRows(own, request),
    judge: (request) => judgeRows(own, request),
    changedSince: (request) => changedSince(store, request),
    apply: (request, course) => applyGuarded(chunks, request, course),
    touched,
    revert: (request) => revertRecords(chunks, request),
    dependents: own.dependents ?? (async () => ({ dependents: [] })),
    positions: async () => ({ positions: await store.head() }),
  };
}
