import type { StoreTransaction } from '@caseledger/event-store';
import type { RowIssue } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';
import type { ExactKey, RowKey } from '../keys/exact-key.js';
import type { KnownRecord, RowView } from './row-view.js';

/** What the judge of any kind of record needs to know of the run a row belongs to. */
export interface RowContext {
  readonly importId: string;
  readonly options: targetsV1.ApplyOptions;
  /** The id that a record made by this part of this row gets (DESIGN 13). */
  recordOf(row: number, part: number): string;
}

/** Whose rows they are: the same for prediction and run. */
export interface RowJob {
  readonly tenant: string;
  readonly importId: string;
  /** Empty where rows are only tied. */
  readonly run: string;
  readonly options: targetsV1.ApplyOptions;
}

export type Outcome = 'CREATED' | 'UPDATED' | 'MERGED' | 'SKIPPED' | 'UNCHANGED' | 'FAILED';

/** How a row matched (DUP-002, DUP-003). Texts are empty where there is nothing to say. */
export interface RowMatchFound {
  /** What was matched. */
  readonly kind: 'CONTACT' | 'CASE';
  readonly verdict: 'NONE' | 'MATCH' | 'REVIEW' | 'AMBIGUOUS';
  readonly key: string;
  readonly record: string;
  readonly records: readonly string[];
  readonly score: number;
  /** The earlier row of the same file that made the record; 0 when none did (DUP-009). */
  readonly earlierRow: number;
  /** Of a case row that one of its contacts holds: which of them. */
  readonly part?: number;
  /** Of such a row: how the contacts after that one matched which hold it as well. */
  readonly further?: readonly RowMatchFound[];
}

/** An event as a decider gives it. */
export interface DecidedEvent {
  readonly type: string;
  readonly data: object;
}

/** The one outcome of a row, with the events that bring it about. */
export interface JudgedRow<S> {
  readonly row: targetsV1.Row;
  readonly outcome: Outcome;
  /** A code of PRODUCT §5 where the row was not written; else empty. */
  readonly reason: string;
  readonly match: RowMatchFound | undefined;
  /** The record written, matched or linked to; empty where there is none. */
  readonly record: string;
  readonly before: KnownRecord<S> | undefined;
  /** Only when something is written to the record, whatever the outcome is called. */
  readonly after: KnownRecord<S> | undefined;
  readonly events: readonly DecidedEvent[];
  readonly issues: readonly RowIssue[];
}

/** The types that belong to one kind of record, named once. */
export interface KindTypes {
  /** The record as its stream gives it. */
  readonly state: object;
  readonly judged: JudgedRow<object>;
  readonly context: RowContext;
  /** What judging needs beside rows and records; goes to the judging thread, so it is plain data. */
  readonly facts: unknown;
}

/**
 * A kind of record that rows are written into: all that the machinery of chunks has to be told of it. Only
 * what takes a transaction reads; plan, run and judging thread are given the same (invariant 4).
 */
export interface RecordKind<K extends KindTypes> {
  /** The category of the records' streams. */
  readonly category: string;
  /** The code that judges rows in a thread of its own: it calls `judgeHere` with this kind. */
  readonly judgeThread: URL;
  /** The exact keys under which a record is found; none where it can be matched by nothing. */
  keysOf(state: K['state']): readonly ExactKey[];
  /**
   * Reads what judging needs beside rows and records, once per chunk. With `hold` it stays as it is until the
   * transaction ends, because what is judged by it is written; a prediction holds nothing.
   */
  factsOf(tx: StoreTransaction, job: RowJob, how: { readonly hold: boolean }): Promise<K['facts']>;
  contextOf(job: RowJob, facts: K['facts']): K['context'];
  /** The exact keys of a row, in the order in which they decide. */
  keysOfRow(row: targetsV1.Row, context: K['context']): readonly RowKey[];
  /**
   * Records of another target under which a record can be found once a row has changed it: rows that name any of them are
   * tied to rows that hit the record. Absent where a record is found by its own values alone.
   */
  tiedWith?(state: K['state']): readonly string[];
  /** The records of these ids as they stand; unknown ones are absent. */
  recordsOf(tx: StoreTransaction, ids: readonly string[]): Promise<Map<string, KnownRecord<K['state']>>>;
  /** What one row does, seen from the view; writes nothing. A fault of a row is an outcome, never thrown. */
  judge(row: targetsV1.Row, context: K['context'], view: RowView<K['state']>): K['judged'];
  /** What a row does to records; none where nothing is written. */
  effectsOf(judged: K['judged']): targetsV1.Effect[];
  /** Each value that a row changes, for a preview. */
  changesOf(judged: K['judged']): targetsV1.FieldChange[];
}
