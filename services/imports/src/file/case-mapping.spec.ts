import { NO_CASE_CHOICES, type CaseChoices } from '../import/import.events.js';
import { options } from '../import/import-history.fixture.js';
import { chosen, columnsInForce, planReadiness, proposeMapping, readMapping, type MappedColumn } from './mapping.js';

function columns(...headers: string[]): MappedColumn[] {
  return headers.map((header, column) => ({ column, header, filled: 10, likelyType: 'TEXT', dateOrder: '' }));
}

describe('proposing the mapping of a case file (MAP-002)', () => {
  it('takes the case, its client and its dates by their wordings', () => {
    const proposals = proposeMapping(columns('Matter Name', 'Practice Area', 'Client', 'Phone', 'Case #', 'Date Opened'), 'CASES');
    expect(chosen(proposals).map(({ target }) => target)).toEqual(['caseName', 'caseType', 'clientName', 'clientPhone', 'externalId', 'openedOn']);
  });

  it('asks what a plain Name is, and proposes the client', () => {
    const [proposal] = proposeMapping(columns('Name'), 'CASES');
    expect(proposal).toMatchObject({ target: 'clientName', reason: 'may mean several things' });
    expect(chosen([proposal].flatMap((one) => one ?? []))).toEqual([]);
    expect(chosen(proposeMapping(columns('Name'), 'CLIENTS')).map(({ target }) => target)).toEqual(['fullName']);
  });

  it('lets a column that says so be the client before one that may be', () => {
    const proposals = proposeMapping(columns('Name', 'Client name'), 'CASES');
    expect(proposals.map(({ target }) => target)).toEqual(['', 'clientName']);
  });
});

describe('original dates (OPT keepOriginalDates)', () => {
  const mapping = ['caseName', 'openedOn', 'clientOriginalCreatedAt', 'closedOn'].map((target, column) => ({ column, target }));
  const of = columns('Matter', 'Opened', 'Client since', 'Closed').map((column) => ({ ...column, likelyType: column.column === 0 ? 'TEXT' : 'DATE' }));
  const off = { ...options, keepOriginalDates: 'OFF' } as const;

  it('are read unless they are not kept', () => {
    expect(columnsInForce(mapping, options, 'CASES')).toBe(mapping);
    expect(columnsInForce(mapping, off, 'CASES').map(({ target }) => target)).toEqual(['caseName', 'closedOn']);
    expect(columnsInForce([{ column: 0, target: 'originalCreatedAt' }], off, 'CLIENTS')).toEqual([]);
  });

  it('that are not kept are named among what is not imported, and need no order', () => {
    const unproven = of.map((column) => ({ ...column, dateOrder: column.column === 1 ? 'UNPROVEN' : '' }));
    expect(planReadiness(mapping, off, unproven, 'CASES').ignoredColumns).toEqual(['Opened', 'Client since']);
    expect(planReadiness(mapping, options, unproven, 'CASES').faults.map(({ code }) => code)).toContain('DATE_ORDER_UNPROVEN');
    expect(planReadiness(mapping, off, unproven, 'CASES').faults.map(({ code }) => code)).not.toContain('DATE_ORDER_UNPROVEN');
  });
});

describe('the roles of further contacts (FLD-003)', () => {
  const headers = ['Matter', 'Client', 'Opposing Party', 'Opposing Counsel'];
  const rolesOf = (targets: string[], defaults: Record<string, string> = {}) =>
    planReadiness(targets.map((target, column) => ({ column, target })), { ...options, defaults }, columns(...headers), 'CASES').roles;

  it('are those by which the file names them', () => {
    const proposed = chosen(proposeMapping(columns(...headers), 'CASES')).map(({ target }) => target);
    expect(proposed).toEqual(['caseName', 'clientName', 'contact1Name', 'contact2Name']);
    expect(rolesOf(proposed)).toEqual({ contact1Role: 'OPPOSING_PARTY', contact2Role: 'ATTORNEY' });
    expect(rolesOf(['caseName', 'clientName', 'contact5Name'])).toEqual({ contact5Role: 'OPPOSING_PARTY' });
  });

  it('are those of a column or a default before', () => {
    expect(rolesOf(['caseName', 'contact1Role', 'contact1Name'])).toEqual({});
    expect(rolesOf(['caseName', 'clientName', 'contact1Name'], { contact1Role: 'WITNESS' })).toEqual({});
    expect(rolesOf(['contact1Name', 'caseName', 'clientName'])).toEqual({});
  });
});

