import type { EventDefinition, Fact } from '@caseledger/event-store';

/** Lists of elements of a contact; every element keeps its id for ever (CON-003). */
export type ElementList = 'phones' | 'emails' | 'addresses';

export interface PhoneElement {
  readonly id: number;
  readonly label: string;
  /** E.164. */
  readonly number: string;
  readonly extension: string;
}

export interface EmailElement {
  readonly id: number;
  readonly label: string;
  readonly address: string;
}

/** The parts of an address that hold something: street, unit, city, state, zip, country. */
export type AddressParts = Readonly<Record<string, string>>;

export interface AddressElement {
  readonly id: number;
  readonly label: string;
  readonly parts: AddressParts;
}

export interface ExternalIdPair {
  readonly system: string;
  readonly id: string;
}

/** Consent of a channel and who recorded it: IMPORT, STAFF, API, PORTAL or PERSON (PRF-001). */
export interface Preference {
  readonly state: 'OPTED_IN' | 'OPTED_OUT';
  readonly source: string;
}

/**
 * Where the values of an event stood in a file (HIS-006): by field the column counted from 0, in clear, and the cell's
 * own text where it differs from what is stored, sealed with the person's key.
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
 * became of a record that the import itself had made.
 */
export interface ContributionChange {
  readonly import: string;
  readonly revert: string;
  readonly scope: { readonly kind: 'ALL' };
  readonly created?: 'ARCHIVE' | 'STRIP';
  readonly fields: readonly string[];
  readonly changes: readonly PathChange[];
}

export interface FirstValues extends CellSource {
  readonly type: string;
  readonly client: boolean;
  readonly status: string;
  readonly values: Readonly<Record<string, string>>;
  readonly phones: readonly PhoneElement[];
  readonly emails: readonly EmailElement[];
  readonly addresses: readonly AddressElement[];
  readonly primary: Readonly<Partial<Record<ElementList, number>>>;
  readonly tags: readonly string[];
  readonly externalIds: readonly ExternalIdPair[];
  readonly preferences: Readonly<Record<string, Preference>>;
  readonly review: readonly string[];
  /** Records this one matched when it was created all the same (DUP-006, DUP-013). */
  readonly knownDifferent: readonly string[];
}

/** Single values by key of the field catalogue; `fields` names them in clear. */
export interface FieldsChange extends CellSource {
  readonly set: Readonly<Record<string, string>>;
  readonly cleared: readonly string[];
  readonly fields: readonly string[];
}

export interface AddressChange extends CellSource {
  readonly id: number;
  readonly label: string;
  readonly set: AddressParts;
  readonly cleared: readonly string[];
}

export type ContactEvent =
  | Fact<'ContactCreated', FirstValues>
  | Fact<'ContactFieldsChanged', FieldsChange>
  | Fact<'ContactPhoneAdded', PhoneElement & CellSource>
  | Fact<'ContactPhoneChanged', PhoneElement & CellSource>
  | Fact<'ContactPhoneRemoved', { readonly id: number }>
  | Fact<'ContactEmailAdded', EmailElement & CellSource>
  | Fact<'ContactEmailChanged', EmailElement & CellSource>
  | Fact<'ContactEmailRemoved', { readonly id: number }>
  | Fact<'ContactAddressAdded', AddressElement & CellSource>
  | Fact<'ContactAddressChanged', AddressChange>
  | Fact<'ContactAddressRemoved', { readonly id: number }>
  | Fact<'ContactPrimaryChanged', { readonly list: ElementList; readonly id: number } & CellSource>
  | Fact<'ContactStatusChanged', { readonly from: string; readonly to: string } & CellSource>
  | Fact<'ContactMarkedClient', object>
  | Fact<'ContactTagged', { readonly tags: readonly string[] } & CellSource>
  | Fact<'ContactUntagged', { readonly tags: readonly string[] } & CellSource>
  | Fact<'ContactExternalIdAdded', ExternalIdPair & CellSource>
  | Fact<'ContactExternalIdRemoved', ExternalIdPair>
  | Fact<'ContactOptedIn', { readonly channel: string; readonly source: string } & CellSource>
  | Fact<'ContactOptedOut', { readonly channel: string; readonly source: string } & CellSource>
  | Fact<'ContactArchived', { readonly reason: string }>
  | Fact<'ContactRestored', object>
  | Fact<'ContactReviewFlagged', { readonly reason: string }>
  | Fact<'ContactReviewCleared', { readonly reason: string }>
  | Fact<'ImportContributionReverted', ContributionChange>
  | Fact<'ImportContributionRestored', ContributionChange>;

export type ContactEventType = ContactEvent['type'];

/** Reason of an archive that a revert made: such a record is matched by nothing and found by no list (REV-004). */
export const IMPORT_REVERTED = 'IMPORT_REVERTED';

const PERSONAL: Readonly<Record<ContactEventType, readonly string[]>> = {
  ContactCreated: ['values', 'phones', 'emails', 'addresses', 'tags', 'externalIds', 'texts'],
  ContactFieldsChanged: ['set', 'texts'],
  ContactPhoneAdded: ['number', 'extension', 'texts'],
  ContactPhoneChanged: ['number', 'extension', 'texts'],
  ContactPhoneRemoved: [],
  ContactEmailAdded: ['address', 'texts'],
  ContactEmailChanged: ['address', 'texts'],
  ContactEmailRemoved: [],
  ContactAddressAdded: ['parts', 'texts'],
  ContactAddressChanged: ['set', 'texts'],
  ContactAddressRemoved: [],
  ContactPrimaryChanged: ['texts'],
  ContactStatusChanged: ['texts'],
  ContactMarkedClient: [],
  ContactTagged: ['tags', 'texts'],
  ContactUntagged: ['tags', 'texts'],
  ContactExternalIdAdded: ['system', 'id', 'texts'],
  ContactExternalIdRemoved: ['system', 'id'],
  ContactOptedIn: ['texts'],
  ContactOptedOut: ['texts'],
  ContactArchived: ['reason'],
  ContactRestored: [],
  ContactReviewFlagged: [],
  ContactReviewCleared: [],
  ImportContributionReverted: ['changes'],
  ImportContributionRestored: ['changes'],
};

/** What the event store needs to know of each event: its version and the keys sealed with the person's key. */
export const contactEventDefinitions: readonly EventDefinition[] = Object.entries(PERSONAL).map(([type, personal]) => ({
  type,
  schemaVersion: 1,
  personal,
}));
