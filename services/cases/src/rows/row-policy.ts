import type { GivenValue, RowValues } from '@caseledger/row-target';
import { TAGS_MAX } from '../case/case.decider.js';
import type { ContactLink, ExternalIdPair } from '../case/case.events.js';
import { wordsFor } from '../case/case.refusals.js';
import { CLIENT, initial, primaryOf, requiredBlank, type CaseState } from '../case/case.js';
import {
  IMPORTABLE_SOURCES,
  KEY_DATE_SLOTS,
  SINGLE_FIELDS,
  putSingle,
  singleOf,
  type KeyDateSlot,
  type SingleKey,
} from './case-fields.js';
import { Draft, type Mode } from './row-draft.js';
import type { Ruling } from './row-type.js';

/** What of a row is laid over a case beside its values. */
export interface RowMarks {
  /** Type and status as the row, the options and the case rule them; absent where they are wrong. */
  readonly ruling: Ruling | undefined;
  readonly contacts: readonly ContactLink[];
  /** The list the case is added to; empty for none. */
  readonly list: string;
  /** A value was left out: the case needs a review (VAL-004). */
  readonly leftOut: boolean;
}

export interface DraftRules {
  readonly mode: Mode;
  readonly fillOnly: boolean;
  /** Who brings the case: IMPORT for a file, API for a script. */
  readonly source: string;
  /** The day of the import in the company's time zone. */
  readonly day: string;
}

/**
 * Lays a row over a case, or over nothing, by the table of DUP-006. The draft's issues tell what was kept back
 * (warnings) and why the row cannot be applied (errors); with an error the draft must not be used.
 */
export function draftRow(before: CaseState | undefined, values: RowValues, marks: RowMarks, rules: DraftRules): Draft {
  const draft = new Draft(before ?? initial(), rules.mode, rules.fillOnly);
  if (marks.ruling !== undefined) applyRuling(draft, values, marks.ruling);
  for (const [field, key] of SINGLE_FIELDS) if (values.says(field)) applySingle(draft, field, key, values);
  applyFirstValues(draft, rules);
  applyCategory(draft, values, rules.day);
  for (const slot of KEY_DATE_SLOTS) if (values.says(slot.field)) applyKeyDate(draft, slot, values);
  applyTags(draft, values);
  applyExternalId(draft, values);
  applyContacts(draft, marks.contacts);
  if (marks.list !== '' && !draft.state.lists.includes(marks.list)) {
    draft.state.lists = [...draft.state.lists, marks.list].sort();
  }
  if (marks.leftOut && !draft.state.review.includes('VALUE_LEFT_OUT')) {
    draft.state.review = [...draft.state.review, 'VALUE_LEFT_OUT'].sort();
  }
  check(draft, values, rules.source);
  return draft;
}

// The ruling has already asked which of them wins.
function applyRuling(draft: Draft, values: RowValues, { type, status, issues }: Ruling): void {
  const { state } = draft;
  draft.issues.push(...issues);
  if (state.type === type.id && state.status === status.id) return;
  state.type = type.id;
  state.status = status.id;
  state.category = status.category;
  for (const field of ['caseType', 'caseStatus']) {
    const value = values.first(field);
    if (value !== undefined) draft.from(field, value);
  }
}

function applySingle(draft: Draft, field: string, key: SingleKey, values: RowValues): void {
  const { state } = draft;
  const value = values.first(field);
  if (value !== undefined && draft.takes(value, singleOf(state, key))) put(draft, key, value);
  else if (value === undefined && empties(draft, field, key, values)) {
    putSingle(state, key, '');
    draft.sources.set(field, { column: values.columnOf(field) });
  }
  if (singleOf(state, key) !== '' || value !== undefined) return;
  const fallback = values.defaultOf(field);
  if (fallback !== undefined) put(draft, key, fallback);
}

function put(draft: Draft, key: SingleKey, value: GivenValue): void {
  putSingle(draft.state, key, value.text);
  draft.from(value.field, value);
}

// A blank cell never empties the name; the clear token there is an error, found when required fields are checked.
function empties(draft: Draft, field: string, key: SingleKey, values: RowValues): boolean {
  if (draft.creates || singleOf(draft.state, key) === '') return false;
  const clearing = values.clearing(field);
  if (clearing === 'TOKEN') return true;
  return clearing === 'BLANK' && draft.mode === 'UPDATE' && key !== 'name';
}

// A case without an opened date of its own was opened the day it came in; its source is then the import (FLD-006).
function applyFirstValues(draft: Draft, { source, day }: DraftRules): void {
  const { state } = draft;
  if (!draft.creates) return;
  if (state.source === '') state.source = source;
  state.openedOn ??= day;
}

// The day of closing follows the status, unless the row says it (CAS-004). A case that comes in closed keeps it unknown.
function applyCategory(draft: Draft, values: RowValues, day: string): void {
  const { state, before } = draft;
  if (draft.creates || state.category === before.category || values.first('closedOn') !== undefined) return;
  const closedOn = state.category === 'CLOSED' ? (state.closedOn ?? day) : null;
  if (state.closedOn === closedOn) return;
  state.closedOn = closedOn;
  draft.sources.set('closedOn', { column: -1 });
}

