import type { CaseState } from '../case/case.js';
import { effectsOf } from './case-effects.js';
import { CATALOGUE, caseOf, client, further, judgeOne, options, row, viewOf, type Cells } from './row.fixture.js';

/** One row laid over one case matched by its id, by a policy. */
function lay(policy: string, stored: CaseState, cells: Cells, more: Parameters<typeof options>[0] = {}, rest = {}) {
  const one = row(1, { recordId: 'a', ...cells }, { parts: [], ...rest });
  return judgeOne(one, options({ duplicatePolicy: policy, ...more }), { view: viewOf({ a: stored }) });
}

const stateOf = (judged: ReturnType<typeof lay>) => judged.after?.state ?? judged.before?.state;
const types = (judged: ReturnType<typeof lay>) => judged.events.map(({ type }) => type);

describe('single values of a case (DUP-006)', () => {
  const stored = caseOf({ description: 'Old' });

  it.each([
    ['UPDATE', { description: 'New' }, 'UPDATED', 'New'],
    ['UPDATE', { description: 'Old' }, 'UNCHANGED', 'Old'],
    ['UPDATE', { closedOn: '2026-01-05' }, 'UPDATED', 'Old'],
    ['MERGE', { description: 'New' }, 'UNCHANGED', 'Old'],
    ['MERGE', { closedOn: '2026-01-05' }, 'MERGED', 'Old'],
    ['SKIP', { description: 'New' }, 'SKIPPED', 'Old'],
  ])('%s %j: %s', (policy, cells: Cells, outcome, description) => {
    const judged = lay(policy, stored, cells);
    expect(judged.outcome).toBe(outcome);
    expect(stateOf(judged)?.description).toBe(description);
  });

  it('says which values a merge kept (MERGE_KEPT_EXISTING)', () => {
    expect(lay('MERGE', stored, { description: 'New' }).issues).toMatchObject([
      { code: 'MERGE_KEPT_EXISTING', field: 'description', params: { existing: 'Old', text: 'New' } },
    ]);
  });

  it('are emptied by the clear token under every policy, by a blank cell only under UPDATE (VAL-003, VAL-007)', () => {
    const described = (judged: ReturnType<typeof lay>) => stateOf(judged)?.description;
    expect(described(lay('UPDATE', stored, { description: '<clear>' }))).toBe('');
    expect(described(lay('MERGE', stored, { description: '<clear>' }))).toBe('');
    expect(described(lay('UPDATE', stored, { description: '<blank>' }))).toBe('');
    expect(described(lay('MERGE', stored, { description: '<blank>' }))).toBe('Old');
  });

  it('leave a required field blank but never empty it (VAL-001)', () => {
    expect(lay('UPDATE', stored, { caseName: '<clear>' })).toMatchObject({ outcome: 'FAILED', reason: 'REQUIRED_MISSING' });
    expect(lay('UPDATE', stored, { caseName: '<blank>' }).outcome).toBe('UNCHANGED');
    expect(lay('UPDATE', stored, {}).outcome).toBe('UNCHANGED');
  });

  it('fill only what is blank when blank cells fill (OPT blankCells)', () => {
    const judged = lay('UPDATE', stored, { description: 'New', closedOn: '2026-01-05' }, { blankCells: 'FILL' });
    expect(stateOf(judged)).toMatchObject({ description: 'Old', closedOn: '2026-01-05' });
  });

  it('take a default where there is none, never over a value (OPT-003)', () => {
    const defaults = { description: 'Default', closedOn: '2026-01-05' };
    expect(stateOf(lay('UPDATE', stored, {}, { defaults }))).toMatchObject({ description: 'Old', closedOn: '2026-01-05' });
    expect(stateOf(lay('UPDATE', stored, { description: '<clear>' }, { defaults }))?.description).toBe('');
  });

  it('keep the number, and how the case came in', () => {
    expect(stateOf(lay('UPDATE', stored, { description: 'New' }))).toMatchObject({ number: 'C-2025-000001', source: 'MANUAL' });
  });
});

