import type { targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import type { ImportType, TargetPosition } from './import/import.events.js';

/** What a plan rests on in a target, and since when. */
export interface StalenessRequest {
  readonly tenant: string;
  /** Changes made by this run itself do not count; empty when there is none. */
  readonly run: string;
  readonly positions: readonly TargetPosition[];
  readonly records: readonly string[];
  readonly keys: readonly string[];
}

/** Predictions for the rows of a chunk, with what the run has to be held to beyond them. */
export interface Judgement extends targetsV1.JudgeReply {
  /** By row: what was predicted for each of its parts, where a row has parts. */
  readonly parts: ReadonlyMap<number, targetsV1.RowExpectation[]>;
}

/** What a prediction of a revert takes out, as far as other records build on it. */
export interface Gone {
  readonly records: Set<string>;
  /** Of records that stay. */
  readonly links: targetsV1.LostLink[];
}

/** Before anything was predicted. */
export function nothingGone(): Gone {
  return { records: new Set(), links: [] };
}

/** How a state is given to a run. */
export interface StateChange {
  /** Reverts take back in the opposite order. */
  readonly isRevert: boolean;
  /** Applies a chunk that has been written in part; called for each lane in which that is so. */
  finish(lane: number, seq: number): Promise<void>;
}

/**
 * Where the rows of an import go: one target, or several that are asked as one. Each call means what it means for a
 * `RowTarget`; positions are told for each of the targets underneath.
 */
export interface ImportTarget
  extends Pick<RowTarget, 'open' | 'lanes' | 'match' | 'apply'> {
  /** Those underneath, in the order in which a row is applied; what the last one says of a row is its outcome. */
  readonly targets: readonly [RowTarget, ...RowTarget[]];
  /** After the answer nothing more is written against a run that does not go on, and nothing of it is half written. */
  setState(request: targetsV1.SetRunStateRequest, change: StateChange): Promise<void>;
  judge(request: targetsV1.JudgeRequest): Promise<Judgement>;
  positions(): Promise<TargetPosition[]>;
  changedSince(request: StalenessRequest): Promise<Pick<targetsV1.ChangedSinceReply, 'records' | 'keys'>>;
  /** A page of the records an import contributes to, and where the logs stood. */
  touched(request: targetsV1.TouchedRequest): Promise<Omit<targetsV1.TouchedReply, 'positions'>>;
  /** `gone` is what a prediction takes out; a lane's predictions pass it from chunk to chunk. */
  revert(request: targetsV1.RevertChunkRequest, gone: Gone): Promise<targetsV1.ChunkReply>;
}

/** The target of each type of import. */
export type TargetOf = (type: ImportType) => ImportTarget;

/** The rights that making such records needs (SEC-012). */
export function permissionsOf({ targets }: ImportTarget): string[] {
  return targets.map(({ permission }) => permission);
}

/** One target by itself. */
export function singleTarget(target: RowTarget): ImportTarget {
  return {
    targets: [target],
    open: (request) => target.open(request),
    lanes: (request) => target.lanes(request),
    match: (request) => target.match(request),
    apply: (request) => target.apply(request),
    setState: async (request) => void (await target.setState(request)),
    judge: async (request) => ({ ...(await target.judge(request)), parts: new Map() }),
    positions: () => positionsIn(target),
    changedSince: (request) => changedIn(target, request),
    touched: (request) => target.touched(request),
    revert: (request) => target.revert(request),
  };
}

/** Where every shard of a target's log stands now. */
export async function positionsIn(target: RowTarget): Promise<TargetPosition[]> {
  const { positions } = await target.positions({});
  return positions.map(({ shard, position }) => ({ target: target.name, shard, position }));
}

/** Records or keys of one question to a target. */
const ASKED_MAX = 5_000;

/** What changed in one of the targets; those of others are unknown to it and so unchanged. */
export async function changedIn(
  target: RowTarget,
  { tenant, run, positions, records, keys }: StalenessRequest,
): Promise<{ records: string[]; keys: string[] }> {
  const own = positions.filter((position) => position.target === target.name).map(({ shard, position }) => ({ shard, position }));
  const changed = { records: [] as string[], keys: [] as string[] };
  for (let at = 0; at < Math.max(keys.length, records.length); at += ASKED_MAX) {
    const part = { keys: keys.slice(at, at + ASKED_MAX), records: records.slice(at, at + ASKED_MAX) };
    const reply = await target.changedSince({ tenant, run, positions: own, ...part });
    changed.records.push(...reply.records);
    changed.keys.push(...reply.keys);
  }
  return changed;
}
