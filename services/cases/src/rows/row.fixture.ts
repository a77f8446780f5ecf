import type { targetsV1 } from '@caseledger/contracts';
import { judgeRow, RowView } from '@caseledger/row-target';
import { initial, type CaseState } from '../case/case.js';
import { caseKind } from './case.kind.js';
import { keysOfRecord } from './record-keys.js';
import type { Catalogue, KnownType } from './row-catalogue.js';
import type { CaseContext, JudgedCase } from './row-judge.js';

/** Builds rows of cases, options and views for specs; columns are the places of the fields in the order given. */
export type Cells = Readonly<Record<string, string | readonly string[]>>;

/** `<clear>` empties by the token, `<blank>` is a blank cell where blank cells clear. */
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
    parts: [client('ada')],
    candidates: [],
    ...more,
  };
}

function value(field: string, text: string, column: number): targetsV1.RowValue {
  const clears = text === '<clear>' || text === '<blank>';
  const original = text === '<blank>' ? '' : text;
  return { field, text: clears ? '' : text, original, column, clear: clears, derived: false };
}

/** A contact of a row as contacts left it: linked to, and changed by nothing. */
export function client(record: string, more: Partial<targetsV1.RowPart> = {}): targetsV1.RowPart {
  const linked = { outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING', effects: [], codes: [], match: undefined };
  return { part: 0, record, role: 'CLIENT', ...linked, ...more };
}

export function further(part: number, record: string, role: string): targetsV1.RowPart {
  return client(record, { part, role });
}

export function caseOptions(more: Partial<targetsV1.CaseOptions> = {}): targetsV1.CaseOptions {
  return { caseType: '', list: '', newList: '', addSkipped: true, clientDuplicatePolicy: 'SKIP', ...more };
}

export function options(
  more: Partial<targetsV1.ApplyOptions> = {},
  cases: Partial<targetsV1.CaseOptions> = {},
): targetsV1.ApplyOptions {
  return {
    importType: 'CASES',
    duplicatePolicy: 'SKIP',
    blankCells: 'KEEP',
    onReview: 'HOLD',
    apply: 'CURRENT_STATE',
    defaults: {},
    normaliserVersion: 1,
    matcherVersion: 1,
    importDay: '2026-03-01',
    mappedFields: [],
    cases: caseOptions(cases),
    ...more,
  };
}

export function decision(action: string, record = ''): { decision: targetsV1.RowDecision } {
  return { decision: { action, record, decidedBy: 'u1' } };
}

export const INJURY = type('injury', 'Personal Injury', ['New Lead', 'Active', 'Settled']);
export const FAMILY = type('family', 'Family Law', ['New Lead', 'Mediation', 'Closed']);
export const OLD: KnownType = { ...type('old', 'Maritime', ['Open']), archived: true };

/** Statuses named Settled or Closed are closed ones; ids are `type.status` in small letters. */
function type(id: string, name: string, statuses: readonly string[]): KnownType {
  return {
    id,
    name,
    archived: false,
    statuses: statuses.map((each) => ({
      id: `${id}.${each.toLowerCase().replaceAll(' ', '-')}`,
      name: each,
      category: each === 'Settled' || each === 'Closed' ? 'CLOSED' : 'OPEN',
    })),
  };
}

export const CATALOGUE: Catalogue = { types: [INJURY, FAMILY, OLD] };

/** A case of Ada's that stands in Personal Injury, New Lead, unless told otherwise. */
export function caseOf(more: Partial<CaseState> = {}): CaseState {
  return {
    ...initial(),
    number: 'C-2025-000001',
    name: 'Quill v. Harbor',
    type: 'injury',
    status: 'injury.new-lead',
    source: 'MANUAL',
    openedOn: '2025-01-01',
    contacts: [{ contact: 'ada', role: 'CLIENT' }],
    primary: 'ada',
    ...more,
  };
}

/** A view that already holds cases, each at version 1, under the ids given. */
export function viewOf(cases: Readonly<Record<string, CaseState>> = {}): RowView<CaseState> {
  const view = new RowView<CaseState>(keysOfRecord);
  for (const [id, state] of Object.entries(cases)) view.write(id, { state, version: 1 });
  return view;
}

export interface Judging {
  readonly view?: RowView<CaseState>;
  readonly catalogue?: Catalogue;
  readonly context?: Partial<CaseContext>;
}

/** Judges rows one after another over a view and gives back what became of each. */
export function judge(rows: readonly targetsV1.Row[], opts = options(), judging: Judging = {}): JudgedCase[] {
  const { view = viewOf(), catalogue = CATALOGUE } = judging;
  const context: CaseContext = {
    importId: 'imp',
    options: opts,
    source: 'IMPORT',
    catalogue,
    recordOf: (number) => `imp-${number}`,
    numberOf: (number) => `C-2026-${String(100 + number - 1).padStart(6, '0')}`,
    ...judging.context,
  };
  return rows.map((each) => judgeRow(caseKind, each, context, view));
}

export function judgeOne(one: targetsV1.Row, opts = options(), judging: Judging = {}): JudgedCase {
  const [judged] = judge([one], opts, judging);
  if (judged === undefined) throw new Error('Nothing judged');
  return judged;
}