describe('type and status of a matched case', () => {
  const active = caseOf({ status: 'injury.active' });

  it('change by UPDATE, stay by MERGE, which says so', () => {
    expect(stateOf(lay('UPDATE', active, { caseStatus: 'New Lead' }))?.status).toBe('injury.new-lead');
    const merged = lay('MERGE', active, { caseStatus: 'New Lead', caseType: 'Family Law' });
    expect(stateOf(merged)).toMatchObject({ type: 'injury', status: 'injury.active' });
    expect(merged.issues).toMatchObject([
      { code: 'MERGE_KEPT_EXISTING', field: 'caseType', params: { existing: 'Personal Injury' } },
      { code: 'MERGE_KEPT_EXISTING', field: 'caseStatus', params: { existing: 'Active' } },
    ]);
  });

  it('stay where the row says nothing, even when an option names a type (OPT-003)', () => {
    const one = row(1, { recordId: 'a' }, { parts: [] });
    const judged = judgeOne(one, options({ duplicatePolicy: 'UPDATE' }, { caseType: 'family' }), { view: viewOf({ a: active }) });
    expect(judged.outcome).toBe('UNCHANGED');
  });

  it('of another type keep the status by name, else take its first one (CAS-005)', () => {
    const lead = lay('UPDATE', caseOf(), { caseType: 'Family Law' });
    expect(stateOf(lead)).toMatchObject({ type: 'family', status: 'family.new-lead' });
    expect(types(lead)).toEqual(['CaseTypeChanged']);
    expect(stateOf(lay('UPDATE', active, { caseType: 'Family Law' }))?.status).toBe('family.new-lead');
  });

  it('set the closed date on entering CLOSED and clear it on leaving, unless the row says it (CAS-004)', () => {
    const closed = lay('UPDATE', active, { caseStatus: 'Settled' });
    expect(stateOf(closed)).toMatchObject({ category: 'CLOSED', closedOn: '2026-03-01' });
    expect(types(closed)).toEqual(['CaseStatusChanged']);
    expect(stateOf(lay('UPDATE', active, { caseStatus: 'Settled', closedOn: '2026-02-02' }))?.closedOn).toBe('2026-02-02');
    const settled = caseOf({ status: 'injury.settled', category: 'CLOSED', closedOn: '2026-02-02' });
    expect(stateOf(lay('UPDATE', settled, { caseStatus: 'Active' }))).toMatchObject({ category: 'OPEN', closedOn: null });
  });
});

describe('key dates, by kind and label (CAS-010)', () => {
  const court = { id: 1, label: 'Court date', kind: 'COURT_DATE', at: '2026-05-01', reminderDays: 7 };
  const hearing = { id: 2, label: 'Second hearing', kind: 'COURT_DATE', at: '2026-06-01', reminderDays: 0 };
  const stored = caseOf({ keyDates: [court, hearing], lastKeyDate: 2 });
  const dates = (judged: ReturnType<typeof lay>) => stateOf(judged)?.keyDates.map(({ id, label, at }) => `${id} ${label} ${at}`);

  it.each([
    ['UPDATE replaces the slot, others stay', 'UPDATE', { courtDate: '2026-09-01' }, ['1 Court date 2026-09-01', '2 Second hearing 2026-06-01']],
    ['UPDATE leaves a date that is there already', 'UPDATE', { courtDate: '2026-06-01' }, ['1 Court date 2026-05-01', '2 Second hearing 2026-06-01']],
    ['MERGE adds what is not present', 'MERGE', { courtDate: '2026-09-01' }, ['1 Court date 2026-05-01', '2 Second hearing 2026-06-01', '3 Court date 2026-09-01']],
    ['another kind is another slot', 'UPDATE', { deadline: '2026-05-01' }, ['1 Court date 2026-05-01', '2 Second hearing 2026-06-01', '3 Deadline 2026-05-01']],
    ['the clear token empties the slot', 'MERGE', { courtDate: '<clear>' }, ['2 Second hearing 2026-06-01']],
    ['a blank cell does in an update', 'UPDATE', { courtDate: '<blank>' }, ['2 Second hearing 2026-06-01']],
  ])('%s', (_, policy, cells: Cells, expected) => {
    expect(dates(lay(policy, stored, cells))).toEqual(expected);
  });

  it('keep their reminder when their day moves', () => {
    expect(stateOf(lay('UPDATE', stored, { courtDate: '2026-09-01' }))?.keyDates[0]?.reminderDays).toBe(7);
  });

  it('stay where blank cells only fill', () => {
    expect(lay('UPDATE', stored, { courtDate: '2026-09-01' }, { blankCells: 'FILL' }).outcome).toBe('UNCHANGED');
  });
});

