import { uuid7, type EventStore, type JsonValue, type StoreTransaction } from '@caseledger/event-store';
import { notFound, refused, type RowIssue } from '@caseledger/errors';
import {
  RowValues,
  asJson,
  causeOf,
  doOnce,
  seeOwners,
  tenantOf,
  reasonOf,
  type Command,
  type KeyHasher,
  type SeenOwners,
} from '@caseledger/row-target';
import { requireReach } from '@caseledger/service-kit';
import type { casesV1, contactsV1 } from '@caseledger/contracts';
import type { DataSource } from 'typeorm';
import { followingStatus, statusOf } from '../case-type/case-type.decider.js';
import type { StatusFacts } from '../case-type/case-type.events.js';
import { activeType, heldType } from '../case-type/case-type.queries.js';
import type { StartSet } from '../case-type/start-set.write.js';
import { listsForCase } from '../case-list/list-members.js';
import type { ContactsSide } from '../contacts.client.js';
import { reserve } from '../numbers/numbers.write.js';
import { numberText } from '../numbers/numbers.decider.js';
import { keysOfRecord } from '../rows/record-keys.js';
import { draftRow, type RowMarks } from '../rows/row-policy.js';
import type { Draft } from '../rows/row-draft.js';
import { opened } from './case.changes.js';
import {
  archiveCase,
  changeStatus,
  changeType,
  checkRequired,
  firstContacts,
  linkContact,
  mergeChange,
  readBy,
  restoreCase,
  unlinkContact,
  withLists,
} from './case.decider.js';
import type { CaseState } from './case.js';
import { IMPORT_REVERTED, type CaseEvent, type ExternalIdPair, type Standing } from './case.events.js';
import { casesToChange, takersOf, writeCases, type HeldCase } from './case.write.js';
import { dayIn, readInput, readLists, valuesOf, warningsOf, type GivenLists, type InputSetting } from './field-input.js';
import { markNewClients } from './new-clients.js';
import { refuse } from './case.refusals.js';
import { foldOf } from './stored-case.js';

/** What a command did: the case it concerns, and codes worth saying; ids and codes only, kept for a day. */
export type Done = {
  readonly id: string;
  readonly warnings: readonly { readonly code: string; readonly field: string }[];
};

/** What was done, and whether it had been done before under the same key. */
export type Replied = Done & { readonly replayed: boolean };

export interface CommandDeps {
  readonly store: EventStore;
  readonly hasher: KeyHasher;
  readonly input: InputSetting;
  /** For searches; see `searchHits`. */
  readonly tail: DataSource;
  readonly startSet: StartSet;
  readonly contacts: ContactsSide;
}

/** What people do to one case: every command authorised, idempotent by its key, in one transaction. */
export class CaseCommands {
  constructor(private readonly deps: CommandDeps) {}

  /** Opens a case (CAS-001). Throws DUPLICATE_REVIEW on an exact match unless told to create anyway. */
  async create(request: casesV1.CreateCaseRequest, command: Command): Promise<Replied> {
    const { idempotencyKey: _key, ...rest } = request;
    requireReach(command.caller, 'cases.write');
    const links = firstContacts(request.contacts);
    await this.requireContacts(command, links.contacts.map(({ contact }) => contact));
    await this.deps.startSet.ensure(tenantOf(command.caller));
    return this.once(command, { create: asJson(rest) }, async (tx, seen) => {
      const { after, warnings } = await this.drafted(tx, request, links, command);
      const known = await this.duplicates(tx, after, seen);
      if (known.length > 0 && !request.createAnyway) {
        throw refused('DUPLICATE_REVIEW', { n: known.length, records: known.join(',') });
      }
      await this.checkExternalIds(tx, '', after.externalIds, seen);
      const { year, first, appends } = await reserve(tx, { year: this.yearAt(tx.now), count: 1 });
      const event = opened({ ...after, number: numberText(year, first) }, undefined, known);
      const write = { id: uuid7(), version: 0, before: undefined, events: [event] };
      await markNewClients(this.deps.contacts, command.caller, write.events);
      await writeCases(tx, this.deps.hasher, causeOf(command), [write], seen, appends);
      return { id: write.id, warnings };
    });
  }

  /** Changes fields and lists; changes of others since the version read are merged or refused (CAS-011). */
  update(request: casesV1.UpdateCaseRequest, command: Command): Promise<Replied> {
    const { idempotencyKey: _key, ...rest } = request;
    return this.once(command, { update: asJson(rest) }, async (tx, seen) => {
      const held = await this.load(tx, request.id, command);
      const asRead = readBy(await this.stateAt(tx, request.version, held), held.state);
      const draft = this.draft(asRead, request.fields, marksOf(asRead, asRead), command, tx.now);
      const warnings = briefly(warningsOf(draft.issues));
      const wanted = withLists(draft.state, readLists(replacedLists(request), this.deps.input, tx.now));
      const events = mergeChange(asRead, wanted, held.state, held.changedBy);
      const has = new Set(held.state.externalIds.map((pair) => JSON.stringify([pair.system, pair.id])));
      const claimed = wanted.externalIds.filter((pair) => !has.has(JSON.stringify([pair.system, pair.id])));
      await this.checkExternalIds(tx, held.id, claimed, seen);
      await this.write(tx, command, held, events, seen);
      return { id: held.id, warnings };
    });
  }

