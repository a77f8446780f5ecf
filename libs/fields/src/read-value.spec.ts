import fc from 'fast-check';
import { clientFields, fieldByKey, isInvalid, readValue, type ReadOptions, type ValueContext } from './index.js';

const OPTIONS: ReadOptions = {
  importType: 'CLIENTS',
  defaultCountry: 'US',
  dateOrders: {},
  blankCells: 'KEEP',
  invalidOptionalValue: 'FAIL',
  nameCase: 'KEEP',
  singleName: 'FAIL',
  couples: 'KEEP',
  importDay: '2024-06-01',
  timeZone: 'America/Denver',
};

function read(
  key: string,
  text: string,
  options: Partial<ReadOptions> = {},
  context?: ValueContext,
): { texts: string[]; codes: string[] } {
  const field = fieldByKey(key);
  if (field === undefined) throw new Error(`There is no field ${key}`);
  const { values, findings } = readValue(field, text, { ...OPTIONS, ...options }, context);
  return { texts: values.map((value) => value.text), codes: findings.map((finding) => finding.code) };
}

describe('readValue (FLD-001, VAL-006)', () => {
  const accepted: [key: string, text: string, stored: string[]][] = [
    ['contactType', 'business', ['BUSINESS']],
    ['contactType', 'Company', ['BUSINESS']],
    ['contactType', 'Person', ['INDIVIDUAL']],
    ['status', 'active', ['ACTIVE']],
    ['preferredContactMethod', 'Text message', ['SMS']],
    ['smsOptIn', 'Yes', ['YES']],
    ['smsOptIn', '1', ['YES']],
    ['smsOptIn', 'x', ['YES']],
    ['emailOptIn', 'FALSE', ['NO']],
    ['callOptIn', 'nein', ['NO']],
    ['callOptIn', 'unknown', ['UNKNOWN']],
    ['timeZone', 'America/New_York', ['America/New_York']],
    ['language', 'English', ['en']],
    ['language', 'Español', ['es']],
    ['language', 'pt_br', ['pt-BR']],
    ['language', 'zh-Hant-TW', ['zh-Hant-TW']],
    ['website', 'kestrel.net/about', ['https://kestrel.net/about']],
    ['website', 'müller-post.de', ['https://müller-post.de']],
    ['website', 'http://kestrel.net', ['http://kestrel.net']],
    ['tags', 'VIP; referral ;vip', ['VIP', 'referral']],
    ['tags', 'one ::: two', ['one', 'two']],
    ['satisfactionScore', '5', ['5']],
    ['satisfactionScore', '4.0', ['4']],
    ['country', 'United Kingdom', ['GB']],
    ['state', 'Oregon', ['OR']],
    ['state', 'Bayern', ['Bayern']],
    ['zip', '02134', ['02134']],
    ['dateOfBirth', '1900-01-01', ['1900-01-01']],
    ['dateOfBirth', '2024-06-01', ['2024-06-01']],
    ['originalCreatedAt', '2019-05-01', ['2019-05-01']],
    ['originalCreatedAt', '2019-05-01 08:00', ['2019-05-01T14:00:00Z']],
    ['recordId', '0190F1C2-7A10-7ABC-8DEF-0123456789AB', ['0190f1c2-7a10-7abc-8def-0123456789ab']],
    ['lastName', 'Null', ['Null']],
    ['lastName', 'Test', ['Test']],
    ['city', 'None', ['None']],
    ['source', ' Radio \u00a0', ['Radio']],
    ['street', '9 Elm St\nRear', ['9 Elm St\nRear']],
    ['externalId', '000123', ['000123']],
    ['externalId', '12E4', ['12E4']],
    ['nickname', '', []],
    ['nickname', '\u200b \u00a0', []],
  ];

  it.each(accepted)('%s takes %p', (key, text, stored) => {
    expect(read(key, text)).toEqual({ texts: stored, codes: [] });
  });

  const refused: [key: string, text: string, code: string][] = [
    ['firstName', 'n/a', 'NAME_PLACEHOLDER'],
    ['lastName', '-', 'NAME_PLACEHOLDER'],
    ['lastName', 'unknown', 'NAME_PLACEHOLDER'],
    ['lastName', 'x'.repeat(101), 'TEXT_TOO_LONG'],
    ['prefix', 'x'.repeat(21), 'TEXT_TOO_LONG'],
    ['fullName', 'x'.repeat(301), 'TEXT_TOO_LONG'],
    ['street', 'x'.repeat(201), 'TEXT_TOO_LONG'],
    ['fullAddress', 'x'.repeat(501), 'TEXT_TOO_LONG'],
    ['tags', 'x'.repeat(51), 'TEXT_TOO_LONG'],
    ['status', 'sleeping', 'VALUE_NOT_ALLOWED'],
    ['smsOptIn', 'perhaps', 'VALUE_NOT_ALLOWED'],
    ['timeZone', 'Mars/Olympus', 'VALUE_NOT_ALLOWED'],
    ['timeZone', 'Eastern', 'VALUE_NOT_ALLOWED'],
    ['language', 'Klingonese', 'VALUE_NOT_ALLOWED'],
    ['language', 'qq', 'VALUE_NOT_ALLOWED'],
    ['website', 'not a page', 'URL_INVALID'],
    ['website', 'javascript:alert(1)', 'URL_INVALID'],
    ['website', 'https://user:word@kestrel.net', 'URL_INVALID'],
    ['website', 'localhost', 'URL_INVALID'],
    ['satisfactionScore', '6', 'NUMBER_OUT_OF_RANGE'],
    ['satisfactionScore', '0', 'NUMBER_OUT_OF_RANGE'],
    ['satisfactionScore', '4.5', 'NUMBER_INVALID'],
    ['satisfactionScore', 'five', 'NUMBER_INVALID'],
    ['country', 'Atlantis', 'COUNTRY_UNKNOWN'],
    ['dateOfBirth', '1899-12-31', 'DATE_OUT_OF_RANGE'],
    ['dateOfBirth', '2024-06-02', 'DATE_OUT_OF_RANGE'],
    ['dateOfBirth', '03/04/1980', 'DATE_INVALID'],
    ['originalCreatedAt', '45306', 'DATE_LOOKS_LIKE_SERIAL'],
    ['recordId', '17', 'RECORD_NOT_FOUND'],
    ['phone', '4.15555E+09', 'SCIENTIFIC_NOTATION'],
    ['externalId', '1.23457E+11', 'SCIENTIFIC_NOTATION'],
  ];

  it.each(refused)('%s refuses %.30p with %s', (key, text, code) => {
    expect(read(key, text)).toEqual({ texts: [], codes: [code] });
  });

  it.each([
    'nickname',
    'city',
    'dateOfBirth',
    'status',
    'language',
    'website',
    'tags',
    'email',
    'phone',
    'fullAddress',
    'satisfactionScore',
  ])('%s takes n/a for blank, and says so', (key) => {
    expect(read(key, 'n/a')).toEqual({ texts: [], codes: ['VALUE_PLACEHOLDER'] });
  });

  it('counts characters as people do: a limit of 20 holds 20 emoji', () => {
    expect(read('prefix', '😀'.repeat(20)).codes).toEqual([]);
    expect(read('prefix', '😀'.repeat(21)).codes).toEqual(['TEXT_TOO_LONG']);
  });

  it('reads a birth date of two digits in the past', () => {
    expect(read('dateOfBirth', '07/04/30', {}, { dateOrder: 'US' }).texts).toEqual(['1930-07-04']);
  });

  it('refuses reserved domains only where deliverability counts (NRM-021)', () => {
    expect(read('email', 'x@example.com')).toEqual({ texts: ['x@example.com'], codes: [] });
    expect(read('email', 'x@example.com', { checkDeliverability: true })).toEqual({
      texts: [],
      codes: ['EMAIL_UNDELIVERABLE'],
    });
  });

  it('takes an address with accents the ten-thousandth time as the first', () => {
    for (let n = 0; n < 20_000; n += 1) {
      if (read('website', 'é.com').texts.length !== 1) throw new Error(`Refused the ${n}th time`);
    }
  });

  it('leaves placeholders out of a list of tags, and says so', () => {
    expect(read('tags', 'VIP; n/a; -')).toEqual({ texts: ['VIP'], codes: ['VALUE_PLACEHOLDER', 'VALUE_PLACEHOLDER'] });
  });

  it('suggests the nearest allowed value', () => {
    const status = fieldByKey('status');
    if (status === undefined) throw new Error('There is no field status');
    expect(readValue(status, 'Pendng', OPTIONS).findings[0]?.suggestion).toBe('PENDING');
    expect(readValue(status, 'zzz', OPTIONS).findings[0]?.suggestion).toBeUndefined();
  });

  it('names the field in what it says', () => {
    const score = fieldByKey('satisfactionScore');
    if (score === undefined) throw new Error('There is no field satisfactionScore');
    expect(readValue(score, '9', OPTIONS).findings).toEqual([
      { code: 'NUMBER_OUT_OF_RANGE', params: { field: 'Satisfaction score', text: '9', min: 1, max: 5 } },
    ]);
  });
});