describe('tags and external ids (DUP-006)', () => {
  const stored = caseOf({ tags: ['a', 'b'], externalIds: [{ system: 'old', id: '7' }] });

  it('tags are replaced by UPDATE and united by MERGE', () => {
    expect(stateOf(lay('UPDATE', stored, { tags: ['b', 'c'] }))?.tags).toEqual(['b', 'c']);
    expect(stateOf(lay('MERGE', stored, { tags: ['b', 'c'] }))?.tags).toEqual(['a', 'b', 'c']);
    expect(stateOf(lay('MERGE', stored, { tags: '<clear>' }))?.tags).toEqual([]);
    expect(stateOf(lay('UPDATE', stored, { tags: ['c'] }, { blankCells: 'FILL' }))?.tags).toEqual(['a', 'b']);
  });

  it('external ids are added', () => {
    expect(stateOf(lay('MERGE', stored, { externalSystem: 'new', externalId: '1' }))?.externalIds).toEqual([
      { system: 'new', id: '1' },
      { system: 'old', id: '7' },
    ]);
    expect(stateOf(lay('UPDATE', stored, { externalSystem: 'old', externalId: '<clear>' }))?.externalIds).toEqual([]);
  });

  it('an external id of another case is EXTERNAL_ID_TAKEN (MAP-012)', () => {
    const view = viewOf({ a: caseOf(), b: caseOf({ name: 'Other', externalIds: [{ system: 'old', id: '7' }] }) });
    const one = row(1, { recordId: 'a', externalSystem: 'old', externalId: '7' }, { parts: [] });
    const judged = judgeOne(one, options({ duplicatePolicy: 'UPDATE' }), { view });
    expect([judged.outcome, judged.reason]).toEqual(['FAILED', 'EXTERNAL_ID_TAKEN']);
    expect(judged.issues[0]?.params).toEqual({ id: '7', record: 'b' });
  });
});

describe('contacts and lists of a matched case', () => {
  it('contacts are added and never taken away; the main client stays (CAS-003)', () => {
    const parts = [client('aaron'), further(1, 'will', 'WITNESS')];
    for (const policy of ['UPDATE', 'MERGE']) {
      const judged = lay(policy, caseOf({ primary: null }), {}, {}, { parts });
      expect(stateOf(judged)?.contacts.map(({ contact, role }) => `${contact} ${role}`)).toEqual([
        'aaron CLIENT',
        'ada CLIENT',
        'will WITNESS',
      ]);
      expect(stateOf(judged)?.primary).toBe('ada');
      expect(effectsOf(judged).map(({ kind }) => kind)).toEqual([`CASE_${judged.outcome}`, 'CLIENT_LINKED']);
    }
  });

  it('a contact that has its role already changes nothing (CON-011)', () => {
    expect(lay('UPDATE', caseOf(), {}, {}, { parts: [client('ada')] }).outcome).toBe('UNCHANGED');
  });

  it('the list is added to', () => {
    const list = { id: 'l1', name: 'Crash of May', caseType: '' };
    const one = row(1, { recordId: 'a' }, { parts: [] });
    const judged = judgeOne(one, options({ duplicatePolicy: 'UPDATE' }), {
      view: viewOf({ a: caseOf({ lists: ['l0'] }) }),
      catalogue: { ...CATALOGUE, list },
    });
    expect(stateOf(judged)?.lists).toEqual(['l0', 'l1']);
    expect(effectsOf(judged).map(({ kind }) => kind)).toEqual(['CASE_UPDATED', 'LIST_MEMBER_ADDED']);
  });

  it('a case that a person archived is read-only (CAS-006)', () => {
    const decided = { decision: { action: 'UPDATE', record: 'a', decidedBy: 'u1' } };
    const judged = lay('UPDATE', caseOf({ archived: { reason: 'Done' } }), { description: 'New' }, {}, decided);
    expect([judged.outcome, judged.reason]).toEqual(['FAILED', 'CASE_ARCHIVED']);
  });

  it('a value left out flags the case (VAL-004)', () => {
    expect(stateOf(lay('UPDATE', caseOf(), {}, {}, { leftOut: true }))?.review).toEqual(['VALUE_LEFT_OUT']);
  });
});
