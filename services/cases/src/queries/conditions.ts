import { validation } from '@caseledger/errors';
import { uuidOrNone } from '@caseledger/row-target';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import { IMPORT_REVERTED } from '../case/case.events.js';

/** Conditions on `app.case_state c`, with the values they need; the first value is the company. */
export class Conditions {
  readonly texts: string[] = ['c.tenant = $1'];
  readonly values: unknown[];

  constructor(tenant: string) {
    this.values = [tenant];
  }

  /** Adds a condition; every `?` stands for the value that follows. */
  add(text: string, ...values: readonly unknown[]): void {
    let at = 0;
    this.texts.push(
      text.replaceAll('?', () => {
        this.values.push(values[at]);
        at += 1;
        return `$${this.values.length}`;
      }),
    );
  }

  get sql(): string {
    return this.texts.join(' and ');
  }
}

/** No filter at all: every live case. */
export const NO_FILTER: casesV1.CaseFilter = {
  search: '',
  types: [],
  statuses: [],
  category: '',
  archived: '',
  tag: '',
  list: '',
  importId: '',
  contact: '',
  source: '',
  openedFrom: '',
  openedTo: '',
  closedFrom: '',
  closedTo: '',
  keyDateFrom: '',
  keyDateTo: '',
  keyDateKind: '',
  createdFromMs: 0,
  createdToMs: 0,
  changedFromMs: 0,
  changedToMs: 0,
  needsReview: '',
};

/** What a filter asks, its search aside, of cases that the caller may read (CAS-009). @throws DomainError FORBIDDEN */
export function conditionsOf(tenant: string, caller: CallContext, filter: casesV1.CaseFilter): Conditions {
  const conditions = new Conditions(tenant);
  if (caller.kind !== 'service' && requireReach(caller, 'cases.read') === 'own') {
    conditions.add('c.created_by = ?', caller.subject);
  }
  if (filter.types.length > 0) conditions.add('c.type = any(?::uuid[])', filter.types.map(uuidOrNone));
  if (filter.statuses.length > 0) conditions.add('c.status = any(?::uuid[])', filter.statuses.map(uuidOrNone));
  if (filter.category !== '') conditions.add('c.category = ?', filter.category);
  if (filter.source !== '') conditions.add('c.source = ?', filter.source);
  if (filter.tag !== '') conditions.add(`(c.state -> 'tags')::jsonb @> to_jsonb(?::text)`, filter.tag);
  addReview(conditions, filter.needsReview);
  addArchived(conditions, filter);
  addMemberships(conditions, filter);
  addDays(conditions, 'openedOn', 'c.opened_on', filter.openedFrom, filter.openedTo);
  addDays(conditions, 'closedOn', 'c.closed_on', filter.closedFrom, filter.closedTo);
  addKeyDates(conditions, filter);
  addMoments(conditions, 'c.created_at', filter.createdFromMs, filter.createdToMs);
  addMoments(conditions, 'c.changed_at', filter.changedFromMs, filter.changedToMs);
  return conditions;
}

function addReview(conditions: Conditions, wish: string): void {
  if (wish === '') return;
  if (wish !== 'YES' && wish !== 'NO') throw notAllowed('needsReview', wish);
  conditions.add('c.needs_review = ?', wish === 'YES');
}

// What a revert took back is out of every list; it is reachable by its id (REV-004).
function addArchived(conditions: Conditions, { archived }: casesV1.CaseFilter): void {
  if (archived === 'INCLUDE') conditions.add('c.archived is distinct from ?', IMPORT_REVERTED);
  else if (archived === 'ONLY') conditions.add('c.archived is not null and c.archived <> ?', IMPORT_REVERTED);
  else conditions.add('c.archived is null');
}

function addMemberships(conditions: Conditions, { list, contact, importId }: casesV1.CaseFilter): void {
  if (list !== '') {
    const isMember = `exists (select from app.case_list_member m where m.tenant = c.tenant and m.case_id = c.id and m.list = ?::uuid)`;
    conditions.add(isMember, uuidOrNone(list));
  }
  if (contact !== '') {
    const isOn = `exists (select from app.case_contact p where p.tenant = c.tenant and p.case_id = c.id and p.contact = ?::uuid)`;
    conditions.add(isOn, uuidOrNone(contact));
  }
  if (importId !== '') {
    const contributes = `exists (select from app.case_import i
      where i.tenant = c.tenant and i.case_id = c.id and i.import = ?::uuid and i.in_force)`;
    conditions.add(contributes, uuidOrNone(importId));
  }
}

function addDays(conditions: Conditions, field: string, column: string, from: string, to: string): void {
  if (from !== '') conditions.add(`${column} >= ?::date`, dayOf(`${field}From`, from));
  if (to !== '') conditions.add(`${column} <= ?::date`, dayOf(`${field}To`, to));
}

function addKeyDates(conditions: Conditions, { keyDateFrom, keyDateTo, keyDateKind }: casesV1.CaseFilter): void {
  if (keyDateFrom === '' && keyDateTo === '' && keyDateKind === '') return;
  const from = keyDateFrom === '' ? null : dayOf('keyDateFrom', keyDateFrom);
  const to = keyDateTo === '' ? null : dayOf('keyDateTo', keyDateTo);
  const kind = keyDateKind === '' ? null : keyDateKind;
  const isDue = `exists (select from app.case_key_date d where d.tenant = c.tenant and d.case_id = c.id
    and d.day >= coalesce(?::date, '-infinity') and d.day <= coalesce(?::date, 'infinity') and (?::text is null or d.kind = ?))`;
  conditions.add(isDue, from, to, kind, kind);
}

function addMoments(conditions: Conditions, column: string, fromMs: number, toMs: number): void {
  if (fromMs > 0) conditions.add(`${column} >= ?::timestamptz`, new Date(fromMs).toISOString());
  if (toMs > 0) conditions.add(`${column} < ?::timestamptz`, new Date(toMs).toISOString());
}

function dayOf(field: string, text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!isDay) throw validation('DATE_INVALID', { text, hint: '' }, field);
  return text;
}

/** A value that a question cannot have. */
export function notAllowed(field: string, text: string) {
  return validation('VALUE_NOT_ALLOWED', { field, text }, field);
}