function applyKeyDate(draft: Draft, { field, kind, label }: KeyDateSlot, values: RowValues): void {
  const { state } = draft;
  const holder = state.keyDates.find((date) => date.kind === kind && date.label === label);
  const value = values.first(field);
  if (value === undefined) {
    if (holder !== undefined && clears(draft, values, field)) {
      state.keyDates = state.keyDates.filter(({ id }) => id !== holder.id);
      draft.sources.set(`keyDates/${holder.id}`, { column: values.columnOf(field) });
    }
    const fallback = values.defaultOf(field);
    const isFree = !state.keyDates.some((date) => date.kind === kind && date.label === label);
    if (fallback !== undefined && isFree) addKeyDate(draft, kind, label, fallback);
    return;
  }
  if (state.keyDates.some((date) => date.kind === kind && date.at === value.text)) return;
  if (holder === undefined || draft.mode !== 'UPDATE') addKeyDate(draft, kind, label, value);
  else if (!draft.fillOnly) {
    state.keyDates = state.keyDates.map((date) => (date.id === holder.id ? { ...date, at: value.text } : date));
    draft.from(`keyDates/${holder.id}`, value);
  }
}

function addKeyDate(draft: Draft, kind: KeyDateSlot['kind'], label: string, value: GivenValue): void {
  const { state } = draft;
  state.lastKeyDate += 1;
  const id = state.lastKeyDate;
  state.keyDates = [...state.keyDates, { id, label, kind, at: value.text, reminderDays: 0 }];
  draft.from(`keyDates/${id}`, value);
}

function clears(draft: Draft, values: RowValues, field: string): boolean {
  const clearing = values.clearing(field);
  return !draft.creates && (clearing === 'TOKEN' || (clearing === 'BLANK' && draft.mode === 'UPDATE'));
}

function applyTags(draft: Draft, values: RowValues): void {
  const { state } = draft;
  const given = values.all('tags');
  const before = state.tags;
  if (given.length > 0) {
    const tags = given.map(({ text }) => text);
    if (draft.mode !== 'UPDATE') state.tags = [...new Set([...before, ...tags])].sort();
    else if (!draft.fillOnly || before.length === 0) state.tags = [...new Set(tags)].sort();
  } else if (clears(draft, values, 'tags')) state.tags = [];
  const fallback = given.length === 0 && state.tags.length === 0 ? values.defaultOf('tags') : undefined;
  if (fallback !== undefined) {
    const tags = fallback.text.split(';').map((tag) => tag.trim());
    state.tags = tags.filter((tag) => tag !== '').sort();
  }
  const source = given[0] ?? fallback;
  if (source !== undefined && state.tags.join('\n') !== before.join('\n')) draft.from('tags', source);
}

function applyExternalId(draft: Draft, values: RowValues): void {
  const { state } = draft;
  const system = (values.first('externalSystem') ?? values.defaultOf('externalSystem'))?.text ?? '';
  const value = values.first('externalId');
  if (value !== undefined && !state.externalIds.some((pair) => pair.system === system && pair.id === value.text)) {
    state.externalIds = [...state.externalIds, { system, id: value.text }].sort(byPair);
    draft.from('externalIds', value);
  } else if (!draft.creates && values.clearing('externalId') === 'TOKEN') {
    state.externalIds = state.externalIds.filter((pair) => pair.system !== system);
  }
}

// Contacts are added and never taken away. Who is the main client is said as soon as a second one comes (CAS-003): the
// order of contacts is that of their ids.
function applyContacts(draft: Draft, contacts: readonly ContactLink[]): void {
  const { state } = draft;
  const main = primaryOf(state) ?? contacts.find(({ role }) => role === CLIENT)?.contact;
  for (const { contact, role } of contacts) {
    if (state.contacts.some((linked) => linked.contact === contact && linked.role === role)) continue;
    state.contacts = [...state.contacts, { contact, role }].sort(byContact);
  }
  if (main !== undefined && (draft.creates || primaryOf(state) !== main)) state.primary = main;
}

function byContact(a: ContactLink, b: ContactLink): number {
  return byText(a.contact, b.contact) || byText(a.role, b.role);
}

function byPair(a: ExternalIdPair, b: ExternalIdPair): number {
  return byText(a.system, b.system) || byText(a.id, b.id);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// A row that makes a case needs what a case requires; a row applied to one may leave it blank, not empty it (VAL-001).
function check(draft: Draft, values: RowValues, source: string): void {
  const { state, before } = draft;
  const given = values.first('intakeSource') ?? values.defaultOf('intakeSource');
  if (source === 'IMPORT' && given !== undefined && !IMPORTABLE_SOURCES.includes(given.text)) {
    draft.fail('SOURCE_NOT_IMPORTABLE', 'intakeSource', given.column, { params: { source: given.text } });
  }
  const lacked = draft.creates ? [] : requiredBlank(before);
  for (const key of requiredBlank(state)) {
    if (lacked.includes(key)) continue;
    const field = key === 'client' ? 'clientName' : key;
    draft.fail('REQUIRED_MISSING', field, values.columnOf(field));
  }
  if (state.tags.length > TAGS_MAX) {
    draft.fail('TOO_MANY_VALUES', 'tags', -1, { params: { limit: TAGS_MAX, field: wordsFor('tags') } });
  }
}
