import { options } from '../import/import-history.fixture.js';
import { checkDateFormats, chosen, planReadiness, proposeMapping, readMapping, retryColumns, type MappedColumn } from './mapping.js';

function columns(...headers: (string | [string, Partial<MappedColumn>])[]): MappedColumn[] {
  return headers.map((header, column) => {
    const [name, rest] = typeof header === 'string' ? [header, {}] : header;
    return { column, header: name, filled: 10, likelyType: 'TEXT', dateOrder: '', ...rest };
  });
}

describe('proposals (MAP-001, MAP-002)', () => {
  it('take labels, keys and known wordings, with their reason', () => {
    const proposals = proposeMapping(columns('First name', 'lastName', 'E-mail Address', 'Cell', 'Favourite colour'), 'CLIENTS');
    expect(proposals.map(({ target }) => target)).toEqual(['firstName', 'lastName', 'email', 'mobilePhone', '']);
    expect(proposals[0]).toMatchObject({ confidence: 1, reason: 'same as label' });
    expect(chosen(proposals)).toHaveLength(4);
  });

  it('give a target to one column only', () => {
    const proposals = proposeMapping(columns('E-mail Address', 'Email'), 'CLIENTS');
    expect(proposals.map(({ target }) => target)).toEqual(['', 'email']);
  });

  it('a name contradicted by the cells is shown and not chosen', () => {
    const proposals = proposeMapping(columns(['Email', { likelyType: 'PHONE' }]), 'CLIENTS');
    expect(proposals[0]).toMatchObject({ target: 'email', confidence: 0.7 });
    expect(chosen(proposals)).toEqual([]);
  });

  it('MAP-010 leave out what is never importable, and LED-007 the columns of a failed file', () => {
    const proposals = proposeMapping(columns('_import', '_row', '_error', 'Case ID', '__proto__'), 'CLIENTS');
    expect(proposals.every(({ target }) => target === '')).toBe(true);
    expect(proposals.slice(0, 4).every(({ notImportable }) => notImportable !== '')).toBe(true);
    expect(retryColumns(['Name', '_row', '_import'])).toEqual({ importColumn: 2, rowColumn: 1 });
    expect(retryColumns(['_import', 'Name'])).toBeUndefined();
  });
});

describe('a mapping by hand (MAP-003)', () => {
  it('is taken with its columns in order, without those left out', () => {
    const given = [{ column: 2, target: 'email' }, { column: 0, target: 'fullName' }, { column: 1, target: '' }];
    expect(readMapping(given, 3, 'CLIENTS')).toEqual([{ column: 0, target: 'fullName' }, { column: 2, target: 'email' }]);
  });

  it('feeds a target with several values from several columns, another from one', () => {
    expect(readMapping([{ column: 0, target: 'otherPhone' }, { column: 1, target: 'otherPhone' }], 2, 'CLIENTS')).toHaveLength(2);
    expect(() => readMapping([{ column: 0, target: 'city' }, { column: 1, target: 'city' }], 2, 'CLIENTS')).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_VALUE' }),
    );
  });

  it('names every fault at once', () => {
    const given = [{ column: 9, target: 'city' }, { column: 0, target: '__proto__' }, { column: 0, target: 'city' }];
    expect(() => readMapping(given, 2, 'CLIENTS')).toThrow(
      expect.objectContaining({ details: [expect.anything(), expect.anything(), expect.anything()] }),
    );
  });
});

describe('whether a plan can be made (MAP-006, MAP-007, OPT-002)', () => {
  const ready = (mapping: [number, string][], of: MappedColumn[], with_ = options) =>
    planReadiness(mapping.map(([column, target]) => ({ column, target })), with_, of, 'CLIENTS');

  it('needs the name in one of its forms', () => {
    const of = columns('A', 'B');
    expect(ready([[0, 'lastName']], of).faults).toMatchObject([{ field: 'firstName', code: 'MAPPING_REQUIRED_MISSING' }]);
    expect(ready([[0, 'lastName'], [1, 'firstName']], of).faults).toEqual([]);
    expect(ready([[0, 'fullName']], of).faults).toEqual([]);
    expect(ready([[0, 'companyName']], of).faults).toEqual([]);
  });

  it('takes a default instead of a column, and an update file without names', () => {
    const of = columns('A');
    expect(ready([[0, 'firstName']], of, { ...options, defaults: { lastName: 'Unknown' } }).faults).toEqual([]);
    expect(ready([[0, 'recordId']], of).faults).toEqual([]);
    expect(ready([[0, 'externalId']], of).faults).toEqual([]);
  });

  it('warns of a recommended field without a column', () => {
    const codes = (mapping: [number, string][]) => ready(mapping, columns('A', 'B', 'C')).warnings.map(({ field }) => field);
    expect(codes([[0, 'fullName']])).toEqual(['phone', 'email']);
    expect(codes([[0, 'fullName'], [1, 'mobilePhone'], [2, 'email']])).toEqual([]);
  });

  it('names every column that holds data and is not imported', () => {
    const of = columns('Name', 'Shoe size', ['Empty', { filled: 0 }], '_error');
    expect(ready([[0, 'fullName']], of).ignoredColumns).toEqual(['Shoe size']);
  });

  it('asks for an order that the whole column does not show', () => {
    const of = columns('Name', ['Born', { likelyType: 'DATE', dateOrder: 'UNPROVEN' }]);
    const mapping: [number, string][] = [[0, 'fullName'], [1, 'dateOfBirth']];
    expect(ready(mapping, of).faults).toEqual([{ field: 'dateFormat.1', code: 'DATE_ORDER_UNPROVEN', params: { column: 'Born' } }]);
    expect(ready(mapping, of, { ...options, dateFormat: { '1': 'EU' } }).dateOrders).toEqual({ 1: 'EU' });
    expect(ready(mapping, of, { ...options, dateFormat: { '*': 'US' } }).dateOrders).toEqual({ 1: 'US' });
    expect(ready([[0, 'fullName']], of).faults).toEqual([]);
  });

  it('refuses a format of what is no column, and one that does not exist', () => {
    const refused = (message: string) => expect.objectContaining({ code: 'VALUE_NOT_ALLOWED', message });
    expect(() => checkDateFormats({ x: 'US' }, 2)).toThrow(refused('x is not an allowed column.'));
    expect(() => checkDateFormats({ '2': 'US' }, 2)).toThrow(refused('2 is not an allowed column.'));
    expect(() => checkDateFormats({ '1': 'DMY' }, 2)).toThrow(refused('DMY is not an allowed date format.'));
    expect(() => checkDateFormats({ '1': 'EU', '*': 'ISO' }, 2)).not.toThrow();
  });

  it('takes the order that the column proves', () => {
    const of = columns('Name', ['Born', { likelyType: 'DATE', dateOrder: 'PROVEN_EU' }], ['Opened', { likelyType: 'DATE', dateOrder: 'MIXED_US' }]);
    const { dateOrders } = ready([[0, 'fullName'], [1, 'dateOfBirth'], [2, 'originalCreatedAt']], of);
    expect(dateOrders).toEqual({ 1: 'PROVEN_EU', 2: 'PROVEN_US' });
  });
});