describe('a mapping of a case file by hand (MAP-003)', () => {
  it('takes fields of cases, and none that only a contact file has', () => {
    expect(readMapping([{ column: 0, target: 'contact3Role' }], 1, 'CASES')).toHaveLength(1);
    expect(() => readMapping([{ column: 0, target: 'firstName' }], 1, 'CASES')).toThrow(expect.objectContaining({ code: 'FIELD_UNKNOWN' }));
    expect(() => readMapping([{ column: 0, target: 'caseName' }], 1, 'CLIENTS')).toThrow(expect.objectContaining({ code: 'FIELD_UNKNOWN' }));
  });

  it('takes no column for a part of a further contact\'s name', () => {
    expect(() => readMapping([{ column: 0, target: 'contact1FirstName' }], 1, 'CASES')).toThrow(expect.objectContaining({ code: 'FIELD_UNKNOWN' }));
  });
});

describe('whether a case plan can be made (MAP-007, OPT-005, OPT-007)', () => {
  const ready = (targets: string[], cases: Partial<CaseChoices> = {}) =>
    planReadiness(
      targets.map((target, column) => ({ column, target })),
      { ...options, cases: { ...NO_CASE_CHOICES, ...cases } },
      columns(...targets),
      'CASES',
    );
  const missing = (targets: string[], cases: Partial<CaseChoices> = {}) => ready(targets, cases).faults.map(({ field, code }) => `${field} ${code}`);
  const caseType = { id: 't', name: 'Family Law' };

  it('needs the case\'s name, its type and a client', () => {
    expect(missing([])).toEqual(['caseName MAPPING_REQUIRED_MISSING', 'caseType MAPPING_REQUIRED_MISSING', 'clientName MAPPING_REQUIRED_MISSING']);
    expect(missing(['caseName', 'caseType', 'clientName'])).toEqual([]);
    expect(missing(['caseName', 'clientName'], { caseType })).toEqual([]);
  });

  it.each([[['clientFirstName', 'clientLastName']], [['clientCompanyName']], [['clientRecordId']], [['clientExternalId']]])('takes %p for the client', (by) => {
    expect(missing(['caseName', 'caseType', ...by])).toEqual([]);
  });

  it('does not take half a name, nor a further contact, for the client', () => {
    expect(missing(['caseName', 'caseType', 'clientFirstName', 'contact1Name'])).toEqual(['clientName MAPPING_REQUIRED_MISSING']);
  });

  it.each(['recordId', 'externalId'])('takes a file with %s as one that updates', (id) => {
    expect(missing([id])).toEqual([]);
  });

  it('wants the type chosen for a list, even where a column has one', () => {
    const targets = ['caseName', 'caseType', 'clientName'];
    expect(missing(targets, { newList: 'Crash' })).toEqual(['caseType CASE_TYPE_REQUIRED_FOR_LIST']);
    expect(missing(targets, { list: { id: 'l', name: 'Crash' } })).toEqual(['caseType CASE_TYPE_REQUIRED_FOR_LIST']);
    expect(missing(targets, { newList: 'Crash', caseType })).toEqual([]);
  });

  it('recommends the client\'s phone and e-mail (FLD-004)', () => {
    expect(ready(['caseName', 'caseType', 'clientName', 'contact1Phone']).warnings.map(({ field }) => field)).toEqual(['clientPhone', 'clientEmail']);
  });

  it('asks for the order of every kind of date', () => {
    const of: MappedColumn[] = ['openedOn', 'courtDate'].map((header, column) => ({ column, header, filled: 1, likelyType: 'DATE', dateOrder: 'UNPROVEN' }));
    const { faults } = planReadiness([{ column: 0, target: 'openedOn' }, { column: 1, target: 'courtDate' }], { ...options, cases: { ...NO_CASE_CHOICES, caseType } }, of, 'CASES');
    expect(faults.filter(({ code }) => code === 'DATE_ORDER_UNPROVEN')).toHaveLength(2);
  });
});
