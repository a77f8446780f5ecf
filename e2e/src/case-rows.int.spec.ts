import fc from 'fast-check';
import { targetsV1 } from '@caseledger/contracts';
import { uuid7 } from '@caseledger/event-store';
import { bothServices, type BothServices } from './both-services.js';

let both: BothServices;
beforeAll(async () => {
  both = await bothServices('case_rows');
});
afterAll(() => both.close());

const CHUNK_ROWS = 12;
const { RUN_STATE_PAUSED, RUN_STATE_RUNNING } = targetsV1.RunState;
const POLICIES = ['SKIP', 'UPDATE', 'MERGE', 'CREATE'] as const;

/** A row of a case file; numbers choose among few clients, names and ids, so that rows meet. */
interface GivenRow {
  readonly who: number;
  readonly has: number;
  readonly name: number;
  readonly type: number;
  readonly further: number;
  readonly external: number;
}

const givenRow = fc.record({
  who: fc.nat({ max: 5 }),
  has: fc.nat({ max: 3 }),
  name: fc.nat({ max: 3 }),
  type: fc.nat({ max: 9 }),
  further: fc.nat({ max: 5 }),
  external: fc.nat({ max: 11 }),
});

function rowOf({ who, has, name, type, further, external }: GivenRow, row: number): targetsV1.Row {
  const cells: [string, string][] = [
    ['caseName', `Matter ${name}`],
    ['description', `D${row % 5}`],
    ...(type === 0 ? [] : [['caseType', type === 9 ? 'Nonsense' : type % 2 === 0 ? 'Personal Injury' : 'Family Law'] as [string, string]]),
    ['clientFirstName', 'Ann'],
    ['clientLastName', `Client${who}`],
    ...(has % 2 === 0 ? [] : [['clientEmail', `c${who}@kestrel.net`] as [string, string]]),
    ...(has < 2 ? [] : [['clientPhone', `+1415555100${who}`] as [string, string]]),
    ...(further > 2 ? [] : ([['contact1FirstName', 'Will'], ['contact1LastName', 'Reed'], ['contact1Email', `w${further}@kestrel.net`], ['contact1Role', 'WITNESS']] as [string, string][])),
    ...(external > 3 ? [] : ([['externalSystem', 'old'], ['externalId', String(external)]] as [string, string][])),
  ];
  const values = cells.map(([field, text], column) => ({ field, text, original: text, column, clear: false, derived: false }));
  const plain = { line: row + 1, sheet: '', blank: false, issues: [], leftOut: false, decision: undefined, expected: undefined, cells: [] };
  return { ...plain, row, values, tied: true, appliedBefore: false, part: 0, withheld: false, parts: [], candidates: [] };
}

function optionsOf(policy: number, clientPolicy: number, apply: string): targetsV1.ApplyOptions {
  const cases = { caseType: '', list: '', newList: '', addSkipped: true, clientDuplicatePolicy: POLICIES[clientPolicy % 3] ?? '' };
  const versions = { normaliserVersion: 1, matcherVersion: 1, importDay: '2026-03-01', mappedFields: [], defaults: {} };
  return { importType: 'CASES', duplicatePolicy: POLICIES[policy] ?? '', blankCells: 'KEEP', onReview: 'HOLD', apply, ...versions, cases };
}

const file = fc.array(givenRow, { minLength: CHUNK_ROWS, maxLength: 3 * CHUNK_ROWS });
const options = fc
  .tuple(fc.nat({ max: 3 }), fc.nat({ max: 2 }), fc.constantFrom('EXACT_PLAN', 'CURRENT_STATE'))
  .map(([policy, clientPolicy, apply]) => optionsOf(policy, clientPolicy, apply));

function chunksOf(given: readonly GivenRow[]): targetsV1.Row[][] {
  const rows = given.map((each, at) => rowOf(each, at + 1));
  return Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, at) => rows.slice(at * CHUNK_ROWS, (at + 1) * CHUNK_ROWS));
}

