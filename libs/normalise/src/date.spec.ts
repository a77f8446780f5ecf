import fc from 'fast-check';
import { proveDateOrder, readDate, readDateTime, type DateOrder } from './index.js';

function codes(text: string, order: DateOrder): string[] {
  return readDate(text, order).findings.map((finding) => finding.code);
}

describe('readDate (NRM-030)', () => {
  const accepted: [string, DateOrder, string, string[]][] = [
    ['2024-01-15', 'US', '2024-01-15', []],
    ['2024-01-15', 'EU', '2024-01-15', []],
    ['2024-01-15', 'SERIAL', '2024-01-15', []],
    ['2024/1/5', 'US', '2024-01-05', []],
    ['20240115', 'AUTOMATIC', '2024-01-15', []],
    ['01/15/2024', 'US', '2024-01-15', []],
    ['01/15/2024', 'AUTOMATIC', '2024-01-15', []],
    ['15/01/2024', 'EU', '2024-01-15', []],
    ['15/01/2024', 'AUTOMATIC', '2024-01-15', []],
    ['05/05/2024', 'AUTOMATIC', '2024-05-05', []],
    ['15 Jan 2024', 'US', '2024-01-15', []],
    ['Jan 15, 2024', 'EU', '2024-01-15', []],
    ['January 15th, 2024', 'EU', '2024-01-15', []],
    ['Monday, January 15, 2024', 'EU', '2024-01-15', []],
    ['15-Jan-2024', 'US', '2024-01-15', []],
    ['15. Januar 2024', 'US', '2024-01-15', []],
    ['15 de enero de 2024', 'US', '2024-01-15', []],
    ['15 février 2024', 'US', '2024-02-15', []],
    ['15.01.2024', 'US', '2024-01-15', []],
    ['03/04/24', 'US', '2024-03-04', ['DATE_TWO_DIGIT_YEAR']],
    ['03/04/24', 'EU', '2024-04-03', ['DATE_TWO_DIGIT_YEAR']],
    ['03/04/49', 'EU', '2049-04-03', ['DATE_TWO_DIGIT_YEAR']],
    ['03/04/50', 'EU', '1950-04-03', ['DATE_TWO_DIGIT_YEAR']],
    ['2024-01-15 10:30:00', 'ISO', '2024-01-15', ['DATE_TIME_DROPPED']],
    ['2024-01-15T10:30Z', 'ISO', '2024-01-15', ['DATE_TIME_DROPPED']],
    ['01/15/2024 3:05 PM', 'US', '2024-01-15', ['DATE_TIME_DROPPED']],
    ['2024-01-15 00:00:00', 'ISO', '2024-01-15', []],
    ['2024-02-29', 'ISO', '2024-02-29', []],
    ['45306', 'SERIAL', '2024-01-15', []],
    ['1', 'ISO', '', ['DATE_INVALID']],
    ['61', 'SERIAL', '', ['DATE_INVALID']],
  ];

  it.each(accepted)('reads %p as %s', (text, order, value, expected) => {
    expect(readDate(text, order).value).toBe(value === '' ? undefined : value);
    expect(codes(text, order)).toEqual(expected);
  });

  const refused: [string, DateOrder, string][] = [
    ['31/02/2024', 'EU', 'DATE_INVALID'],
    ['31/02/2024', 'AUTOMATIC', 'DATE_INVALID'],
    ['2023-02-29', 'ISO', 'DATE_INVALID'],
    ['15/01/2024', 'US', 'DATE_INVALID'],
    ['01/15/2024', 'EU', 'DATE_INVALID'],
    ['01/15/2024', 'ISO', 'DATE_INVALID'],
    ['03/04/2024', 'AUTOMATIC', 'DATE_INVALID'],
    ['13/04/24', 'AUTOMATIC', 'DATE_INVALID'],
    ['15/01/2024', 'PROVEN_US', 'DATE_ORDER_MIXED'],
    ['01/15/2024', 'PROVEN_EU', 'DATE_ORDER_MIXED'],
    ['32/13/2024', 'PROVEN_EU', 'DATE_INVALID'],
    ['45306', 'ISO', 'DATE_LOOKS_LIKE_SERIAL'],
    ['45306', 'AUTOMATIC', 'DATE_LOOKS_LIKE_SERIAL'],
    ['2024', 'AUTOMATIC', 'DATE_INVALID'],
    ['Jan 2024', 'AUTOMATIC', 'DATE_INVALID'],
    ['01-15/2024', 'US', 'DATE_INVALID'],
    ['0000-00-00', 'ISO', 'DATE_INVALID'],
    ['2024-01-15 25:00', 'ISO', 'DATE_INVALID'],
    ['someday', 'ISO', 'DATE_INVALID'],
    ['n/a', 'ISO', 'VALUE_PLACEHOLDER'],
  ];

  it.each(refused)('refuses %p in a column that is %s with %s', (text, order, code) => {
    expect(readDate(text, order).value).toBeUndefined();
    expect(codes(text, order)).toEqual([code]);
  });

  it('names the order that would fit', () => {
    expect(readDate('15/01/2024', 'US').findings[0]?.suggestion).toBe('2024-01-15');
    expect(readDate('45306', 'ISO').findings[0]?.suggestion).toBe('2024-01-15');
  });

  it('takes 100 years off a birth date in the future', () => {
    expect(readDate('03/04/30', 'US', { lastDay: '2024-06-01' }).value).toBe('1930-03-04');
    expect(readDate('03/04/24', 'US', { lastDay: '2024-06-01' }).value).toBe('2024-03-04');
    expect(readDate('07/04/24', 'US', { lastDay: '2024-06-01' }).value).toBe('1924-07-04');
  });

  it('is idempotent for any order (NRM-031)', () => {
    const orders = fc.constantFrom<DateOrder>('AUTOMATIC', 'ISO', 'US', 'EU', 'SERIAL', 'PROVEN_US', 'PROVEN_EU');
    const parts = fc.tuple(fc.nat(40), fc.constantFrom('/', '-', '.', ' '), fc.nat(40), fc.nat(9999));
    const texts = fc.oneof(
      parts.map(([a, mark, b, year]) => `${a}${mark}${b}${mark}${year}`),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, orders, orders, (text, order, again) => {
        const { value } = readDate(text, order);
        if (value !== undefined) expect(readDate(value, again)).toEqual({ value, findings: [] });
      }),
    );
  });
});

