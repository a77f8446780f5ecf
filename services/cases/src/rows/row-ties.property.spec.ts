import fc from 'fast-check';
import type { targetsV1 } from '@caseledger/contracts';
import { RECORD_ID } from '@caseledger/row-target';
import type { CaseState } from '../case/case.js';
import { caseKind } from './case.kind.js';
import { keysOfRow } from './record-keys.js';
import { CATALOGUE, caseOf, client, judge, options, row, viewOf } from './row.fixture.js';

/*
 * Rows that nothing ties may run in any order, on any number of workers, and every row ends as if one reader had taken the
 * file row by row (DESIGN §4, Components). Ties are taken here as `matchRows` takes them, from the same keys.
 */

const CLIENTS = ['ada', 'bo', 'cy'];
const NAMES = ['Pier', 'Dock', 'Quay'];
const TYPES = ['Personal Injury', 'Family Law', ''];
const POLICIES = ['SKIP', 'UPDATE', 'MERGE', 'CREATE'];

interface GivenRow {
  readonly client: number;
  readonly name: number;
  readonly type: number;
  /** 0: by name alone; 1 to 3: by the id of a stored case; 4 to 6: by an external id. */
  readonly by: number;
  readonly text: number;
}

const givenRow = fc.record({
  client: fc.nat({ max: 3 }),
  name: fc.nat({ max: 3 }),
  type: fc.nat({ max: 2 }),
  by: fc.nat({ max: 6 }),
  text: fc.nat({ max: 9 }),
});

const stored = (): Record<string, CaseState> => ({
  a: caseOf({ name: 'Pier', contacts: [{ contact: 'ada', role: 'CLIENT' }], primary: 'ada', externalIds: [{ system: '', id: '4' }] }),
  b: caseOf({ name: 'Dock', type: 'family', status: 'family.new-lead', contacts: [{ contact: 'bo', role: 'CLIENT' }], primary: 'bo' }),
  c: caseOf({ name: 'Pier', contacts: ['ada', 'cy'].map((contact) => ({ contact, role: 'CLIENT' })), primary: 'cy' }),
});

function rowOf({ client: who, name, type, by, text }: GivenRow, number: number): targetsV1.Row {
  const cells = {
    ...(NAMES[name] === undefined ? {} : { caseName: NAMES[name] }),
    ...(TYPES[type] === '' ? {} : { caseType: TYPES[type] ?? '' }),
    ...(by >= 1 && by <= 3 ? { recordId: 'abc'.charAt(by - 1) } : {}),
    ...(by >= 4 ? { externalId: String(by) } : {}),
    description: `D${text}`,
  };
  const contact = CLIENTS[who];
  return row(number, cells, { parts: contact === undefined ? [] : [client(contact)] });
}

/** What ties a row: its keys, the cases they hit, the contacts it names and those of the cases hit. */
function tiesOf(one: targetsV1.Row, cases: Record<string, CaseState>): string[] {
  const view = viewOf(cases);
  const clients = one.parts.map(({ record }) => record);
  const asked = { ...one, parts: [], candidates: clients };
  const keys = keysOfRow(asked, options({}, { caseType: '' }), CATALOGUE);
  const hit = keys.flatMap(({ kind, value, lookup }) => (kind === RECORD_ID ? [value] : view.owners(lookup)));
  const linked = hit.flatMap((id) => [...(caseKind.tiedWith?.(cases[id] ?? caseOf()) ?? [])]);
  return [...keys.map(({ lookup }) => lookup), ...hit, ...linked, ...clients];
}

/** Rows by component, each in file order. */
function componentsOf(rows: readonly targetsV1.Row[], cases: Record<string, CaseState>): targetsV1.Row[][] {
  const components: { rows: targetsV1.Row[]; ties: Set<string> }[] = [];
  for (const one of rows) {
    const ties = new Set(tiesOf(one, cases));
    const joined = components.filter((component) => [...ties].some((tie) => component.ties.has(tie)));
    for (const component of joined) components.splice(components.indexOf(component), 1);
    const all = [...joined.flatMap((component) => component.rows), one].sort((a, b) => a.row - b.row);
    components.push({ rows: all, ties: new Set([...ties, ...joined.flatMap((component) => [...component.ties])]) });
  }
  return components.map((component) => component.rows);
}

function played(rows: readonly targetsV1.Row[], opts: targetsV1.ApplyOptions): unknown {
  const view = viewOf(stored());
  const judged = judge(rows, opts, { view });
  const outcomes = judged.map(({ row: { row: number }, outcome, reason, record }) => [number, outcome, reason, record] as const);
  const ids = [...new Set([...'abc', ...judged.map(({ record }) => record)])].sort();
  return { outcomes: outcomes.sort(([a], [b]) => a - b), states: ids.map((id) => [id, view.record(id)?.state]) };
}

describe('rows that nothing ties (DUP-009)', () => {
  it('end as one reader would leave them, in whatever order their components run (5,000 random files)', () => {
    const file = fc.array(givenRow, { minLength: 2, maxLength: 8 });
    const policy = fc.constantFrom(...POLICIES);
    fc.assert(
      fc.property(file, policy, fc.constantFrom('', 'injury'), fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (given, duplicatePolicy, caseType, order) => {
        const rows = given.map((each, at) => rowOf(each, at + 1));
        const opts = options({ duplicatePolicy }, { caseType });
        const components = componentsOf(rows, stored());
        const shuffled = components
          .map((component, at) => ({ component, place: order[at] ?? 0 }))
          .sort((a, b) => a.place - b.place)
          .flatMap(({ component }) => component);
        expect(played(shuffled, opts)).toEqual(played(rows, opts));
      }),
      { numRuns: 5_000 },
    );
  });
});