const told = ({ row, outcome, reason, effects }: Pick<targetsV1.RowOutcome, 'row' | 'outcome' | 'reason' | 'effects'>) => ({ row, outcome, reason, effects });
const ended = (outcomes: readonly targetsV1.RowOutcome[]) => outcomes.map(({ outcome, reason, effects }) => [effects[0]?.record, outcome, reason]);

async function strangers(): Promise<string[]> {
  const { contacts, cases } = await both.states();
  const linked = [...cases.values()].flatMap((state) => (state as { contacts: { contact: string }[] }).contacts.map(({ contact }) => contact));
  return linked.filter((contact) => !contacts.has(contact));
}

describe('the rows of case files, written by two services', () => {
  it('end as planned, every worker dying between the two, and no case has a contact that is not there (RUN-012, PRE-005)', async () => {
    await fc.assert(
      fc.asyncProperty(file, options, fc.boolean(), async (given, opts, dies) => {
        both.kills = dies ? 3 : 0;
        const { planned, done } = await both.import(uuid7(), chunksOf(given), opts);
        expect(done.map(told)).toEqual(planned.map(told));
        expect(await strangers()).toEqual([]);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('are taken out and put back as previewed, contacts with their cases (REV-008, REV-012)', async () => {
    await fc.assert(
      fc.asyncProperty(file, options, async (given, opts) => {
        const importId = uuid7();
        await both.import(importId, chunksOf(given), opts);
        const before = await both.states();
        const out = await both.revert(importId);
        expect(ended(out.done)).toEqual(ended(out.predicted));
        const back = await both.revert(importId, { restore: true });
        expect(ended(back.done)).toEqual(ended(back.predicted));
        const isWhole = [...out.done, ...back.done].every(({ outcome }) => outcome !== 'KEPT' && outcome !== 'CONFLICT');
        if (isWhole) expect(await both.states()).toEqual(before);
        await both.revert(importId);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('are not half written once a pause is answered (RUN-005, RUN-012)', async () => {
    const [importId, opts] = [uuid7(), optionsOf(0, 0, 'CURRENT_STATE')];
    const rows = [rowOf({ who: 9, has: 3, name: 9, type: 2, further: 5, external: 11 }, 1)];
    const run = await both.open(importId, 1);
    const chunk = { tenant: both.tenant, importId, run, attempt: 1, lane: 0, seq: 0, actor: 'u1', traceparent: '', options: opts, rows };
    both.kills = 1;
    await expect(both.target.apply(chunk)).rejects.toThrow();
    const before = await both.states();
    const finish = async (): Promise<void> => void (await both.target.apply(chunk));
    await both.target.setState({ tenant: both.tenant, run, state: RUN_STATE_PAUSED, actor: 'u1' }, { isRevert: false, finish });
    const after = await both.states();
    expect([after.contacts.size - before.contacts.size, after.cases.size - before.cases.size]).toEqual([0, 1]);
    expect(await both.target.lanes({ tenant: both.tenant, run })).toMatchObject({ state: RUN_STATE_PAUSED, lanes: [{ nextSeq: 1 }] });
    await both.target.setState({ tenant: both.tenant, run, state: RUN_STATE_RUNNING, actor: 'u1' }, { isRevert: false, finish });
    expect((await both.target.apply(chunk)).replayed).toBe(true);
  });

  it('hold on to the case they were judged by until they are written, so nobody changes it after contacts has its part', async () => {
    const opts = optionsOf(1, 0, 'EXACT_PLAN');
    const given = { who: 8, has: 3, name: 8, type: 2, further: 5, external: 11 };
    const first = await both.import(uuid7(), [[rowOf(given, 1)]], opts);
    const made = first.done[0]?.effects.find(({ kind }) => kind === 'CASE_CREATED')?.record ?? '';
    const isFree: boolean[] = [];
    both.between = async () => void isFree.push(await both.isFree(made));
    const { done } = await both.import(uuid7(), [[rowOf(given, 2)]], opts);
    both.between = undefined;
    expect(done.map(({ outcome }) => outcome)).toEqual(['UPDATED']);
    expect([...isFree, await both.isFree(made)]).toEqual([false, true]);
  });
});