  /** Another status of the case's type (CAS-004). */
  changeStatus(request: casesV1.ChangeCaseStatusRequest, command: Command): Promise<Replied> {
    const { id, statusId } = request;
    const reason = reasonOf(request);
    return this.change(command, id, { status: statusId, reason }, async (tx, { state }) => {
      const type = await heldType(tx, state.type);
      const status = followingStatus(type.state, state.status, statusId);
      return changeStatus(standingOf(type.id, status), this.dayAt(tx.now), reason, state);
    });
  }

  /** Another type, with the status given, else the one of the same name, else its first (CAS-005). */
  changeType(request: casesV1.ChangeCaseTypeRequest, command: Command): Promise<Replied> {
    const { id, typeId, statusId } = request;
    return this.change(command, id, { type: typeId, status: statusId }, async (tx, { state }) => {
      const type = await activeType(tx, typeId);
      const name = (await heldType(tx, state.type)).state.statuses.find((each) => each.id === state.status)?.name;
      const same = type.state.statuses.find((status) => status.name === name)?.id ?? '';
      await listsForCase(tx, command.caller, state.lists, type, { isMember: true });
      const status = statusOf(type.state, statusId === '' ? same : statusId);
      return changeType(standingOf(type.id, status), this.dayAt(tx.now), state);
    });
  }

  /** Archives (CAS-006). */
  archive(request: casesV1.ArchiveCaseRequest, command: Command): Promise<Replied> {
    // The reason of a revert is the revert's own: what carries it is not matched any more.
    const reason = request.reason === IMPORT_REVERTED ? '' : reasonOf(request);
    return this.change(command, request.id, { archive: reason }, (_tx, { state }) => archiveCase(reason, state));
  }

  /** Takes out of the archive, unless another case has got an external id meanwhile. */
  restore(request: casesV1.RestoreCaseRequest, command: Command): Promise<Replied> {
    return this.change(command, request.id, 'restore', async (tx, { id, state }, seen) => {
      const { hasher } = this.deps;
      return restoreCase(state, await takersOf(tx, hasher, id, state.externalIds, seen));
    });
  }

  /** Puts an existing contact on the case (CAS-003). */
  async link(request: casesV1.LinkCaseContactRequest, command: Command): Promise<Replied> {
    const { id, contact, role, primary } = request;
    requireReach(command.caller, 'cases.write');
    await this.requireContacts(command, [contact]);
    const asked = { link: contact, role, primary };
    return this.change(command, id, asked, (_tx, { state }) => linkContact({ contact, role }, primary, state));
  }

  /** Takes a contact off the case; it keeps a client (CASE_NEEDS_CLIENT). */
  unlink(request: casesV1.UnlinkCaseContactRequest, command: Command): Promise<Replied> {
    const { id, contact, role } = request;
    return this.change(command, id, { unlink: contact, role }, (_tx, { state }) => unlinkContact({ contact, role }, state));
  }

  private change(
    command: Command,
    id: string,
    request: JsonValue,
    decide: (tx: StoreTransaction, held: HeldCase, seen: SeenOwners) => CaseEvent[] | Promise<CaseEvent[]>,
  ): Promise<Replied> {
    return this.once(command, { id, request }, async (tx, seen) => {
      const held = await this.load(tx, id, command);
      await this.write(tx, command, held, await decide(tx, held, seen), seen);
      return { id: held.id, warnings: [] };
    });
  }

  private async once(
    command: Command,
    request: JsonValue,
    work: (tx: StoreTransaction, seen: SeenOwners) => Promise<Done>,
  ): Promise<Replied> {
    const { result, replayed } = await doOnce(this.deps.store, command, request, work);
    return { ...result, replayed };
  }

  private async load(tx: StoreTransaction, id: string, { caller }: Command): Promise<HeldCase> {
    const [held] = await casesToChange(tx, caller, [id]);
    if (held === undefined) throw notFound();
    return held;
  }

  private async write(
    tx: StoreTransaction,
    command: Command,
    { id, version, state }: HeldCase,
    events: readonly CaseEvent[],
    seen: SeenOwners,
  ): Promise<void> {
    await markNewClients(this.deps.contacts, command.caller, events);
    return writeCases(tx, this.deps.hasher, causeOf(command), [{ id, version, before: state, events }], seen);
  }

