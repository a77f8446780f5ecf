import type { Fact } from '@caseledger/event-store';

/** What happens to created records that somebody touched since (REV-005). */
export type CreatedPolicy = 'KEEP' | 'STRIP' | 'ARCHIVE';

/** Records per result; `total` is their sum (REV-011). */
export interface RevertCounts {
  readonly total: number;
  readonly archived: number;
  readonly restored: number;
  readonly unmerged: number;
  readonly kept: number;
  readonly conflict: number;
  readonly unchanged: number;
  readonly erased: number;
}

export interface RevertPosition {
  readonly target: string;
  readonly shard: number;
  readonly position: number;
}

export type RevertEvent =
  | Fact<
      'RevertPlanned',
      {
        revertId: string;
        importId: string;
        kind: 'REVERT' | 'RESTORE';
        /** The revert a restore takes back; empty otherwise. */
        ofRevert: string;
        createdPolicy: CreatedPolicy;
        recordPolicies: Readonly<Record<string, CreatedPolicy>>;
        plannedBy: string;
      }
    >
  | Fact<
      'RevertPreviewed',
      {
        hash: string;
        counts: RevertCounts;
        positions: readonly RevertPosition[];
        chunksPerLane: readonly number[];
        /** Imports whose values stand on what this one wrote, sorted (REV-008). */
        builtOnBy: readonly string[];
      }
    >
  | Fact<'RevertStale', { code: string; by: string }>
  | Fact<'RevertConfirmed', { hash: string; confirmedBy: string }>
  | Fact<'RevertStarted', { run: string }>
  | Fact<'RevertPaused', { code: string }>
  | Fact<'RevertResumed', object>
  | Fact<'RevertCancelRequested', { requestedBy: string }>
  | Fact<'RevertCancelled', { counts: RevertCounts }>
  | Fact<'RevertCompleted', { counts: RevertCounts }>
  | Fact<'RevertRestored', { by: string }>;

export const NO_REVERT_COUNTS: RevertCounts = {
  total: 0,
  archived: 0,
  restored: 0,
  unmerged: 0,
  kept: 0,
  conflict: 0,
  unchanged: 0,
  erased: 0,
};
