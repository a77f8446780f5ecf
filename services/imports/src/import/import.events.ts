import type { Fact } from '@caseledger/event-store';

/** What the rows of a file become (MAP-008). */
export type ImportType = 'CLIENTS' | 'CONTACTS' | 'CASES';

/** The ways a run rests: by a person, for want of space, for want of the importer's right (RUN-005, RUN-006). */
export type PauseKind = 'PAUSED' | 'PAUSED_RESOURCE' | 'PAUSED_ACCESS';

/** How much of an ended import's contribution has been taken out again. */
export type RevertState = 'NONE' | 'REVERTING' | 'PARTLY_REVERTED' | 'REVERTED';

/**
 * Rows per outcome; `read` is the sum of the six others (LED-001). `held` and `notProcessed` (a cancel came before the
 * row's turn) are parts of `skipped`.
 */
export interface OutcomeCounts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly held: number;
  readonly notProcessed: number;
}

/** A code of PRODUCT §5 with what fills its message. */
export interface Reason {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** One column of the file, counted from 0, and the field it feeds; an empty target leaves the column out (MAP-006). */
export interface ColumnTarget {
  readonly column: number;
  readonly target: string;
}

/** The options of PRODUCT 2.5 that exist; pinned with the import (OPT-001). */
export interface ImportOptions {
  readonly defaults: Readonly<Record<string, string>>;
  /** Per column (text of its index, or "*"): AUTOMATIC, ISO, US, EU or SERIAL. */
  readonly dateFormat: Readonly<Record<string, string>>;
  readonly defaultCountry: string;
  readonly duplicatePolicy: 'SKIP' | 'UPDATE' | 'CREATE' | 'MERGE';
  readonly blankCells: 'KEEP' | 'CLEAR' | 'FILL';
  readonly invalidOptionalValue: 'FAIL' | 'LEAVE_OUT';
  readonly onReview: 'HOLD' | 'CREATE';
  readonly apply: 'EXACT_PLAN' | 'CURRENT_STATE';
  /** OFF: columns of "Opened on" are not imported, and records are as old as the import. */
  readonly keepOriginalDates: 'ON' | 'OFF';
  /** Only of a case import; absent as long as nobody has chosen anything. */
  readonly cases?: CaseChoices;
}

/** Something of another service that was chosen: what counts is its id, its name is as it was then. */
export interface Chosen {
  readonly id: string;
  readonly name: string;
}

/** What a case import takes beside (OPT-004 to OPT-006); an empty id or name is none. */
export interface CaseChoices {
  /** Of rows that name no type. */
  readonly caseType: Chosen;
  /** The list that cases are added to; none when one is made. */
  readonly list: Chosen;
  /** Name of the list to be made. */
  readonly newList: string;
  readonly addSkipped: boolean;
  readonly clientDuplicatePolicy: 'SKIP' | 'UPDATE' | 'CREATE' | 'MERGE';
}

const NONE: Chosen = { id: '', name: '' };

export const NO_CASE_CHOICES: CaseChoices = { caseType: NONE, list: NONE, newList: '', addSkipped: true, clientDuplicatePolicy: 'SKIP' };

/** What the user overrides of the findings (ANA-001); an empty text or 0 leaves the finding. */
export interface AnalysisOverride {
  readonly delimiter: string;
  readonly sheet: string;
  readonly headerRow: number;
}

/** A place in one shard of a target's log. */
export interface TargetPosition {
  readonly target: string;
  readonly shard: number;
  readonly position: number;
}

/** What a person decided about rows (DUP-008); an empty action takes the decision back. */
export type DecisionAction = '' | 'SKIP' | 'UPDATE' | 'MERGE' | 'CREATE' | 'EXCLUDE';

/** Where the rows of a retry come from: rows of the first file, or a corrected file uploaded again (LED-007). */
export type RetrySource = { readonly kind: 'ROWS' } | { readonly kind: 'FILE'; readonly importId: string };

/**
 * Which failed and held rows a retry tries: these, or all of an outcome, reason or code; or the rows not processed
 * because of a cancel. With a corrected file the file says which.
 */
export interface RetrySelection {
  readonly rows: readonly number[];
  readonly outcome: string;
  readonly reason: string;
  readonly code: string;
  readonly continueCancelled: boolean;
}

export const EVERY_FAILED_ROW: RetrySelection = { rows: [], outcome: '', reason: '', code: '', continueCancelled: false };

export type ImportEvent =
  | Fact<
      'ImportCreated',
      {
        importId: string;
        type: ImportType;
        key: string;
        fileName: string;
        sizeBytes: number;
        origin: string;
        createdBy: string;
      }
    >
  | Fact<'UploadStarted', object>
  | Fact<'FileUploaded', { name: string; sizeBytes: number; sha256: string; parts: number }>
  | Fact<'FileRejected', Reason>
  | Fact<
      'FileAnalysed',
      {
        rows: number;
        columns: number;
        analysisKey: string;
        analysisSha256: string;
        /** What only the user can choose, such as the header row (HEADER_NOT_FOUND); until then nothing is planned. */
        asks: Reason | null;
      }
    >
  | Fact<'AnalysisOverridden', AnalysisOverride>
  /** The file cannot be read as the user chose; the findings from before stay, and another choice is asked for. */
  | Fact<'OverrideRefused', Reason>
  | Fact<'MappingSet', { version: number; columns: readonly ColumnTarget[] }>
  | Fact<'OptionsSet', { options: ImportOptions }>
  | Fact<'PlanRequested', { plan: string; number: number; importDay: string; requestedBy: string }>
  | Fact<
      'PlanCompleted',
      {
        plan: string;
        hash: string;
        rows: number;
        counts: OutcomeCounts;
        effects: Readonly<Record<string, number>>;
        positions: readonly TargetPosition[];
        ignoredColumns: readonly string[];
        generation: number;
      }
    >
  | Fact<'PlanDiscarded', { plan: string; why: Reason; records: readonly string[] }>
  | Fact<'RowsDecided', { rows: readonly number[]; action: DecisionAction; record: string; decidedBy: string }>
  | Fact<'ImportConfirmed', { hash: string; confirmedBy: string }>
  | Fact<'ImportQueued', { hash: string; run: string; startedBy: string }>
  | Fact<'ImportStarted', { run: string }>
  | Fact<'SplitCompleted', { run: string; rows: number; chunksPerLane: readonly number[] }>
  | Fact<'ImportPaused', { why: PauseKind; reason: Reason | null }>
  | Fact<'ImportResumed', object>
  | Fact<'ImportCancelRequested', { requestedBy: string }>
  | Fact<'ImportCancelled', { counts: OutcomeCounts }>
  | Fact<'ImportCompleted', { counts: OutcomeCounts; ledgerRoot: string }>
  | Fact<
      'RetryStarted',
      {
        attempt: number;
        run: string;
        plan: string;
        importDay: string;
        rows: number;
        source: RetrySource;
        selection: RetrySelection;
        /** Rows of a corrected file that an earlier attempt applied already (ROW_ALREADY_APPLIED). */
        alreadyApplied: number;
        startedBy: string;
      }
    >
  | Fact<'RetryCompleted', { attempt: number; counts: OutcomeCounts }>
  | Fact<'ImportRevertChanged', { revert: string; state: RevertState }>
  | Fact<'ImportDiscarded', { continuesAs: string }>
  | Fact<'DraftExpired', object>
  /** Everything read from the file is gone for good; its hash and the ledger stay (FIL-006). The day is ISO, in UTC. */
  | Fact<'FileExpired', { removedOn: string }>;

/** The chunk handed to the workers; in the lane's own stream, so that an import's stream stays short (DESIGN 12). */
export type LaneEvent = Fact<
  'ChunkDispatched',
  {
    run: string;
    importId: string;
    kind: RunKind;
    attempt: number;
    lane: number;
    seq: number;
    dispatch: number;
    objectKey: string;
    sha256: string;
    rows: number;
    actor: string;
  }
>;

/** What a run does to its target. */
export type RunKind = 'IMPORT' | 'RETRY' | 'REVERT' | 'RESTORE';

export const NO_COUNTS: OutcomeCounts = {
  read: 0,
  created: 0,
  updated: 0,
  merged: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  held: 0,
  notProcessed: 0,
};
