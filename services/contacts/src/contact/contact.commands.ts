import { uuid7, type EventStore, type JsonValue, type StoreTransaction } from '@caseledger/event-store';
import { notFound, refused, type RowIssue } from '@caseledger/errors';
import {
  RowValues,
  asJson,
  causeOf,
  doOnce,
  keyText,
  seeOwners,
  uuidOrNone,
  reasonOf,
  type Command,
  type KeyHasher,
  type SeenOwners,
} from '@caseledger/row-target';
import { requirePermission, requireReach } from '@caseledger/service-kit';
import type { contactsV1 } from '@caseledger/contracts';
import type { DataSource } from 'typeorm';
import { loadRecords, viewOfContacts } from '../rows/contact.kind.js';
import { isReleased, keysOfRecord, keysOfRow } from '../rows/record-keys.js';
import { matchRow } from '../rows/row-match.js';
import { draftRow } from '../rows/row-policy.js';
import { created } from './contact.changes.js';
import { contactHistory } from '../revert/contact.revert.js';
import {
  archiveContact,
  changeStatus,
  checkRequired,
  mergeChange,
  readBy,
  restoreContact,
  withInput,
} from './contact.decider.js';
import type { ContactState } from './contact.js';
import { IMPORT_REVERTED, type ContactEvent, type ExternalIdPair } from './contact.events.js';
import { readInput, valuesOf, warningsOf, type InputSetting } from './field-input.js';
import { readLists, type GivenLists } from './list-input.js';
import { refuse } from './contact.refusals.js';
import { pastEventOf } from './stored-contact.js';
import { writeContacts } from './contact.write.js';

/** What a command did: the contact it concerns, and codes worth saying; ids and codes only, kept for a day. */
export type Done = {
  readonly id: string;
  readonly warnings: readonly { readonly code: string; readonly field: string }[];
  readonly replayed: boolean;
};

export interface CommandDeps {
  readonly store: EventStore;
  readonly hasher: KeyHasher;
  readonly input: InputSetting;
  /** For searches; see `searchHits`. */
  readonly tail: DataSource;
}

/** What people and scripts do to one contact: every command authorised, idempotent by its key, in one transaction. */
export class ContactCommands {
  constructor(private readonly deps: CommandDeps) {}

  /** Creates a contact (CON-010). Throws DUPLICATE_REVIEW on an exact match unless told to create anyway. */
  create(request: contactsV1.CreateContactRequest, command: Command): Promise<Done> {
    const { idempotencyKey: _key, ...rest } = request;
    requireReach(command.caller, 'contacts.write');
    return this.once(command, { create: asJson(rest) }, async (tx, seen) => {
      const read = readInput(request.fields, this.deps.input, tx.now, request.client);
      const values = new RowValues(valuesOf(read), {});
      const source = sourceOf(command);
      const draft = draftRow(
        undefined,
        values,
        { client: request.client, leftOut: false },
        { mode: 'CREATE', fillOnly: false, source },
      );
      const warnings = warningsOf([...read.issues, ...draft.issues]);
      const after = withInput(draft.state, readLists(givenLists(request), this.deps.input, tx.now), source);
      checkRequired(after);
      const known = await this.duplicates(tx, values, after, seen);
      if (known.length > 0 && !request.createAnyway)
        throw refused('DUPLICATE_REVIEW', { n: known.length, records: known.join(',') });
      await this.checkExternalIds(tx, '', after.externalIds, seen);
      const id = uuid7();
      const write = { id, version: 0, before: undefined, events: [created(after, undefined, known)] };
      await writeContacts(tx, this.deps.hasher, causeOf(command), [write], seen);
      return { id, warnings: briefly(warnings) };
    });
  }

  /** Changes fields and lists; changes of others since the version read are merged or refused (CON-015). */
  update(request: contactsV1.UpdateContactRequest, command: Command): Promise<Done> {
    const { idempotencyKey: _key, ...rest } = request;
    return this.once(command, { update: asJson(rest) }, async (tx, seen) => {
      const held = await this.load(tx, request.id, command);
      const asRead = readBy(await this.stateAt(tx, request.id, request.version, held), held.state);
      const input = readInput(request.fields, this.deps.input, tx.now, held.state.client);
      const source = sourceOf(command);
      const marks = { client: held.state.client, leftOut: false };
      const draft = draftRow(asRead, new RowValues(valuesOf(input), {}), marks, {
        mode: 'UPDATE',
        fillOnly: false,
        source,
      });
      const warnings = warningsOf([...input.issues, ...draft.issues]);
      const wanted = withInput(draft.state, readLists(replacedLists(request), this.deps.input, tx.now), source);
      const events = mergeChange(asRead, wanted, held.state, held.changedBy);
      // One that this contact has already is no claim, even while a revert has released it to another.
      const has = new Set(held.state.externalIds.map((pair) => this.externalHash(tx.tenant, pair)));
      const claimed = wanted.externalIds.filter((pair) => !has.has(this.externalHash(tx.tenant, pair)));
      await this.checkExternalIds(tx, request.id, claimed, seen);
      await this.write(tx, command, request.id, held, events, seen);
      return { id: request.id, warnings: briefly(warnings) };
    });
  }

  /** Sets the status (CON-006). */
  setStatus(request: contactsV1.SetContactStatusRequest, command: Command): Promise<Done> {
    return this.change(command, request.id, { status: request.status }, (state) => changeStatus(request.status, state));
  }

  /** Archives (CON-016). */
  archive(request: contactsV1.ArchiveContactRequest, command: Command): Promise<Done> {
    // The reason of a revert is the revert's own: what carries it is not matched any more.
    const reason = request.reason === IMPORT_REVERTED ? '' : reasonOf(request);
    return this.change(command, request.id, { archive: reason }, (state) => archiveContact(reason, state));
  }