  private async stateAt(tx: StoreTransaction, version: number, held: HeldCase): Promise<CaseState> {
    if (version === held.version || version === 0) return held.state;
    if (version > held.version) throw refuse.versionConflict([], held.changedBy);
    const stored = await tx.readStream(held.id, { toVersion: version });
    return foldOf(stored);
  }

  // The new case as its request wants it, its number aside.
  private async drafted(
    tx: StoreTransaction,
    request: casesV1.CreateCaseRequest,
    links: FirstContacts,
    command: Command,
  ): Promise<{ readonly after: CaseState; readonly warnings: Done['warnings'] }> {
    const { input } = this.deps;
    const type = await activeType(tx, request.typeId);
    const standing = standingOf(type.id, statusOf(type.state, request.statusId));
    const lists = await listsForCase(tx, command.caller, request.lists, type);
    const draft = this.draft(undefined, request.fields, marksOf(standing, links), command, tx.now);
    const warnings = briefly(warningsOf(draft.issues));
    const keyDates = [...draft.state.keyDates, ...request.keyDates.map((date) => ({ ...date, id: 0 }))];
    const given = { ...(keyDates.length > 0 ? { keyDates } : {}) };
    const state: CaseState = { ...draft.state, ...links, lists: [...lists].sort() };
    const after = withLists(state, readLists(given, input, tx.now));
    checkRequired(after);
    return { after, warnings };
  }

  private draft(
    before: CaseState | undefined,
    fields: readonly contactsV1.FieldInput[],
    marks: RowMarks,
    command: Command,
    now: Date,
  ): Draft {
    const read = readInput(fields, this.deps.input, now);
    const mode = before === undefined ? ('CREATE' as const) : ('UPDATE' as const);
    const rules = { mode, fillOnly: false, source: sourceOf(command), day: this.dayAt(now) };
    const draft = draftRow(before, new RowValues(valuesOf(read), {}), marks, rules);
    draft.issues.unshift(...read.issues);
    return draft;
  }

  private dayAt(now: Date): string {
    return dayIn(this.deps.input.timeZone, now);
  }

  private yearAt(now: Date): number {
    return Number(this.dayAt(now).slice(0, 4));
  }

  // Who may not read a contact cannot put it on a case, nor learn that it exists.
  private async requireContacts({ caller }: Command, ids: readonly string[]): Promise<void> {
    const existing = await this.deps.contacts.existing(caller, ids);
    const unknown = ids.find((id) => !existing.has(id));
    if (unknown !== undefined) throw refuse.linkNotFound('contact', unknown);
  }

  // Exact matches of a new case, by the same keys as rows of a file; what a revert took back is matched by nothing.
  private async duplicates(tx: StoreTransaction, after: CaseState, seen: SeenOwners): Promise<readonly string[]> {
    const hashes = keysOfRecord(after).map((key) => this.deps.hasher.hash(tx.tenant, key));
    const owners = await seeOwners(tx, hashes, seen);
    return [...new Set([...owners.values()].flat())].sort();
  }

  private async checkExternalIds(
    tx: StoreTransaction,
    id: string,
    pairs: readonly ExternalIdPair[],
    seen: SeenOwners,
  ): Promise<void> {
    const takenBy = await takersOf(tx, this.deps.hasher, id, pairs, seen);
    for (const pair of pairs) {
      const record = takenBy(pair);
      if (record !== undefined) throw refuse.externalIdTaken(pair.id, record);
    }
  }
}

type FirstContacts = ReturnType<typeof firstContacts>;

/** Who brings a case that no file brings (FLD-006). */
export function sourceOf({ caller }: Pick<Command, 'caller'>): 'MANUAL' | 'API' {
  return caller.apiKeyId === undefined ? 'MANUAL' : 'API';
}

export function standingOf(type: string, { id, category }: Pick<StatusFacts, 'id' | 'category'>): Standing {
  return { type, status: id, category };
}

// Values are laid over a case whose standing is given: fields of a call say nothing about it.
function marksOf({ type, status, category }: Standing, { contacts }: Pick<CaseState, 'contacts'>): RowMarks {
  const statuses = [{ id: status, name: '', category }];
  const ruled = { id: type, name: '', archived: false, statuses };
  return { ruling: { type: ruled, status: { id: status, name: '', category }, issues: [] }, contacts, list: '', leftOut: false };
}

function replacedLists(request: casesV1.UpdateCaseRequest): GivenLists {
  const { keyDates, tags, primaryContact } = request;
  return {
    ...(request.replaceKeyDates ? { keyDates } : {}),
    ...(request.replaceTags ? { tags } : {}),
    ...(primaryContact === '' ? {} : { primaryContact }),
  };
}

function briefly(warnings: readonly RowIssue[]): Done['warnings'] {
  return warnings.map(({ code, field = '' }) => ({ code, field }));
}