describe('readDateTime (NRM-030)', () => {
  const accepted: [string, string, string, string[]][] = [
    ['2024-01-15T10:30Z', 'America/Denver', '2024-01-15T10:30:00Z', []],
    ['2024-01-15 10:30:00', 'America/Denver', '2024-01-15T17:30:00Z', []],
    ['2024-07-15 10:30:00', 'America/Denver', '2024-07-15T16:30:00Z', []],
    ['2024-01-15T10:30:00+02:00', 'America/Denver', '2024-01-15T08:30:00Z', []],
    ['2024-01-15 10:30:00.250 PM', 'Etc/UTC', '2024-01-15T22:30:00.250Z', []],
    ['2024-01-15', 'America/Denver', '2024-01-15', []],
    ['2024-03-10 02:30', 'America/New_York', '2024-03-10T07:00:00Z', ['TIME_DST_ADJUSTED']],
    ['2024-11-03 01:30', 'America/New_York', '2024-11-03T05:30:00Z', ['TIME_DST_ADJUSTED']],
    ['2024-03-31 02:15', 'Europe/Prague', '2024-03-31T01:00:00Z', ['TIME_DST_ADJUSTED']],
    ['2024-10-27 02:15', 'Europe/Prague', '2024-10-27T00:15:00Z', ['TIME_DST_ADJUSTED']],
  ];

  it.each(accepted)('reads %p in %s', (text, zone, value, expected) => {
    const reading = readDateTime(text, 'ISO', zone);
    expect(reading.value).toBe(value);
    expect(reading.findings.map((finding) => finding.code)).toEqual(expected);
    expect(readDateTime(value, 'US', 'Asia/Tokyo')).toEqual({ value, findings: [] });
  });

  it('is an error in a zone that does not exist', () => {
    expect(readDateTime('2024-01-15 10:30', 'ISO', 'Mars/Olympus').value).toBeUndefined();
  });
});

describe('proveDateOrder (NRM-030, OPT-002)', () => {
  const columns: [string[], string, DateOrder][] = [
    [['03/04/2024', '05/06/2024'], 'UNPROVEN', 'AUTOMATIC'],
    [['03/04/2024', '25/04/2024'], 'PROVEN', 'PROVEN_EU'],
    [['03/04/2024', '04/25/2024'], 'PROVEN', 'PROVEN_US'],
    [['25/04/2024', '04/25/2024'], 'MIXED', 'PROVEN_EU'],
    [['25/04/2024', '04/25/2024', '04/26/2024'], 'MIXED', 'PROVEN_US'],
    [['25/04/2024', '04/25/2024', '03/04/2024'], 'UNPROVEN', 'AUTOMATIC'],
    [['2024-01-15', '15.01.2024', '15 Jan 2024', '', 'n/a'], 'NOT_NEEDED', 'AUTOMATIC'],
    [['25.04.2024', '03/04/2024'], 'UNPROVEN', 'AUTOMATIC'],
    [['05/05/2024'], 'NOT_NEEDED', 'AUTOMATIC'],
    [['99/99/2024', '45/01/2024'], 'NOT_NEEDED', 'AUTOMATIC'],
  ];

  it.each(columns)('%j is %s', (cells, verdict, order) => {
    expect(proveDateOrder(cells)).toMatchObject({ verdict, order });
  });

  it('makes every cell of a proven column readable', () => {
    const cells = ['03/04/2024', '25/04/2024', '12/11/2023'];
    const { order } = proveDateOrder(cells);
    expect(cells.map((cell) => readDate(cell, order).value)).toEqual(['2024-04-03', '2024-04-25', '2023-11-12']);
  });

  it('fails only the minority of a mixed column', () => {
    const { order } = proveDateOrder(['25/04/2024', '26/04/2024', '04/25/2024']);
    expect(codes('25/04/2024', order)).toEqual([]);
    expect(codes('04/25/2024', order)).toEqual(['DATE_ORDER_MIXED']);
  });
});
