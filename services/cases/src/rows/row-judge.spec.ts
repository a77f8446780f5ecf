import { issueMessage } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';
import { outcomeOf, verdictOf } from '@caseledger/row-target';
import { evolveAll, initial } from '../case/case.js';
import { effectsOf } from './case-effects.js';
import { caseKind } from './case.kind.js';
import { CATALOGUE, caseOf, client, decision, further, judge, judgeOne, options, row, viewOf } from './row.fixture.js';

const cells = { caseName: 'Quill v. Harbor', caseType: 'Personal Injury' };
const said = (judged: ReturnType<typeof judgeOne>) => [judged.outcome, judged.reason].filter(Boolean).join(' ');
const codes = (judged: ReturnType<typeof judgeOne>) => judged.issues.map(({ code }) => code);
const kinds = (judged: ReturnType<typeof judgeOne>) => effectsOf(judged).map(({ kind }) => kind);

describe('a row that is not applied (LED-001)', () => {
  const error = { code: 'DATE_INVALID', severity: 'ERROR', column: 2, field: 'openedOn', text: 'x', suggestion: '', params: {} };

  it.each([
    ['is blank', row(1, {}, { blank: true }), 'SKIPPED ROW_BLANK'],
    ['was applied by an earlier attempt', row(1, cells, { appliedBefore: true }), 'UNCHANGED'],
    ['was excluded by a person', row(1, cells, decision('EXCLUDE')), 'SKIPPED EXCLUDED'],
    ['has a value that cannot be read', row(1, cells, { issues: [error] }), 'FAILED DATE_INVALID'],
    ['has no name', row(1, { caseType: 'Personal Injury' }), 'FAILED REQUIRED_MISSING'],
    ['has no client', row(1, cells, { parts: [] }), 'FAILED REQUIRED_MISSING'],
  ])('because it %s', (_, one, outcome) => {
    const judged = judgeOne(one);
    expect(said(judged)).toBe(outcome);
    expect(judged.events).toEqual([]);
  });
});

describe('what is wrong with a row', () => {
  it('is told with the label of its field (VAL-001)', () => {
    const judged = judgeOne(row(1, { caseType: 'Personal Injury' }, { parts: [] }));
    expect(judged.issues.map(issueMessage)).toEqual(['Case name is required.', 'Client name is required.']);
    const odd = judgeOne(row(1, { ...cells, caseStatus: 'Activ' }));
    expect(odd.issues.map(issueMessage)).toEqual(['Activ is not an allowed Case status. Did you mean Active?']);
  });
});

describe('everything that is wrong with a row is told at once (VAL-005)', () => {
  const nameless = { code: 'NAME_INCOMPLETE', severity: 'ERROR', column: 5, field: 'clientName', text: 'Ilse', suggestion: '', params: {} };
  const unread = (field: string, column = 9) => ({ ...nameless, code: 'TEXT_TOO_LONG', field, column });
  const faults = (one: targetsV1.Row, opts = options()) => codes(judgeOne(one, opts));

  it('the name of its client and its type', () => {
    const judged = judgeOne(row(1, { ...cells, caseType: 'Maritime' }, { issues: [nameless], parts: [] }));
    expect(said(judged)).toBe('FAILED NAME_INCOMPLETE');
    expect(judged.issues.map(({ code, field }) => `${code} ${field}`)).toEqual(['NAME_INCOMPLETE clientName', 'VALUE_NOT_ALLOWED caseType']);
  });

  it.each([
    ['a client that failed and a case without a name and a type', row(1, {}, { parts: [client('', { outcome: 'FAILED', reason: 'PHONE_INVALID', codes: [{ code: 'PHONE_INVALID', severity: 'ERROR', column: 3, field: 'clientPhone', params: {} }] })] }), ['PHONE_INVALID', 'CASE_TYPE_MISSING', 'REQUIRED_MISSING']],
    ['a type and a name', row(1, { caseType: 'Maritime' }), ['VALUE_NOT_ALLOWED', 'REQUIRED_MISSING']],
    ['a status, a source and a name', row(1, { caseType: 'Personal Injury', caseStatus: 'Activ', intakeSource: 'PORTAL' }), ['VALUE_NOT_ALLOWED', 'SOURCE_NOT_IMPORTABLE', 'REQUIRED_MISSING']],
    ['a record that is nowhere and a type', row(1, { ...cells, caseType: 'Maritime', recordId: 'nowhere' }), ['VALUE_NOT_ALLOWED', 'RECORD_NOT_FOUND']],
  ])('%s', (_, one, told) => {
    expect(faults(one)).toEqual(told);
  });

  it('but not that something is missing which only could not be read', () => {
    expect(faults(row(1, { caseStatus: 'Mediation' }, { issues: [unread('caseType'), unread('caseName')], parts: [] }), options({}, { caseType: 'injury' }))).toEqual(['TEXT_TOO_LONG', 'TEXT_TOO_LONG']);
    const { field, ...ofColumn } = unread('');
    expect(field).toBe('');
    expect(faults(row(1, {}, { issues: [{ ...ofColumn, field: '' }], parts: [] }))).toEqual(['TEXT_TOO_LONG']);
  });

  it('and a row that has no client as well, where it was said', () => {
    const submitted = judgeOne(row(1, cells, { issues: [unread('description')], parts: [] }), options(), { context: { source: 'API' } });
    expect(codes(submitted)).toEqual(['TEXT_TOO_LONG', 'REQUIRED_MISSING']);
  });
});

