import { ofPart, readDefaults, readRow, recommendedMissing, requiredMissing, type Cell, type ReadOptions } from './index.js';

const OPTIONS: ReadOptions = {
  importType: 'CASES',
  defaultCountry: 'US',
  dateOrders: {},
  blankCells: 'KEEP',
  invalidOptionalValue: 'FAIL',
  nameCase: 'KEEP',
  singleName: 'FAIL',
  couples: 'KEEP',
  importDay: '2026-05-03',
  timeZone: 'America/New_York',
};

const cells = (...texts: string[]): Cell[] => texts.map((text) => ({ text }));
const mapping = (...targets: string[]) => targets.map((target, column) => ({ column, target }));
const told = (read: { values: readonly { field: string; text: string }[] }) => Object.fromEntries(read.values.map(({ field, text }) => [field, text]));

describe('a case row (FLD-003)', () => {
  it('reads the case, its client and further contacts, each by the rules of its kind', () => {
    const targets = mapping('caseName', 'caseType', 'clientName', 'clientPhone', 'contact1Name', 'contact1Role', 'openedOn', 'courtDate');
    const row = cells(' Quinn v. Ames ', 'Family Law', 'Quinn, Maria T.', '(415) 555-0132', 'Ames, John', 'opposing party', '2031-01-05', '2026-06-01T10:30Z');
    expect(told(readRow(row, targets, OPTIONS))).toEqual({
      caseName: 'Quinn v. Ames',
      caseType: 'Family Law',
      clientFirstName: 'Maria',
      clientMiddleName: 'T.',
      clientLastName: 'Quinn',
      clientPhone: '+14155550132',
      contact1FirstName: 'John',
      contact1LastName: 'Ames',
      contact1Role: 'OPPOSING_PARTY',
      openedOn: '2031-01-05',
      courtDate: '2026-06-01T10:30:00Z',
    });
  });

  it('tells a fault of a contact under its field in the case row', () => {
    const { issues } = readRow(cells('12345', 'nobody'), mapping('contact2Phone', 'clientName'), OPTIONS);
    expect(issues).toEqual([
      expect.objectContaining({ code: 'NAME_INCOMPLETE', field: 'clientName', column: 1 }),
      expect.objectContaining({ code: 'PHONE_INVALID', field: 'contact2Phone', column: 0, params: expect.objectContaining({ field: 'Contact 2 phone' }) }),
    ]);
  });

  it('lets the client\'s own columns win over its whole name, and says where they differ', () => {
    const { values, issues } = readRow(cells('Maria Quinn', 'Mary'), mapping('clientName', 'clientFirstName'), OPTIONS);
    expect(told({ values })).toEqual({ clientFirstName: 'Mary', clientLastName: 'Quinn' });
    expect(issues).toEqual([expect.objectContaining({ code: 'PARTS_DIFFER', field: 'clientFirstName', params: { standIn: 'Client name', field: 'Client first name' } })]);
  });

  it.each([
    ['form', 'FORM'],
    ['Live hotline', 'LIVE_HOTLINE'],
    ['SURVEY', 'SURVEY'],
  ])('takes the source %p (FLD-006)', (text, source) => {
    expect(told(readRow(cells(text), mapping('intakeSource'), OPTIONS))).toEqual({ intakeSource: source });
  });

  it.each(['AUTOMATED_HOTLINE', 'Portal', 'Google'])('refuses the source %p (FLD-006)', (text) => {
    const { issues } = readRow(cells(text), mapping('intakeSource'), OPTIONS);
    expect(issues).toEqual([expect.objectContaining({ code: 'SOURCE_NOT_IMPORTABLE', severity: 'ERROR', params: expect.objectContaining({ source: text }) })]);
  });

  it('refuses a role that is none', () => {
    expect(readRow(cells('neighbour of a friend'), mapping('contact1Role'), OPTIONS).issues).toEqual([expect.objectContaining({ code: 'ROLE_UNKNOWN', severity: 'ERROR' })]);
  });

  it('leaves a blank source and a blank role alone', () => {
    expect(readRow(cells('', ''), mapping('intakeSource', 'contact1Role'), OPTIONS)).toMatchObject({ values: [], issues: [] });
  });

  it('says once what the file reader found', () => {
    const found = [{ code: 'TEXT_UNDECODABLE', severity: 'ERROR', column: 0 }] as const;
    const row: Cell[] = [{ text: 'x', invalid: 'TEXT_UNDECODABLE' }];
    expect(readRow(row, mapping('clientPhone'), OPTIONS, found).issues).toHaveLength(1);
    expect(readRow(row, mapping('caseName'), OPTIONS, found).issues).toHaveLength(1);
  });

  it('empties a contact\'s field where blank cells clear, and never its name', () => {
    const { values } = readRow(cells('', ''), mapping('clientCity', 'clientName'), { ...OPTIONS, blankCells: 'CLEAR' });
    expect(values).toEqual([expect.objectContaining({ field: 'clientCity', clear: true })]);
  });

  it('reads the same text as a contact file does', () => {
    const row = cells('Dr. Alan van der Meer Jr.', 'none', '601 123 456', '02134');
    const options = { ...OPTIONS, defaultCountry: 'CZ' };
    const asCase = readRow(row, mapping('clientName', 'clientEmail', 'clientPhone', 'clientZip'), options);
    const asClient = readRow(row, mapping('fullName', 'email', 'phone', 'zip'), { ...options, importType: 'CLIENTS' });
    expect(asCase.values.map((value) => ofPart(value)?.value)).toEqual(asClient.values);
    expect(asCase.issues.map(({ code, column }) => [code, column])).toEqual(asClient.issues.map(({ code, column }) => [code, column]));
  });
});

describe('what a case row lacks (VAL-001, FLD-004)', () => {
  const held = (...fields: string[]) => fields.map((field) => ({ field, text: 'x' }));

  it.each([
    [['caseName', 'clientFirstName'], []],
    [['caseName', 'clientRecordId'], []],
    [['caseName'], ['clientName']],
    [['clientLastName', 'contact1LastName'], ['caseName']],
    [['contact1LastName'], ['caseName', 'clientName']],
  ])('%p lacks %p', (fields, missing) => {
    expect(requiredMissing(held(...fields), 'CASES').map(({ field }) => field)).toEqual(missing);
  });

  it('recommends a phone and an e-mail of the client, of nobody else', () => {
    const fields = recommendedMissing(held('caseName', 'contact1Phone', 'contact1Email'), 'CASES').map(({ field }) => field);
    expect(fields).toEqual(['clientPhone', 'clientEmail']);
    expect(recommendedMissing(held('clientMobilePhone', 'clientWorkEmail'), 'CASES')).toEqual([]);
  });

  it('reads defaults of both kinds (OPT-003)', () => {
    const { values, issues } = readDefaults({ clientName: 'Maria Quinn', intakeSource: 'form', clientPhone: '12', recordId: 'x', contact1Email: 'a@b.org', contact1Role: 'witness' }, OPTIONS);
    expect(Object.fromEntries(values)).toEqual({ clientFirstName: 'Maria', clientLastName: 'Quinn', intakeSource: 'FORM', contact1Role: 'WITNESS' });
    expect(issues.map(({ code, field }) => [code, field])).toEqual([
      ['DEFAULT_INVALID', 'clientPhone'],
      ['DEFAULT_INVALID', 'recordId'],
      ['DEFAULT_INVALID', 'contact1Email'],
    ]);
  });
});
