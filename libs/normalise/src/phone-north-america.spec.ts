import fc from 'fast-check';
import metadata from 'libphonenumber-js/max/metadata';
import { readNorthAmerican } from './phone-north-america.js';
import { readByLibrary } from './phone.js';

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));

/** Area codes in use, toll-free, premium, islands and government are as likely as any three digits. */
const area = fc.oneof(
  digits(3),
  fc.constantFrom('415', '212', '613', '268', '876', '787', '340', '684', '800', '900', '500', '523', '524', '710', '600', '242', '305'),
);
const dress = fc.constantFrom('AOL', 'A-O-L', 'A.O.L', 'A O L', '(A) O-L', '(A)O-L', '+1AOL', '+1 A O L', '+1 (A) O-L', '1-A-O-L', '1AOL', '1 A O L', '+AOL', '+-A-O-L', 'A-O L', '1(A)O.L');

describe('readNorthAmerican', () => {
  it('reads a plain number as the library does, or leaves it alone', () => {
    fc.assert(
      fc.property(area, digits(3), digits(4), dress, fc.constantFrom('US', 'CA', 'AG', 'GB', 'DE', 'VI', ''), (a, office, line, shape, country) => {
        const text = shape.replace('A', a).replace('O', office).replace('L', line);
        const plain = readNorthAmerican(text, country);
        if (plain !== undefined) expect(plain).toEqual(readByLibrary(text, country));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['4155550132', '415-555-0132', '415.555.0132', '(415) 555-0132', '(415)555-0132', '+14155550132', '+1 415 555 0132', '1-415-555-0132'])(
    'takes %s without the library',
    (text) => {
      expect(readNorthAmerican(text, 'US')).toEqual({ value: ['+14155550132'], findings: [] });
    },
  );

  it.each(['4155550132 x2', '415-555-0132 / 646-555-0188', ' 415 555 0132', '1155550132', '+4155550132', '+41 55 550 01 32', 'none', ''])(
    'leaves %p to the library',
    (text) => {
      expect(readNorthAmerican(text, 'US')).toBeUndefined();
    },
  );

  it('reads ten digits alone only where they are a number of the plan', () => {
    expect(readNorthAmerican('4155550132', 'GB')).toBeUndefined();
    expect(readNorthAmerican('+14155550132', 'GB')?.value).toEqual(['+14155550132']);
  });

  it('may decide by seven digits: no pattern of the plan looks at the last three', () => {
    const patterns = (metadata.country_calling_codes['1'] ?? []).flatMap((country) => textsOf(metadata.countries[country]).filter(isOfTenDigits));
    expect(patterns.length).toBeGreaterThan(50);
    expect(patterns.flatMap(alternatives).filter((pattern) => !/\\d\{([3-9]|10)\}$/.test(pattern))).toEqual([]);
  });
});

/** Every text anywhere in a country's plan. */
function textsOf(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  return Array.isArray(part) ? part.flatMap(textsOf) : [];
}

function isOfTenDigits(text: string): boolean {
  return /\\d\{\d+\}$/.test(text) && !text.startsWith('(\\d') && !text.startsWith('([');
}

/** The alternatives at the top of a pattern, brackets left whole. */
function alternatives(pattern: string): string[] {
  const found = [''];
  let depth = 0;
  for (const character of pattern) {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character === '|' && depth === 0) found.push('');
    else found.push((found.pop() ?? '') + character);
  }
  return found.filter((each) => each !== '3\\d{6}');
}