describe('reading what was stored changes nothing (NRM-031)', () => {
  const samples = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'Yes',
      '1',
      'Oregon',
      'h2t2n4',
      'kestrel.net',
      'English',
      '2019-05-01 08:00',
      '15 Jan 1990',
      'a; b;c',
      '(415) 555-0132 x9',
      'Ana@Kestrel-Mail.NET',
      "O'NEIL",
      'n/a',
    ),
  );

  it.each(
    clientFields()
      .filter((field) => field.standsInFor === undefined)
      .map((field) => [field.key, field] as const),
  )('for %s', (_, field) => {
    fc.assert(
      fc.property(samples, fc.constantFrom('KEEP' as const, 'FIX' as const), (text, nameCase) => {
        const options = { ...OPTIONS, nameCase };
        const once = readValue(field, text, options);
        if (isInvalid(once)) return;
        for (const value of once.values) {
          const again = readValue(field, value.text, options);
          expect(again.values).toEqual([value]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('stays quick for long and hostile texts', () => {
    const started = performance.now();
    for (const text of [
      ' '.repeat(100_000),
      '1'.repeat(100_000),
      'a@'.repeat(50_000),
      '<'.repeat(100_000),
      '-/'.repeat(50_000),
      `${' '.repeat(99_999)}x`,
    ]) {
      for (const field of clientFields()) readValue(field, text, OPTIONS);
    }
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