describe('what could stand there instead', () => {
  const email = { code: 'EMAIL_DOMAIN_TYPO', severity: 'WARNING', column: 4, field: 'clientEmail', text: 'ana@gmial.com', suggestion: 'ana@gmail.com', params: {} };
  const part = client('', { outcome: 'FAILED', reason: 'ROLE_UNKNOWN', codes: [{ code: 'ROLE_UNKNOWN', severity: 'ERROR', column: 5, field: 'contact1Role', params: {}, suggestion: 'WITNESS' }] });
  const suggested = (issues: readonly { readonly suggestion?: string | undefined }[]) => issues.map(({ suggestion }) => suggestion ?? '');

  it('is told of a run as of its preview where it is a choice (VAL, LED-010)', () => {
    const judged = judgeOne(row(1, { ...cells, caseStatus: 'Activ' }));
    expect(suggested(verdictOf(caseKind, judged).issues)).toEqual(['Active']);
    expect(suggested(outcomeOf(caseKind, judged, options()).codes)).toEqual(['Active']);
    expect(suggested(outcomeOf(caseKind, judgeOne(row(1, cells, { parts: [part] })), options()).codes)).toEqual(['WITNESS']);
  });

  it('is kept in no ledger where it is what a person wrote, or nearly so (DESIGN 14)', () => {
    const judged = judgeOne(row(1, cells, { issues: [email] }));
    expect(suggested(verdictOf(caseKind, judged).issues)).toEqual(['ana@gmail.com']);
    expect(suggested(outcomeOf(caseKind, judged, options()).codes)).toEqual(['']);
  });
});

