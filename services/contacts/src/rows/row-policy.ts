import { labelOf } from '@caseledger/fields';
import type { GivenValue, RowValues } from '@caseledger/row-target';
import { requiredBlank, initial, type ContactState } from '../contact/contact.js';
import { ELEMENTS_MAX, TAGS_MAX } from '../contact/contact.decider.js';
import { wordsFor } from '../contact/contact.refusals.js';
import type { EmailElement, PhoneElement } from '../contact/contact.events.js';
import { applyAddresses } from './address-slots.js';
import { applyElements, type ElementKind } from './element-slots.js';
import { Draft, type DraftRules } from './row-draft.js';
import { CHANNELS, EMAIL_SLOTS, PHONE_SLOTS, SINGLE_FIELDS, phoneOf, phoneText } from './row-values.js';

const PHONES: ElementKind<PhoneElement> = {
  list: 'phones',
  slots: PHONE_SLOTS,
  elements: (draft) => draft.state.phones,
  put: (draft, phones) => void (draft.state.phones = phones),
  build: (id, label, text) => ({ id, label, ...phoneOf(text) }),
  identity: (text) => text,
  text: phoneText,
};

const EMAILS: ElementKind<EmailElement> = {
  list: 'emails',
  slots: EMAIL_SLOTS,
  elements: (draft) => draft.state.emails,
  put: (draft, emails) => void (draft.state.emails = emails),
  build: (id, label, address) => ({ id, label, address }),
  identity: (text) => text.toLowerCase(),
  text: (email) => email.address,
};

/** A draft works on a copy. */
const NOTHING_YET = initial();

/** What a row marks beside its values. */
export interface RowMarks {
  /** A client import marks the contact a client (FLD-001). */
  readonly client: boolean;
  /** A value was left out: the contact needs a review (VAL-004). */
  readonly leftOut: boolean;
}

/**
 * Lays a row over a record, or over nothing, by the table of DUP-006. The draft's issues tell what was kept back
 * (warnings) and why the row cannot be applied (errors); with an error the draft must not be used.
 */
export function draftRow(
  before: ContactState | undefined,
  values: RowValues,
  marks: RowMarks,
  rules: DraftRules,
): Draft {
  const draft = new Draft(before ?? NOTHING_YET, rules);
  if (draft.creates) {
    draft.state.type = 'INDIVIDUAL';
    draft.state.status = 'ACTIVE';
  }
  applyType(draft, values);
  for (const field of SINGLE_FIELDS) if (values.says(field)) applySingle(draft, field, values);
  applyStatus(draft, values);
  applyElements(draft, values, PHONES);
  applyElements(draft, values, EMAILS);
  applyAddresses(draft, values);
  applyTags(draft, values);
  applyExternalId(draft, values);
  for (const [field, channel] of CHANNELS) applyConsent(draft, field, channel, values);
  if (marks.client) draft.state.client = true;
  if (marks.leftOut && !draft.state.review.includes('VALUE_LEFT_OUT')) {
    draft.state.review = [...draft.state.review, 'VALUE_LEFT_OUT'].sort();
  }
  checkLimits(draft);
  checkRequired(draft, values);
  return draft;
}

/** Which value a single field ends with: the file's, the one it had, or none (VAL-003, DUP-006). */
function choose(draft: Draft, field: string, had: string, values: RowValues): GivenValue | undefined {
  const value = values.first(field);
  if (value === undefined || value.text === had) return undefined;
  if (draft.creates || had === '') return value;
  if (draft.rules.mode === 'UPDATE') return draft.rules.fillOnly ? undefined : value;
  draft.warn('MERGE_KEPT_EXISTING', value, { field: labelOf(field), existing: had, text: value.text });
  return undefined;
}

function applySingle(draft: Draft, field: string, values: RowValues): void {
  const { state } = draft;
  const chosen = choose(draft, field, state.values[field] ?? '', values);
  if (chosen !== undefined) {
    state.values[field] = chosen.text;
    draft.from(field, chosen);
  } else if (empties(draft, field, values)) {
    delete state.values[field];
    draft.sources.set(field, { column: values.columnOf(field) });
  }
  if ((state.values[field] ?? '') !== '') return;
  const fallback = values.first(field) === undefined ? values.defaultOf(field) : undefined;
  if (fallback === undefined) return;
  state.values[field] = fallback.text;
  draft.from(field, fallback);
}

// A required field is never emptied by a blank cell; the clear token there is an error, found when required fields are checked.
function empties(draft: Draft, field: string, values: RowValues): boolean {
  if (draft.creates || draft.state.values[field] === undefined) return false;
  const clearing = values.clearing(field);
  if (clearing === 'TOKEN') return true;
  return clearing === 'BLANK' && draft.rules.mode === 'UPDATE' && !requiredOf(draft.state.type).includes(field);
}

