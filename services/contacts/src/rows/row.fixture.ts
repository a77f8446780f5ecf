import type { targetsV1 } from '@caseledger/contracts';
import { RowView } from '@caseledger/row-target';
import { createContact, type ContactInput } from '../contact/contact.decider.js';
import { evolve, initial, type ContactState } from '../contact/contact.js';
import { judgeContacts } from './contact.kind.js';
import { keysOfRecord, rowReader } from './record-keys.js';
import type { ContactView, JudgeContext, Judged } from './row-judge.js';

/** Builds rows, options and views for specs; columns are the places of the fields in the order given. */
export type Cells = Readonly<Record<string, string | readonly string[]>>;

export function row(number: number, cells: Cells, more: Partial<targetsV1.Row> = {}): targetsV1.Row {
  const values = Object.entries(cells).flatMap(([field, text], column) =>
    (typeof text === 'string' ? [text] : text).map((each) => value(field, each, column)),
  );
  return {
    row: number,
    line: number + 1,
    sheet: '',
    blank: false,
    values,
    issues: [],
    leftOut: false,
    tied: false,
    decision: undefined,
    expected: undefined,
    cells: [],
    appliedBefore: false,
    part: 0,
    withheld: false,
    parts: [],
    candidates: [],
    ...more,
  };
}

/** `<clear>` empties by the token, `<blank>` is a blank cell where blank cells clear. */
function value(field: string, text: string, column: number): targetsV1.RowValue {
  if (text === '<clear>') return { field, text: '', original: '<clear>', column, clear: true, derived: false };
  if (text === '<blank>') return { field, text: '', original: '', column, clear: true, derived: false };
  return { field, text, original: text, column, clear: false, derived: false };
}

export function options(more: Partial<targetsV1.ApplyOptions> = {}): targetsV1.ApplyOptions {
  return {
    importType: 'CONTACTS',
    duplicatePolicy: 'SKIP',
    blankCells: 'KEEP',
    onReview: 'HOLD',
    apply: 'CURRENT_STATE',
    defaults: {},
    normaliserVersion: 1,
    matcherVersion: 1,
    importDay: '2026-03-01',
    mappedFields: ['phone', 'email'],
    cases: undefined,
    ...more,
  };
}

export function decision(action: string, record = ''): { decision: targetsV1.RowDecision } {
  return { decision: { action, record, decidedBy: 'u1' } };
}

/** A view that already holds contacts, each at version 1, under the ids given. */
export function viewOf(contacts: Readonly<Record<string, ContactState>>): ContactView {
  const view = new RowView(keysOfRecord);
  for (const [id, state] of Object.entries(contacts)) view.write(id, { state, version: 1 });
  return view;
}

export function contact(input: ContactInput = {}): ContactState {
  const named = { ...input, values: { firstName: 'Ada', lastName: 'Quill', ...input.values } };
  const events = createContact({ input: named, client: false, source: 'STAFF', knownDifferent: [] });
  return events.reduce((state, event) => evolve(state, event), initial());
}

export function phone(number: string, label = 'OTHER', primary = false) {
  return { id: 0, label, number, extension: '', primary };
}

export function email(address: string, label = 'OTHER', primary = false) {
  return { id: 0, label, address, primary };
}

/** Judges rows one after another over a view and gives back what became of each. */
export function judge(
  rows: readonly targetsV1.Row[],
  opts: targetsV1.ApplyOptions,
  view: ContactView = new RowView(keysOfRecord),
  importId = 'imp',
): Judged[] {
  const context: JudgeContext = {
    importId,
    options: opts,
    source: 'IMPORT',
    recordOf: (number, part) => (part === 0 ? `${importId}-${number}` : `${importId}-${number}/${part}`),
    read: rowReader(opts.defaults),
  };
  return judgeContacts(rows, context, view);
}
