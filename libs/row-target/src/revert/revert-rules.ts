import type { ExactKey } from '../keys/exact-key.js';
import type { FieldDifference } from '../records/field-differences.js';
import type { Assignment, ExternalIdPair, PathChange } from '../records/paths.js';
import type { DecidedEvent } from '../rows/row-kind.js';

/** Reason of an archive that a revert made: such a record is matched by nothing and found by no list (REV-004). */
export const IMPORT_REVERTED = 'IMPORT_REVERTED';

/** The marker of a revert or a restore (DESIGN 16), the data of its event. */
export interface ContributionChange {
  readonly import: string;
  readonly revert: string;
  readonly scope: { readonly kind: 'ALL' };
  /** What became of a record that the import itself had made. */
  readonly created?: 'ARCHIVE' | 'STRIP';
  /** The changed fields once more, in clear. */
  readonly fields: readonly string[];
  readonly changes: readonly PathChange[];
}

/** A record, as far as a revert treats every kind of it alike. */
export interface RevertibleState {
  archived: { reason: string } | null;
  review: string[];
  made: { import: string; row: number } | null;
  externalIds: readonly ExternalIdPair[];
}

/** An event of a record's stream with what caused it. For every attempt of an import `origin.id` is the import. */
export interface PastEvent<E extends DecidedEvent> {
  readonly event: E;
  readonly origin: { readonly kind: string; readonly id?: string };
  readonly row?: number;
  /** The key is gone: the event cannot be read any more (REV-015). */
  readonly erased?: boolean;
}

/** What a revert has to be told of a kind of record: its fold, path by path, and what it cannot be without. */
export interface RevertRules<S extends RevertibleState, E extends DecidedEvent> {
  /** What effects are named after: `CONTACT`, `CASE`. */
  readonly name: string;
  /** Types of its events: the one that makes it, and those of its review flag. */
  readonly types: { readonly created: E['type']; readonly flagged: E['type']; readonly cleared: E['type'] };
  initial(): S;
  copyOf(state: S): S;
  /** The state after an event; the given one is not changed. */
  evolve(state: S, event: E, past?: PastEvent<E>): S;
  /** An event as the record's own: a marker and a flag are written under the same definitions. */
  ownEvent(event: DecidedEvent): E;
  assignmentsOf(event: E): readonly Assignment[];
  /** Writes one path of a state, in place. */
  assign(state: S, path: string, value: unknown): void;
  /** Every path that holds a value, in an order in which `assign` can write them back. */
  pathsOf(state: S): ReadonlyMap<string, unknown>;
  /** The field a path belongs to, free of personal data. */
  fieldOf(path: string): string;
  fieldDifferences(before: S, after: S): readonly FieldDifference[];
  keysOf(state: S): readonly ExactKey[];
  /** What it cannot be without and lacks. */
  requiredBlank(state: S): readonly string[];
  /** Whether it would hold more of something than fits and than it holds now. */
  holdsTooMuch(want: S, now: S): boolean;
  /** What of an event stays although its import is out of force: an opt-out, what a stripped record cannot be without. */
  remains(event: E): readonly Assignment[];
  /** Puts right what only a counterfactual can bring about, such as a value that stands twice. */
  tidied(state: S): S;
}
