import { uuid7, type EventStore, type StoreTransaction } from '@caseledger/event-store';
import { limit } from '@caseledger/errors';
import {
  asJson,
  causeOf,
  doOnce,
  tenantOf,
  uuidOrNone,
  type Command,
  type KeyHasher,
  type RecordWrite,
} from '@caseledger/row-target';
import { requirePermission, requireReach } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import { activeType, heldType } from '../case-type/case-type.queries.js';
import type { StartSet } from '../case-type/start-set.write.js';
import { addToList, removeFromList } from '../case/case.decider.js';
import type { CaseState } from '../case/case.js';
import type { CaseEvent } from '../case/case.events.js';
import { refuse } from '../case/case.refusals.js';
import { casesToChange, writeCases } from '../case/case.write.js';
import { archiveList, createList, live, renameList } from './case-list.decider.js';
import { listAppend, othersWithName, type HeldList } from './case-list.write.js';
import { visibleList } from './list-members.js';

/** Most cases of one call. */
const CASES_MAX = 500;

export interface ListDeps {
  readonly store: EventStore;
  readonly hasher: KeyHasher;
  readonly startSet: StartSet;
}

/** What a command did to a list: the list, and how many cases it added or removed. */
export type ListDone = { readonly id: string; readonly changed: number };

export type ListReplied = ListDone & { readonly replayed: boolean };

/** What people do to lists of cases (LST-001). */
export class CaseListCommands {
  constructor(private readonly deps: ListDeps) {}

  async create(request: casesV1.CreateCaseListRequest, command: Command): Promise<ListReplied> {
    const { idempotencyKey: _key, ...rest } = request;
    requireReach(command.caller, 'cases.write');
    await this.deps.startSet.ensure(tenantOf(command.caller));
    return this.once(command, { create: asJson(rest) }, async (tx) => {
      const caseType = request.typeId === '' ? null : (await activeType(tx, request.typeId)).id;
      const name = request.name.trim();
      const visibility = request.visibility === '' ? 'COMPANY' : request.visibility;
      const owner = command.caller.subject;
      const facts = { name, description: request.description.trim(), owner, caseType, visibility };
      const events = createList(facts, await othersWithName(tx, name));
      const id = uuid7();
      await tx.append(causeOf(command), [listAppend(id, 0, events)]);
      return { id, changed: 0 };
    });
  }

  rename(request: casesV1.RenameCaseListRequest, command: Command): Promise<ListReplied> {
    const { idempotencyKey: _key, ...rest } = request;
    return this.once(command, { rename: asJson(rest) }, async (tx) => {
      const list = await ownList(tx, request.id, command);
      const name = request.name.trim();
      const description = request.replaceDescription ? request.description.trim() : list.state.description;
      const others = await othersWithName(tx, name, list.id);
      const events = renameList({ name, description }, others, list.state);
      if (events.length > 0) await tx.append(causeOf(command), [listAppend(list.id, list.version, events)]);
      return { id: list.id, changed: 0 };
    });
  }

  /** Its cases stay members of it, and it is out of every choice. */
  archive(request: casesV1.ArchiveCaseListRequest, command: Command): Promise<ListReplied> {
    return this.once(command, { archive: request.id }, async (tx) => {
      const list = await ownList(tx, request.id, command);
      const events = archiveList('', list.state);
      if (events.length > 0) await tx.append(causeOf(command), [listAppend(list.id, list.version, events)]);
      return { id: list.id, changed: 0 };
    });
  }

  /** Throws LIST_CASE_TYPE_MISMATCH for a case of another type, CASE_ARCHIVED for one in the archive; then none is added. */
  add(request: casesV1.ListMembersRequest, command: Command): Promise<ListReplied> {
    return this.members('add', request, command, async (tx, list, state) => {
      live(list.state);
      const { caseType, name } = list.state;
      if (caseType !== null && caseType !== state.type) {
        throw refuse.listTypeMismatch(name, (await heldType(tx, state.type)).state.name);
      }
      return addToList(list.id, state);
    });
  }

  remove(request: casesV1.ListMembersRequest, command: Command): Promise<ListReplied> {
    return this.members('remove', request, command, (_tx, list, state) => removeFromList(list.id, state));
  }

  private members(
    change: 'add' | 'remove',
    request: casesV1.ListMembersRequest,
    command: Command,
    decide: (tx: StoreTransaction, list: HeldList, state: CaseState) => CaseEvent[] | Promise<CaseEvent[]>,
  ): Promise<ListReplied> {
    const { idempotencyKey: _key, ...rest } = request;
    requireReach(command.caller, 'cases.write');
    if (request.cases.length > CASES_MAX) throw limit('LIMIT_REACHED', { limit: CASES_MAX, things: 'cases' });
    return this.once(command, { [change]: asJson(rest) }, async (tx) => {
      const list = await visibleList(tx, command.caller, request.id, { hold: change === 'add' });
      const writes: RecordWrite<CaseState>[] = [];
      for (const { id, version, state } of await casesToChange(tx, command.caller, request.cases)) {
        writes.push({ id, version, before: state, events: await decide(tx, list, state) });
      }
      await writeCases(tx, this.deps.hasher, causeOf(command), writes, new Map());
      return { id: list.id, changed: writes.filter(({ events }) => events.length > 0).length };
    });
  }

  private async once(
    command: Command,
    request: Parameters<typeof doOnce>[2],
    work: (tx: StoreTransaction) => Promise<ListDone>,
  ): Promise<ListReplied> {
    const { result, replayed } = await doOnce(this.deps.store, command, request, work);
    return { ...result, replayed };
  }
}

// Whoever may change all cases may change every list he sees; others those that are their own.
async function ownList(tx: StoreTransaction, id: string, { caller }: Command): Promise<HeldList> {
  const list = await visibleList(tx, caller, uuidOrNone(id));
  requirePermission(caller, 'cases.write', list.state.owner);
  return list;
}
