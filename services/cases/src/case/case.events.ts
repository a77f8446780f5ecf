import type { EventDefinition, Fact } from '@caseledger/event-store';

/** Category of a status: what a case in it is (TYP-002). */
export type Category = 'OPEN' | 'CLOSED';

/** Where a case stands: a status belongs to its type, so the two are one value (CAS-005). Ids. */
export interface Standing {
  readonly type: string;
  readonly status: string;
  readonly category: Category;
}

/** CLIENT, OPPOSING_PARTY, WITNESS, ATTORNEY, FAMILY or OTHER. */
export interface ContactLink {
  readonly contact: string;
  readonly role: string;
}

/** CAS-010. */
export interface KeyDate {
  /** Counted from 1 on each case and never given twice. */
  readonly id: number;
  readonly label: string;
  /** COURT_DATE, DEADLINE, STATUTE or OTHER. */
  readonly kind: string;
  /** ISO date, or ISO date-time in UTC. */
  readonly at: string;
  /** Days before; 0 reminds of nothing. */
  readonly reminderDays: number;
}

export interface ExternalIdPair {
  readonly system: string;
  readonly id: string;
}

/**
 * Where the values of an event stood in a file (HIS-006): by field the column counted from 0, in clear, and the cell's
 * own text where it differs from what is stored, sealed.
 */
export interface CellSource {
  readonly columns?: Readonly<Record<string, number>>;
  readonly texts?: Readonly<Record<string, string>>;
}

/** One value an import's revert or restore changes, by path; null where there is none. */
export interface PathChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * The marker of a revert or a restore (DESIGN 16). `fields` repeats the changed fields in clear. `created` says what
 * became of a case that the import itself had made.
 */
export interface ContributionChange {
  readonly import: string;
  readonly revert: string;
  readonly scope: { readonly kind: 'ALL' };
  readonly created?: 'ARCHIVE' | 'STRIP';
  readonly fields: readonly string[];
  readonly changes: readonly PathChange[];
}

export interface FirstValues extends CellSource, Standing {
  /** C-<year>-<6 digits>. */
  readonly number: string;
  /** By key: caseName, description. */
  readonly values: Readonly<Record<string, string>>;
  readonly source: string;
  /** ISO dates, null where not known. */
  readonly openedOn: string | null;
  readonly closedOn: string | null;
  readonly contacts: readonly ContactLink[];
  /** The main client, where one was marked. */
  readonly primaryContact: string | null;
  readonly keyDates: readonly Omit<KeyDate, 'label'>[];
  /** Labels of key dates by their id: free text, so sealed. */
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly externalIds: readonly ExternalIdPair[];
  readonly lists: readonly string[];
  readonly review: readonly string[];
  /** Cases this one matched when it was created all the same (DUP-006, DUP-013). */
  readonly knownDifferent: readonly string[];
}

/** Single values: caseName, description, intakeSource, openedOn, closedOn; `fields` names them in clear. */
export interface FieldsChange extends CellSource {
  readonly set: Readonly<Record<string, string>>;
  readonly cleared: readonly string[];
  readonly fields: readonly string[];
}

/** `closedOn` is there when closing or reopening set or cleared it (CAS-004). */
export interface StatusChange extends CellSource {
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly category: Category;
  readonly closedOn?: string | null;
  readonly reason?: string;
}

/** From one type to another, with the status that the mapping of the change gave (CAS-005). */
export interface TypeChange extends CellSource {
  readonly from: string;
  readonly to: string;
  readonly fromStatus: string;
  readonly status: string;
  readonly category: Category;
  readonly closedOn?: string | null;
}

export type CaseEvent =
  | Fact<'CaseOpened', FirstValues>
  | Fact<'CaseFieldsChanged', FieldsChange>
  | Fact<'CaseStatusChanged', StatusChange>
  | Fact<'CaseTypeChanged', TypeChange>
  | Fact<'CaseContactLinked', ContactLink & CellSource>
  | Fact<'CaseContactUnlinked', ContactLink>
  | Fact<'CasePrimaryContactChanged', { readonly contact: string }>
  | Fact<'KeyDateSet', KeyDate & CellSource>
  | Fact<'KeyDateRemoved', { readonly id: number; readonly kind: string }>
  | Fact<'CaseTagged', { readonly tags: readonly string[] } & CellSource>
  | Fact<'CaseUntagged', { readonly tags: readonly string[] } & CellSource>
  | Fact<'CaseExternalIdAdded', ExternalIdPair & CellSource>
  | Fact<'CaseExternalIdRemoved', ExternalIdPair>
  | Fact<'CaseAddedToList', { readonly list: string }>
  | Fact<'CaseRemovedFromList', { readonly list: string }>
  | Fact<'CaseArchived', { readonly reason: string }>
  | Fact<'CaseRestored', object>
  | Fact<'CaseReviewFlagged', { readonly reason: string }>
  | Fact<'CaseReviewCleared', { readonly reason: string }>
  | Fact<'ImportContributionReverted', ContributionChange>
  | Fact<'ImportContributionRestored', ContributionChange>;

export type CaseEventType = CaseEvent['type'];

/** Reason of an archive that a revert made: such a case is matched by nothing and found by no list (REV-004). */
export const IMPORT_REVERTED = 'IMPORT_REVERTED';

const PERSONAL: Readonly<Record<CaseEventType, readonly string[]>> = {
  CaseOpened: ['values', 'labels', 'tags', 'externalIds', 'texts'],
  CaseFieldsChanged: ['set', 'texts'],
  CaseStatusChanged: ['reason', 'texts'],
  CaseTypeChanged: ['texts'],
  CaseContactLinked: ['texts'],
  CaseContactUnlinked: [],
  CasePrimaryContactChanged: [],
  KeyDateSet: ['label', 'texts'],
  KeyDateRemoved: [],
  CaseTagged: ['tags', 'texts'],
  CaseUntagged: ['tags', 'texts'],
  CaseExternalIdAdded: ['system', 'id', 'texts'],
  CaseExternalIdRemoved: ['system', 'id'],
  CaseAddedToList: [],
  CaseRemovedFromList: [],
  CaseArchived: ['reason'],
  CaseRestored: [],
  CaseReviewFlagged: [],
  CaseReviewCleared: [],
  ImportContributionReverted: ['changes'],
  ImportContributionRestored: ['changes'],
};

/** What the event store needs to know of each event: its version and the keys sealed with the case's own key. */
export const caseEventDefinitions: readonly EventDefinition[] = Object.entries(PERSONAL).map(([type, personal]) => ({
  type,
  schemaVersion: 1,
  personal,
}));