  /** Takes out of the archive, unless another contact has got an external id meanwhile. */
  restore(request: contactsV1.RestoreContactRequest, command: Command): Promise<Done> {
    return this.once(command, { restore: request.id }, async (tx, seen) => {
      const held = await this.load(tx, request.id, command);
      const takers = await this.takers(tx, request.id, held.state.externalIds, seen);
      await this.write(tx, command, request.id, held, restoreContact(held.state, takers), seen);
      return { id: request.id, warnings: [] };
    });
  }

  private change(
    command: Command,
    id: string,
    request: JsonValue,
    decide: (state: ContactState) => ContactEvent[],
  ): Promise<Done> {
    return this.once(command, { id, request }, async (tx, seen) => {
      const held = await this.load(tx, id, command);
      await this.write(tx, command, id, held, decide(held.state), seen);
      return { id, warnings: [] };
    });
  }

  private async once(
    command: Command,
    request: JsonValue,
    work: (tx: StoreTransaction, seen: SeenOwners) => Promise<Omit<Done, 'replayed'>>,
  ): Promise<Done> {
    const { result, replayed } = await doOnce(this.deps.store, command, request, work);
    return { ...result, replayed };
  }

  private async load(tx: StoreTransaction, id: string, { caller }: Command): Promise<Held> {
    const sql = 'select version, state, created_by, changed_by from app.contact where tenant = $1 and id = $2';
    const { rows } = await tx.query<HeldRow>(sql, [tx.tenant, uuidOrNone(id)]);
    const [row] = rows;
    if (row === undefined) throw notFound();
    requirePermission(caller, 'contacts.write', row.created_by);
    return { version: row.version, state: row.state, changedBy: row.changed_by };
  }

  private write(
    tx: StoreTransaction,
    command: Command,
    id: string,
    held: Held,
    events: readonly ContactEvent[],
    seen: SeenOwners,
  ): Promise<void> {
    const write = { id, version: held.version, before: held.state, events };
    return writeContacts(tx, this.deps.hasher, causeOf(command), [write], seen);
  }

  private async stateAt(tx: StoreTransaction, id: string, version: number, held: Held): Promise<ContactState> {
    if (version === held.version || version === 0) return held.state;
    if (version > held.version) throw refuse.versionConflict([], held.changedBy);
    const stored = await tx.readStream(id, { toVersion: version });
    return contactHistory.present(stored.map(pastEventOf));
  }

  // Exact matches of a draft, by the same rules as rows of a file; held ones count as much as sure ones.
  private async duplicates(
    tx: StoreTransaction,
    values: RowValues,
    after: ContactState,
    seen: SeenOwners,
  ): Promise<readonly string[]> {
    const texts = keysOfRecord(after).map(keyText);
    const hashes = new Map(texts.map((text) => [text, this.deps.hasher.hashText(tx.tenant, text)]));
    const owners = await seeOwners(tx, [...hashes.values()], seen);
    const records = await loadRecords(tx, [...new Set([...owners.values()].flat())]);
    const view = viewOfContacts({ hashes, named: [] }, owners, records);
    const found = matchRow({ values, keys: keysOfRow(values) }, { importId: '', row: 0, own: '' }, view);
    const listed = [...records].filter(([, { state }]) => !isReleased(state)).map(([id]) => id);
    return found.records.length > 0 ? found.records : listed.sort();
  }

  private async checkExternalIds(
    tx: StoreTransaction,
    id: string,
    pairs: readonly ExternalIdPair[],
    seen: SeenOwners,
  ): Promise<void> {
    const takenBy = await this.takers(tx, id, pairs, seen);
    for (const pair of pairs) {
      const record = takenBy(pair);
      if (record !== undefined) throw refuse.externalIdTaken(pair.id, record);
    }
  }

  private async takers(
    tx: StoreTransaction,
    id: string,
    pairs: readonly ExternalIdPair[],
    seen: SeenOwners,
  ): Promise<(pair: ExternalIdPair) => string | undefined> {
    const hashes = pairs.map((pair) => this.externalHash(tx.tenant, pair));
    const owners = await seeOwners(tx, hashes, seen);
    return (pair) => owners.get(this.externalHash(tx.tenant, pair))?.find((owner) => owner !== id);
  }

  private externalHash(tenant: string, pair: ExternalIdPair): string {
    const value = JSON.stringify([pair.system.toLowerCase(), pair.id]);
    return this.deps.hasher.hash(tenant, { kind: 'EXTERNAL_ID', value });
  }
}

interface Held {
  readonly version: number;
  readonly state: ContactState;
  readonly changedBy: string;
}

interface HeldRow {
  readonly version: number;
  readonly state: ContactState;
  readonly created_by: string;
  readonly changed_by: string;
}

/** Who records consent through a command (PRF-001). */
export function sourceOf({ caller }: Command): 'STAFF' | 'API' {
  return caller.apiKeyId === undefined ? 'STAFF' : 'API';
}

function givenLists({ phones, emails, addresses, tags }: contactsV1.CreateContactRequest): GivenLists {
  return {
    ...(phones.length > 0 ? { phones } : {}),
    ...(emails.length > 0 ? { emails } : {}),
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  };
}

function replacedLists(request: contactsV1.UpdateContactRequest): GivenLists {
  const { phones, emails, addresses, tags } = request;
  return {
    ...(request.replacePhones ? { phones } : {}),
    ...(request.replaceEmails ? { emails } : {}),
    ...(request.replaceAddresses ? { addresses } : {}),
    ...(request.replaceTags ? { tags } : {}),
  };
}

function briefly(warnings: readonly RowIssue[]): { code: string; field: string }[] {
  return warnings.map(({ code, field = '' }) => ({ code, field }));
}
