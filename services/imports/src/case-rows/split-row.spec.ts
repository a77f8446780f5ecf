import type { targetsV1 } from '@caseledger/contracts';
import { aRow } from '../file/row.fixture.js';
import { OPTIONS } from './case-rows.fixture.js';
import { partOptions, splitRow } from './split-row.js';

const value = (field: string, text: string): targetsV1.RowValue => ({ field, text, original: '', column: 0, clear: text === '', derived: false });
const issue = (code: string, field: string, severity = 'WARNING'): targetsV1.RowIssue => ({ code, severity, column: 0, field, text: '', suggestion: '', params: {} });
const split = (row: Partial<targetsV1.Row>, defaults: Record<string, string> = {}) => splitRow(aRow({ row: 7, ...row }), partOptions({ ...OPTIONS, defaults }));

describe('a case row taken apart', () => {
  it('gives each contact a row of its own, under the contact\'s own keys and the row\'s number', () => {
    const { row, parts, roles } = split({
      values: [value('caseName', 'A'), value('clientFirstName', 'Ada'), value('contact2Phone', '+1'), value('contact2Role', 'WITNESS'), value('contact3Email', 'x@y'), value('tags', 't')],
    });
    expect(row.values.map(({ field }) => field)).toEqual(['caseName', 'tags']);
    expect(parts.map((part) => [part.row, part.part, part.values.map(({ field }) => field)])).toEqual([
      [7, 0, ['firstName']],
      [7, 2, ['phone']],
      [7, 3, ['email']],
    ]);
    expect([...roles]).toEqual([
      [0, 'CLIENT'],
      [2, 'WITNESS'],
      [3, 'OTHER'],
    ]);
  });

  it('keeps what was wrong with the cells for the case row', () => {
    const { row, parts } = split({ values: [value('clientPhone', '+1')], issues: [issue('PHONE_NOT_ASSIGNED', 'clientPhone')] });
    expect(row.issues).toHaveLength(1);
    expect(parts[0]?.issues).toEqual([]);
  });

  it('flags whoever lacks the value that was left out', () => {
    const given = { values: [value('clientPhone', '+1'), value('contact1Phone', '+2')], leftOut: true, issues: [issue('VALUE_LEFT_OUT', 'contact1Email')] };
    const { row, parts } = split(given);
    expect([row.leftOut, ...parts.map(({ leftOut }) => leftOut)]).toEqual([false, false, true]);
    expect(split({ ...given, issues: [issue('VALUE_LEFT_OUT', 'openedOn')] }).row.leftOut).toBe(true);
  });

  it('makes no contact out of nothing but emptied fields', () => {
    expect(split({ values: [value('clientCity', '')] }).parts).toEqual([]);
  });

  it.each([[{ blank: true }], [{ appliedBefore: true }], [{ decision: { action: 'EXCLUDE', record: '', decidedBy: 'u' } }], [{ issues: [issue('PHONE_INVALID', 'contact1Phone', 'ERROR')] }]])('has no parts where the row ends by itself: %p', (more) => {
    expect(split({ values: [value('clientPhone', '+1')], ...more }).parts).toEqual([]);
  });

  it('gives each part what its plan foresaw of it', () => {
    const expectation = (part: number) => ({ part, outcome: 'CREATED', reason: '', record: '', version: part, parts: [] });
    const { parts } = split({ values: [value('clientPhone', '+1'), value('contact4Phone', '+2')], expected: { ...expectation(9), parts: [expectation(0), expectation(4)] } });
    expect(parts.map(({ expected }) => expected?.version)).toEqual([0, 4]);
  });
});

describe('options of a case import taken apart', () => {
  it('gives each service the defaults and columns of its own fields', () => {
    const options = partOptions({
      ...OPTIONS,
      defaults: { clientCity: 'Salem', intakeSource: 'FORM', contact1Role: 'WITNESS' },
      mappedFields: ['caseName', 'clientPhone', 'contact1Phone', 'clientName'],
    });
    expect(options.contacts).toMatchObject({ defaults: { city: 'Salem' }, mappedFields: ['phone', 'fullName'] });
    expect(options.cases).toMatchObject({ defaults: { intakeSource: 'FORM' }, mappedFields: ['caseName'] });
    expect([...options.roles]).toEqual([[1, 'WITNESS']]);
  });

  it('makes a client of defaults alone where they name one', () => {
    expect(split({ values: [value('caseName', 'A')] }, { clientLastName: 'Unknown' }).parts.map(({ part }) => part)).toEqual([0]);
    expect(split({ values: [value('caseName', 'A')] }, { clientCity: 'Salem' }).parts).toEqual([]);
  });
});
