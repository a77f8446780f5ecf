import fc from 'fast-check';
import { formatPhone, readPhones, splitExtension } from './index.js';

function codes(text: string, country = 'US'): string[] {
  return readPhones(text, country).findings.map((finding) => finding.code);
}

describe('readPhones (NRM-025, NRM-026)', () => {
  it.each(['5551234567', '555-123-4567', '555.123.4567', '(555) 123-4567', '+15551234567', '1 555 123 4567'])(
    'reads %s, whose range is not in use',
    (text) => {
      expect(readPhones(text, 'US')).toEqual({
        value: ['+15551234567'],
        findings: [{ code: 'PHONE_NOT_ASSIGNED', params: { number: '+15551234567' } }],
      });
    },
  );

  const accepted: [string, string, string[]][] = [
    ['(415) 555-0132 x204', 'US', ['+14155550132;ext=204']],
    ['(415) 555-0132, ext. 204', 'US', ['+14155550132;ext=204']],
    ['415-555-0132 extension 204', 'US', ['+14155550132;ext=204']],
    ['415-555-0132x204', 'US', ['+14155550132;ext=204']],
    ['415-555-0132 #204', 'US', ['+14155550132;ext=204']],
    ['011 44 161 496 0123', 'US', ['+441614960123']],
    ['+44 (0)161 496 0123', 'US', ['+441614960123']],
    ['0161 496 0123', 'GB', ['+441614960123']],
    ['601 123 456', 'CZ', ['+420601123456']],
    ['646 555 0188 / 646 555 0190', 'US', ['+16465550188', '+16465550190']],
    ['646 555 0188; 646 555 0190', 'US', ['+16465550188', '+16465550190']],
    ['646 555 0188 or 646 555 0188', 'US', ['+16465550188']],
    ['4155550132.0', 'US', ['+14155550132']],
    ['\u00a0+1 415 555 0132\u200b', 'US', ['+14155550132']],
    ['030/901820', 'DE', ['+4930901820']],
    ['613-555-0114', 'CA', ['+16135550114']],
    ['', 'US', []],
  ];

  it.each(accepted)('reads %p in %s', (text, country, numbers) => {
    expect(readPhones(text, country).value).toEqual(numbers);
  });

  it('says that a cell held several numbers', () => {
    expect(codes('646 555 0188 / 646 555 0190')).toContain('CELL_SPLIT');
  });

  it.each([
    '555-0147',
    '12345',
    '1-800-LAWYERS',
    '0000000000',
    '1234567890',
    'call me',
    '+1',
    '15/01/2024',
    '415-555-0132 (Bob)',
    '9'.repeat(50_000),
  ])('refuses %.40p', (text) => {
    expect(readPhones(text, 'US').value).toEqual([]);
    expect(codes(text)).toEqual(['PHONE_INVALID']);
  });

  it('names the damage of a spreadsheet', () => {
    expect(codes('4.15555E+09')).toEqual(['SCIENTIFIC_NOTATION']);
    expect(codes('4,15555E+09')).toEqual(['SCIENTIFIC_NOTATION']);
  });

  it('asks for the country instead of assuming it', () => {
    expect(readPhones('442079460958', 'US')).toEqual({
      value: [],
      findings: [{ code: 'PHONE_COUNTRY_UNCLEAR', params: { text: '442079460958' }, suggestion: '+442079460958' }],
    });
  });

  it.each(['none', 'n/a', '-', 'No phone'])('takes %p for blank, and says so', (text) => {
    expect(readPhones(text, 'US').value).toEqual([]);
    expect(codes(text)).toEqual(['VALUE_PLACEHOLDER']);
  });

  it('keeps nothing of a cell in which one number is wrong', () => {
    expect(readPhones('646 555 0188 / 12345', 'US').value).toEqual([]);
  });

  it('is idempotent: a stored number reads as itself, in every country (NRM-031)', () => {
    const numbers = fc.tuple(
      fc.constantFrom('+1415555', '+1212555', '+44161496', '+420601123', '+4930901'),
      fc.integer({ min: 0, max: 9999 }),
      fc.option(fc.integer({ min: 1, max: 99_999 }), { nil: undefined }),
    );
    fc.assert(
      fc.property(numbers, fc.constantFrom('US', 'GB', 'CZ', 'DE'), ([start, end, extension], country) => {
        const text = `${start}${String(end).padStart(4, '0')}${extension === undefined ? '' : `;ext=${extension}`}`;
        const once = readPhones(text, country).value;
        for (const number of once) expect(readPhones(number, country).value).toEqual([number]);
        if (once.length > 0) expect(once).toEqual([text]);
      }),
    );
  });

  it('never throws, and what it returns reads as itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const number of readPhones(text, 'US').value) expect(readPhones(number, 'US').value).toEqual([number]);
      }),
    );
  });
});

describe('formatPhone', () => {
  it('shows the national form at home and the international one elsewhere', () => {
    expect(formatPhone('+14155550132;ext=204', 'US')).toBe('(415) 555-0132 ext. 204');
    expect(formatPhone('+441614960123', 'US')).toBe('+44 161 496 0123');
  });

  it('is read back as the same number', () => {
    expect(readPhones(formatPhone('+14155550132;ext=204', 'US'), 'US').value).toEqual(['+14155550132;ext=204']);
  });

  it('tells number and extension apart', () => {
    expect(splitExtension('+14155550132;ext=204')).toEqual({ number: '+14155550132', extension: '204' });
    expect(splitExtension('+14155550132')).toEqual({ number: '+14155550132' });
  });
});
