import { uuid7, type EventStore, type StoreTransaction, type StreamAppend } from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import { fold } from '@caseledger/normalise';
import {
  asJson,
  causeOf,
  doOnce,
  startingOver,
  tenantOf,
  uuidOrNone,
  type Command,
  type KeyHasher,
  type SeenOwners,
} from '@caseledger/row-target';
import { requirePermission } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import { replaceStatus } from '../case/case.decider.js';
import { writeCases, type HeldCase } from '../case/case.write.js';
import { dayIn, type InputSetting } from '../case/field-input.js';
import { CASE_TYPE_CATEGORY } from '../projections/case-type.projection.js';
import { archiveType, changeType, defineType, type Surroundings, type WantedType } from './case-type.decider.js';
import type { CaseTypeEvent, StatusFacts } from './case-type.events.js';
import { presentStatus } from './case-type.js';
import { heldType, typesOf, type HeldType } from './case-type.queries.js';
import { refuse } from './case-type.refusals.js';
import type { StartSet } from './start-set.write.js';

export interface TypeDeps {
  readonly store: EventStore;
  readonly hasher: KeyHasher;
  readonly startSet: StartSet;
  readonly input: InputSetting;
}

/** Cases whose status was removed, moved in one transaction. */
const MOVED_AT_ONCE = 500;

/** What administrators do to case types. */
export class CaseTypeCommands {
  constructor(private readonly deps: TypeDeps) {}

  /** Defines a type, or changes one; cases in statuses that go are moved to what replaces those (TYP-001, TYP-002). */
  async save(request: casesV1.SaveCaseTypeRequest, command: Command): Promise<{ id: string; replayed: boolean }> {
    const { idempotencyKey: _key, ...rest } = request;
    requirePermission(command.caller, 'settings.write');
    const tenant = tenantOf(command.caller);
    await this.deps.startSet.ensure(tenant);
    const { result, replayed } = await doOnce(this.deps.store, command, { save: asJson(rest) }, async (tx) => {
      const held = request.id === '' ? undefined : await typeToChange(tx, request.id);
      if (held !== undefined && held.version !== request.version) throw refuse.versionConflict(held.changedBy);
      const id = held?.id ?? uuid7();
      const wanted = wantedOf(request, held);
      const around = await surroundings(tx, id);
      const events = held === undefined ? defineType(wanted, around) : changeType(wanted, around, held.state);
      await append(tx, command, id, held?.version ?? 0, events);
      return { id };
    });
    // Again after a repetition too: whoever asked first may have died before every case was moved.
    await this.moveCases(result.id, command);
    return { id: result.id, replayed };
  }

  /** Archives a type; its cases stay in it. */
  async archive(request: casesV1.ArchiveCaseTypeRequest, command: Command): Promise<{ id: string; replayed: boolean }> {
    requirePermission(command.caller, 'settings.write');
    await this.deps.startSet.ensure(tenantOf(command.caller));
    const { result, replayed } = await doOnce(this.deps.store, command, { archive: request.id }, async (tx) => {
      const held = await typeToChange(tx, request.id);
      await append(tx, command, held.id, held.version, archiveType(held.state));
      return { id: held.id };
    });
    return { id: result.id, replayed };
  }

  private async moveCases(typeId: string, command: Command): Promise<void> {
    const tenant = tenantOf(command.caller);
    for (;;) {
      const moved = await startingOver(() =>
        this.deps.store.transaction(tenant, (tx) => this.moveSome(tx, typeId, command)),
      );
      if (moved === 0) return;
    }
  }

  private async moveSome(tx: StoreTransaction, typeId: string, command: Command): Promise<number> {
    const { state } = await heldType(tx, typeId);
    const today = dayIn(this.deps.input.timeZone, tx.now);
    const removed = Object.keys(state.removed);
    if (removed.length === 0) return 0;
    const { rows } = await tx.query<HeldCase>(IN_STATUSES, [tx.tenant, typeId, removed, MOVED_AT_ONCE]);
    const writes = rows.flatMap((held) => {
      const status = presentStatus(state, held.state.status);
      if (status === undefined) return [];
      const to = { type: typeId, status: status.id, category: status.category };
      const events = replaceStatus(held.state.status, to, today, held.state);
      return [{ id: held.id, version: held.version, before: held.state, events }];
    });
    const seen: SeenOwners = new Map();
    await writeCases(tx, this.deps.hasher, causeOf(command), writes, seen);
    return writes.length;
  }
}

const IN_STATUSES = `
select c.id, c.version, c.state, c.created_by as "createdBy", c.changed_by as "changedBy" from app.case_state c
where c.tenant = $1 and c.type = $2 and c.status = any($3::uuid[]) order by c.id limit $4`;

const USED = 'select distinct status from app.case_state where tenant = $1 and type = $2';

async function surroundings(tx: StoreTransaction, own: string): Promise<Surroundings> {
  const types = await typesOf(tx);
  const others = types.filter(({ id, state }) => id !== own && !state.archived);
  const { rows } = await tx.query<{ status: string }>(USED, [tx.tenant, own]);
  return {
    taken: new Set(others.map(({ state }) => fold(state.name))),
    types: types.length,
    used: new Set(rows.map(({ status }) => status)),
    fold,
  };
}

// The stream's lock comes before the question which statuses are used: who puts a case in one holds the type's row.
async function typeToChange(tx: StoreTransaction, id: string): Promise<HeldType> {
  const wanted = uuidOrNone(id);
  await tx.query('select from app.case_type where tenant = $1 and id = $2 for update', [tx.tenant, wanted]);
  const held = (await typesOf(tx)).find((type) => type.id === wanted);
  if (held === undefined) throw notFound();
  return held;
}

async function append(
  tx: StoreTransaction,
  command: Command,
  id: string,
  version: number,
  events: readonly CaseTypeEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const expected = version === 0 ? ('none' as const) : version;
  const appends: StreamAppend[] = [{ stream: id, category: CASE_TYPE_CATEGORY, expected, events }];
  await tx.append(causeOf(command), appends);
}

// A status is the one that the type has under its id; any other id is nobody's, and the status is new.
function wantedOf(request: casesV1.SaveCaseTypeRequest, held: HeldType | undefined): WantedType {
  const known = new Set(held?.state.statuses.map(({ id }) => id) ?? []);
  const ids = new Map(request.statuses.map(({ id }, at) => [id === '' ? `new ${at}` : id, known.has(id) ? id : uuid7()]));
  const statuses = request.statuses.map((status, at): StatusFacts => ({
    id: ids.get(status.id === '' ? `new ${at}` : status.id) ?? '',
    name: status.name.trim(),
    category: status.category === 'CLOSED' ? 'CLOSED' : 'OPEN',
    description: status.description.trim(),
    clientWording: status.clientWording.trim(),
    next: status.next.map((id) => ids.get(id) ?? id),
    proposesArchiving: status.proposesArchiving,
  }));
  return {
    name: request.name.trim(),
    description: request.description.trim(),
    practiceArea: request.practiceArea.trim(),
    colour: request.colour,
    statuses,
    replacements: Object.fromEntries(Object.entries(request.replacements).map(([from, to]) => [from, ids.get(to) ?? to])),
  };
}