describe('the contacts of a row (RUN-012, DUP-011)', () => {
  const code = { code: 'PHONE_INVALID', severity: 'ERROR', column: 3, field: 'clientPhone', params: {} };

  it('fail it with their code, and say so', () => {
    const failed = client('', { outcome: 'FAILED', reason: 'PHONE_INVALID', codes: [code] });
    const judged = judgeOne(row(1, cells, { parts: [failed] }));
    expect(said(judged)).toBe('FAILED PHONE_INVALID');
    expect(judged.issues).toMatchObject([{ code: 'PHONE_INVALID', field: 'clientPhone', column: 3 }]);
  });

  it('hold it where one of them needs a decision', () => {
    const held = client('', { part: 2, outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW' });
    expect(said(judgeOne(row(1, cells, { parts: [client('ada'), held] })))).toBe('SKIPPED HELD_FOR_REVIEW');
  });

  it('tell whom they may be where they hold it', () => {
    const match = { verdict: 'REVIEW', key: 'PHONE', record: 'bo', score: 1, records: ['bo'], earlierRow: 0, kind: 'CONTACT' };
    const held = client('', { outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', match });
    expect(judgeOne(row(1, cells, { parts: [held] })).match).toMatchObject({ kind: 'CONTACT', verdict: 'REVIEW', records: ['bo'] });
  });

  it('tell so of each of them that holds it, in the preview as in the ledger', () => {
    const match = { verdict: 'AMBIGUOUS', key: 'EMAIL', record: '', score: 1, records: ['bo', 'cy'], earlierRow: 0, kind: 'CONTACT' };
    const held = { outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', match };
    const judged = judgeOne(row(1, cells, { parts: [client('ada'), client('', { ...held, part: 1 }), client('', { ...held, part: 3 })] }));
    const told = { part: 1, records: ['bo', 'cy'], further: { matches: [{ part: 3, records: ['bo', 'cy'] }] } };
    expect(verdictOf(caseKind, judged).match).toMatchObject(told);
    expect(outcomeOf(caseKind, judged, options()).match).toMatchObject(told);
  });

  it('fail it as stale where one of them changed since the plan, the client’s own effect listed (PRE-005)', () => {
    const effects = [{ kind: 'CONTACT_CREATED', record: 'ada', fromVersion: 0, toVersion: 1 }];
    const stale = client('', { part: 1, outcome: 'FAILED', reason: 'PLAN_ROW_STALE' });
    const judged = judgeOne(row(1, cells, { parts: [client('ada', { outcome: 'CREATED', reason: '', effects }), stale] }));
    expect(said(judged)).toBe('FAILED PLAN_ROW_STALE');
    expect(effectsOf(judged)).toEqual(effects);
  });

  it('are linked to its case with their roles, the client being the main one', () => {
    const judged = judgeOne(row(1, cells, { parts: [further(1, 'aaron', 'CLIENT'), further(2, 'will', 'WITNESS'), client('ada')] }));
    expect(judged.after?.state.contacts).toEqual([
      { contact: 'aaron', role: 'CLIENT' },
      { contact: 'ada', role: 'CLIENT' },
      { contact: 'will', role: 'WITNESS' },
    ]);
    expect(judged.after?.state.primary).toBe('ada');
    expect(kinds(judged)).toEqual(['CASE_CREATED', 'CLIENT_LINKED', 'CLIENT_LINKED']);
  });

  it('are told to be linked once each, and not at all where the row itself writes them (LED-002)', () => {
    const made = client('new', { outcome: 'CREATED', reason: '', effects: [{ kind: 'CONTACT_CREATED', record: 'new', fromVersion: 0, toVersion: 1 }] });
    const judged = judgeOne(row(1, cells, { parts: [made, further(1, 'new', 'CLIENT'), further(2, 'ada', 'CLIENT'), further(3, 'ada', 'CLIENT')] }));
    expect(effectsOf(judged).map(({ kind, record }) => `${kind} ${record}`)).toEqual(['CONTACT_CREATED new', 'CASE_CREATED imp-1', 'CLIENT_LINKED ada']);
  });

  it('are never missing: a row that is to be written after they were withheld waits for a retry', () => {
    const withheld = client('new', { outcome: 'CREATED', reason: '', effects: [] });
    expect(said(judgeOne(row(1, cells, { parts: [withheld] })))).toBe('FAILED PLAN_ROW_STALE');
    const own = row(1, { caseName: 'No type' }, { parts: [withheld] });
    expect(said(judgeOne(own))).toBe('FAILED CASE_TYPE_MISSING');
    const view = viewOf({ a: caseOf() });
    const update = row(1, { recordId: 'a', description: 'New' }, { parts: [withheld] });
    expect(said(judgeOne(update, options({ duplicatePolicy: 'UPDATE' }), { view }))).toBe('FAILED PLAN_ROW_STALE');
  });

  it('make two cases of one client from two rows of different names', () => {
    const judged = judge([row(1, cells), row(2, { ...cells, caseName: 'Quill v. Pier' })]);
    expect(judged.map(said)).toEqual(['CREATED', 'CREATED']);
  });
});

describe('the type of a row (OPT-004)', () => {
  const byName = (text: string) => judgeOne(row(1, { ...cells, caseType: text }));

  it('is that of its cell, whatever its case', () => {
    expect(byName('  PERSONAL injury').after?.state.type).toBe('injury');
  });

  it('is the option where the cell is blank, and CASE_TYPE_MISSING without either (OPT-007)', () => {
    const blank = row(1, { caseName: 'Quill v. Harbor' });
    expect(judgeOne(blank, options({}, { caseType: 'family' })).after?.state.type).toBe('family');
    expect(said(judgeOne(blank))).toBe('FAILED CASE_TYPE_MISSING');
  });

  it.each([
    ['Personal Injry', 'Personal Injury'],
    ['Tax', undefined],
    ['Maritime', undefined],
  ])('is refused when %s, with the nearest one suggested', (text, suggestion) => {
    const judged = byName(text);
    expect(said(judged)).toBe('FAILED VALUE_NOT_ALLOWED');
    expect(judged.issues[0]).toMatchObject({ field: 'caseType', text, column: 1 });
    expect(judged.issues[0]?.suggestion).toBe(suggestion);
  });

  it('cannot be emptied (VAL-007)', () => {
    expect(said(byName('<clear>'))).toBe('FAILED REQUIRED_MISSING');
  });

  it('must be that of the list (OPT-005)', () => {
    const list = { id: 'l1', name: 'Crash of May', caseType: 'injury' };
    const judging = { catalogue: { ...CATALOGUE, list } };
    expect(judgeOne(row(1, cells), options(), judging).after?.state.lists).toEqual(['l1']);
    const other = judgeOne(row(1, { ...cells, caseType: 'Family Law' }), options(), judging);
    expect(said(other)).toBe('FAILED LIST_CASE_TYPE_MISMATCH');
    expect(other.issues[0]?.params).toEqual({ listType: 'Personal Injury', type: 'Family Law' });
    const free = { catalogue: { ...CATALOGUE, list: { ...list, caseType: '' } } };
    expect(judgeOne(row(1, { ...cells, caseType: 'Family Law' }), options(), free).outcome).toBe('CREATED');
  });
});

describe('the status of a row (FLD-003)', () => {
  it('is the first one of its type where the cell is blank', () => {
    expect(judgeOne(row(1, cells)).after?.state.status).toBe('injury.new-lead');
  });

  it('must be one of its type', () => {
    expect(judgeOne(row(1, { ...cells, caseStatus: 'active' })).after?.state.status).toBe('injury.active');
    const judged = judgeOne(row(1, { ...cells, caseStatus: 'Mediaton' }));
    expect(said(judged)).toBe('FAILED VALUE_NOT_ALLOWED');
    expect(judgeOne(row(1, { ...cells, caseType: 'Family Law', caseStatus: 'Mediaton' })).issues[0]?.suggestion).toBe('Mediation');
  });
});

describe('the source of a case (FLD-006)', () => {
  it('is that of the row, else the import', () => {
    expect(judgeOne(row(1, { ...cells, intakeSource: 'SURVEY' })).after?.state.source).toBe('SURVEY');
    expect(judgeOne(row(1, cells)).after?.state.source).toBe('IMPORT');
    expect(judgeOne(row(1, cells), options(), { context: { source: 'API' } }).after?.state.source).toBe('API');
  });

  it('is none that the platform writes itself', () => {
    expect(said(judgeOne(row(1, { ...cells, intakeSource: 'AUTOMATED_HOTLINE' })))).toBe('FAILED SOURCE_NOT_IMPORTABLE');
  });
});

describe('a new case', () => {
  it('has the number of its row, not of its turn (RUN-015)', () => {
    const judged = judge([row(7, { ...cells, caseName: 'A' }), row(3, { ...cells, caseName: 'B' })]);
    expect(judged.map(({ after }) => after?.state.number)).toEqual(['C-2026-000106', 'C-2026-000102']);
  });

  it('is opened on the day its row says, else on the day of the import', () => {
    expect(judgeOne(row(1, { ...cells, openedOn: '2019-04-02' })).after?.state.openedOn).toBe('2019-04-02');
    expect(judgeOne(row(1, cells)).after?.state.openedOn).toBe('2026-03-01');
  });

  it('is what folding its one event gives', () => {
    const more = { description: 'Pier 4', courtDate: '2026-09-01', tags: ['b', 'a'], externalSystem: 'old', externalId: '7' };
    const parts = [client('zoe'), further(1, 'ada', 'CLIENT'), further(2, 'will', 'WITNESS')];
    const judged = judgeOne(row(4, { ...cells, ...more }, { parts, leftOut: true }));
    const source = { origin: { kind: 'import', id: 'imp' }, row: 4 };
    expect(evolveAll(initial(), judged.events.map((event) => ({ event, source })))).toEqual(judged.after?.state);
    expect(judged.after?.state.review).toEqual(['VALUE_LEFT_OUT']);
  });

  it('takes defaults for what its row leaves blank (OPT-003)', () => {
    const defaults = { description: 'From the old system', intakeSource: 'FORM', deadline: '2026-12-01', tags: 'b; a' };
    const state = judgeOne(row(1, { ...cells, deadline: '2026-11-01' }), options({ defaults })).after?.state;
    expect(state).toMatchObject({ description: 'From the old system', source: 'FORM', tags: ['a', 'b'] });
    expect(state?.keyDates.map(({ at }) => at)).toEqual(['2026-11-01']);
  });
});

describe('matching (DUP-001, DUP-002, DUP-003)', () => {
  const known = caseOf({ externalIds: [{ system: 'old', id: '7' }] });
  const matched = (one: ReturnType<typeof row>, cases = { a: known }) => {
    const judged = judgeOne(one, options(), { view: viewOf(cases) });
    return [judged.match?.verdict, judged.match?.key, judged.record].filter(Boolean).join(' ');
  };

  it('finds a case by its id, by its external id, and by client, type and name', () => {
    expect(matched(row(1, { recordId: 'a' }, { parts: [] }))).toBe('MATCH RECORD_ID a');
    expect(matched(row(1, { ...cells, caseName: 'Other', externalSystem: 'OLD', externalId: '7' }))).toBe('MATCH EXTERNAL_ID a');
    expect(matched(row(1, { ...cells, caseName: 'QUILL v Harbor' }))).toBe('MATCH CASE_NAME a');
  });

  it.each([
    ['another client', row(1, cells, { parts: [client('bo')] })],
    ['another type', row(1, { ...cells, caseType: 'Family Law' })],
    ['another name', row(1, { ...cells, caseName: 'Quill v. Pier' })],
  ])('does not find it under %s', (_, one) => {
    expect(judgeOne(one, options(), { view: viewOf({ a: known }) }).outcome).toBe('CREATED');
  });

  it('fails a row with an id that nobody has', () => {
    const judged = judgeOne(row(1, { ...cells, recordId: 'b' }), options(), { view: viewOf({ a: known }) });
    expect(said(judged)).toBe('FAILED RECORD_NOT_FOUND');
  });

  it('holds a row that matches a case put away by a person, and does not see one that a revert took back', () => {
    expect(matched(row(1, cells), { a: { ...known, archived: { reason: 'Done' } } })).toBe('REVIEW CASE_NAME');
    const released = viewOf({ a: { ...known, archived: { reason: 'IMPORT_REVERTED' } } });
    expect(judgeOne(row(1, cells), options(), { view: released }).outcome).toBe('CREATED');
  });

  it('is ambiguous over several cases; nobody merges them (DUP-010)', () => {
    const view = () => viewOf({ a: known, b: { ...known, externalIds: [] } });
    const judged = judgeOne(row(1, cells), options({ duplicatePolicy: 'MERGE' }), { view: view() });
    expect(said(judged)).toBe('SKIPPED HELD_FOR_REVIEW');
    expect(judged.match?.records).toEqual(['a', 'b']);
    expect(codes(judged)).toEqual(['DUP_AMBIGUOUS']);
    const merging = judgeOne(row(1, cells, decision('MERGE_RECORDS')), options(), { view: view() });
    expect(said(merging)).toBe('FAILED CASE_MERGE_NOT_SUPPORTED');
    const created = judgeOne(row(1, cells), options({ onReview: 'CREATE' }), { view: view() });
    expect(created.events).toMatchObject([{ type: 'CaseOpened', data: { knownDifferent: ['a', 'b'] } }]);
  });

  it('names the earlier row of the file (DUP-009)', () => {
    const judged = judge([row(3, cells), row(9, cells)]);
    expect(judged.map(said)).toEqual(['CREATED', 'SKIPPED DUPLICATE_IN_FILE']);
    expect(judged[1]?.match?.earlierRow).toBe(3);
  });

  it('lets a row that is tried again complete the case it made itself', () => {
    const own = caseOf({ name: 'Another name', made: { import: 'imp', row: 1 } });
    const judged = judgeOne(row(1, cells), options(), { view: viewOf({ 'imp-1': own }) });
    expect([judged.outcome, judged.record]).toEqual(['UPDATED', 'imp-1']);
  });
});

describe('decisions (DUP-008)', () => {
  const view = () => viewOf({ a: caseOf(), b: caseOf({ name: 'Other' }) });
  const decided = (action: string, record: string) =>
    judgeOne(row(1, { ...cells, description: 'New' }, decision(action, record)), options(), { view: view() });

  it.each([
    ['SKIP', '', 'SKIPPED DUPLICATE_EXISTING', 'a'],
    ['UPDATE', '', 'UPDATED', 'a'],
    ['MERGE', 'b', 'MERGED', 'b'],
    ['CREATE', '', 'CREATED', 'imp-1'],
    ['UPDATE', 'nobody', 'FAILED RECORD_NOT_FOUND', ''],
  ])('%s %s: %s', (action, record, outcome, written) => {
    const judged = decided(action, record);
    expect([said(judged), judged.record]).toEqual([outcome, written]);
  });
});

describe('a duplicate that is skipped (OPT-006)', () => {
  const list = { id: 'l1', name: 'Crash of May', caseType: '' };
  const skip = (state = caseOf(), opts = options()) =>
    judgeOne(row(1, { ...cells, description: 'New' }), opts, { view: viewOf({ a: state }), catalogue: { ...CATALOGUE, list } });

  it('is still added to the list, and nothing else of it changes', () => {
    const judged = skip();
    expect(said(judged)).toBe('SKIPPED DUPLICATE_EXISTING');
    expect(judged.events).toEqual([{ type: 'CaseAddedToList', data: { list: 'l1' } }]);
    expect(effectsOf(judged)).toEqual([{ kind: 'LIST_MEMBER_ADDED', record: 'a', fromVersion: 1, toVersion: 2 }]);
  });

  it.each([
    ['the option is off', caseOf(), options({}, { addSkipped: false })],
    ['it is a member', caseOf({ lists: ['l1'] }), options()],
  ])('is left alone where %s', (_, state, opts) => {
    const judged = skip(state, opts);
    expect([judged.outcome, judged.after]).toEqual(['SKIPPED', undefined]);
  });

  it('fails where the list takes another type', () => {
    const judging = { view: viewOf({ a: caseOf() }), catalogue: { ...CATALOGUE, list: { ...list, caseType: 'family' } } };
    expect(said(judgeOne(row(1, cells), options(), judging))).toBe('FAILED LIST_CASE_TYPE_MISMATCH');
  });
});

describe('a row of a case whose record is not written', () => {
  it('tells its record all the same when it is withheld', () => {
    const judged = judgeOne(row(1, cells, { withheld: true }));
    expect([judged.outcome, judged.record, judged.after]).toEqual(['CREATED', 'imp-1', undefined]);
  });
});