function requiredOf(type: string): string[] {
  return requiredBlank({ type, values: {} });
}

function applyType(draft: Draft, values: RowValues): void {
  const given = values.first('contactType') ?? (draft.creates ? values.defaultOf('contactType') : undefined);
  if (given === undefined || given.text === draft.state.type) return;
  const chosen = draft.creates ? given : choose(draft, 'contactType', draft.state.type, values);
  if (chosen === undefined) return;
  draft.state.type = chosen.text;
  draft.from('contactType', chosen);
}

function applyStatus(draft: Draft, values: RowValues): void {
  const given = values.first('status') ?? (draft.creates ? values.defaultOf('status') : undefined);
  if (given === undefined || given.text === draft.state.status) return;
  const chosen = draft.creates ? given : choose(draft, 'status', draft.state.status, values);
  if (chosen === undefined) return;
  draft.state.status = chosen.text;
  draft.from('status', chosen);
}

function applyTags(draft: Draft, values: RowValues): void {
  if (!values.says('tags')) return;
  const { state, rules } = draft;
  const given = values.all('tags');
  const clearing = values.clearing('tags');
  const [first] = given;
  const before = state.tags;
  if (first !== undefined) {
    const tags = given.map((value) => value.text);
    const replaces = rules.mode === 'UPDATE' && !(rules.fillOnly && before.length > 0);
    const keeps = rules.mode === 'UPDATE' && rules.fillOnly && before.length > 0;
    if (!keeps) state.tags = [...new Set(replaces ? tags : [...before, ...tags])].sort();
  } else if (!draft.creates && (clearing === 'TOKEN' || (clearing === 'BLANK' && rules.mode === 'UPDATE'))) {
    state.tags = [];
  }
  const fallback = first === undefined && state.tags.length === 0 ? values.defaultOf('tags') : undefined;
  if (fallback !== undefined)
    state.tags = fallback.text
      .split(';')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
      .sort();
  const source = first ?? fallback;
  if (source !== undefined && state.tags.join('\n') !== before.join('\n')) draft.from('tags', source);
}

function applyExternalId(draft: Draft, values: RowValues): void {
  const { state } = draft;
  const system = (values.first('externalSystem') ?? values.defaultOf('externalSystem'))?.text ?? '';
  const value = values.first('externalId');
  if (value !== undefined && !state.externalIds.some((pair) => pair.system === system && pair.id === value.text)) {
    state.externalIds = [...state.externalIds, { system, id: value.text }];
    draft.from('externalIds', value);
  }
  if (!draft.creates && values.clearing('externalId') === 'TOKEN') {
    state.externalIds = state.externalIds.filter((pair) => pair.system !== system);
  }
}

// Opting out always applies. A file or a script opts in only where nobody but an import had recorded the opt-out, staff
// wherever the person has not said so themselves (DUP-006, PRF-004).
function applyConsent(draft: Draft, field: string, channel: string, values: RowValues): void {
  const present = draft.state.preferences[channel];
  const value = values.first(field) ?? (present === undefined ? values.defaultOf(field) : undefined);
  if (value === undefined || value.text === 'UNKNOWN') return;
  const state = value.text === 'YES' ? 'OPTED_IN' : 'OPTED_OUT';
  if (present?.state === state) return;
  const isBinding = draft.rules.source === 'STAFF' ? present?.source === 'PERSON' : present?.source !== 'IMPORT';
  if (present?.state === 'OPTED_OUT' && isBinding) {
    draft.warn('OPT_OUT_KEPT', value, { channel });
    return;
  }
  draft.state.preferences[channel] = { state, source: draft.rules.source };
  draft.from(`preferences/${channel}`, value);
}

function checkLimits(draft: Draft): void {
  for (const list of ['phones', 'emails', 'addresses'] as const) {
    const limit = ELEMENTS_MAX[list];
    const count = draft.state[list].length;
    if (count > limit && count > draft.before[list].length)
      draft.fail('TOO_MANY_VALUES', list, -1, { limit, field: wordsFor(list) });
  }
  if (draft.state.tags.length > TAGS_MAX) draft.fail('TOO_MANY_VALUES', 'tags', -1, { limit: TAGS_MAX, field: wordsFor('tags') });
}

// A row that makes a record needs what its type requires; a row applied to a match may leave it blank, not empty it (VAL-001).
function checkRequired(draft: Draft, values: RowValues): void {
  const lacked = draft.creates ? [] : requiredBlank(draft.before);
  const sameType = draft.state.type === draft.before.type;
  for (const field of requiredBlank(draft.state)) {
    if (sameType && lacked.includes(field)) continue;
    draft.fail('REQUIRED_MISSING', field, values.columnOf(field), { field: labelOf(field) });
  }
}
