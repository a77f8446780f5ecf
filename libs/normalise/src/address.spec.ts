import fc from 'fast-check';
import { countryCode, formatAddress, readAddress, readZip, stateCode, type Address } from './index.js';

function address(street: string, unit: string, city: string, state: string, zip: string, country: string): Address {
  return { street, unit, city, state, zip, country };
}

describe('readAddress (NRM-010)', () => {
  const split: [string, Address][] = [
    ['1420 Alder Ct Apt 3B, Eugene, OR 97401', address('1420 Alder Ct', 'Apt 3B', 'Eugene', 'OR', '97401', 'US')],
    ['500 W 2nd St Ste 1900 Austin TX 78701', address('500 W 2nd St', 'Ste 1900', 'Austin', 'TX', '78701', 'US')],
    ['PO Box 918, Juneau, Alaska 99801-0918', address('PO Box 918', '', 'Juneau', 'AK', '99801-0918', 'US')],
    ['77 Rue Laurier O, Montréal, QC h2t2n4', address('77 Rue Laurier O', '', 'Montréal', 'QC', 'H2T 2N4', 'CA')],
    ['12 Mill Lane\nBristol\nBS1 4QD\nUnited Kingdom', address('12 Mill Lane', '', 'Bristol', '', 'BS1 4QD', 'GB')],
    ['12 Mill Lane, Bristol BS1 4QD, UK', address('12 Mill Lane', '', 'Bristol', '', 'BS1 4QD', 'GB')],
    ['1420 Alder Ct, Apt 3B, Eugene, OR 97401, USA', address('1420 Alder Ct', 'Apt 3B', 'Eugene', 'OR', '97401', 'US')],
    ['1420 Alder Ct #3, Eugene, OR, 97401', address('1420 Alder Ct', '#3', 'Eugene', 'OR', '97401', 'US')],
    ['1420 Alder Ct\r\nEugene, OR 97401 USA', address('1420 Alder Ct', '', 'Eugene', 'OR', '97401', 'US')],
    ['9 Elm St, Fresno, CA 93650', address('9 Elm St', '', 'Fresno', 'CA', '93650', 'US')],
    ['9 Elm St, New York, New York 10001', address('9 Elm St', '', 'New York', 'NY', '10001', 'US')],
    ['9 Elm St, Washington DC 20001', address('9 Elm St', '', 'Washington', 'DC', '20001', 'US')],
    ['9 Elm St, Wheeling, West Virginia 26003', address('9 Elm St', '', 'Wheeling', 'WV', '26003', 'US')],
    ['9 Elm St, Eugene, Oregon', address('9 Elm St', '', 'Eugene', 'OR', '', 'US')],
    ['PO Box 918 Juneau AK 99801', address('PO Box 918', '', 'Juneau', 'AK', '99801', 'US')],
    ['Lindenweg 5, 10115 Berlin, Germany', address('Lindenweg 5', '', 'Berlin', '', '10115', 'DE')],
  ];

  it.each(split)('splits %p', (text, parts) => {
    expect(readAddress(text, 'US')).toEqual({ value: parts, findings: [] });
  });

  it.each(split)('reads what it shows of %p as the same parts (NRM-031)', (_, parts) => {
    expect(readAddress(formatAddress(parts), 'US').value).toEqual(parts);
  });

  it.each([
    'behind the old mill, ask for Pete',
    'Attn: Pete Ames, Ridgeline Paving, 9 Elm St, Eugene, OR 97401',
    '9 Elm St Main St Eugene OR 97401',
    '9 Elm St South San Francisco CA 94080',
    '9 Elm Loop Dr Eugene OR 97401',
    '9 Elm St, NW Eugene, OR 97401',
    '9 Elm St Ste 2 (rear) Eugene OR 97401',
    'Ridgeline Paving 9 Elm St, Eugene, OR 97401',
    'Eugene, OR 97401',
    '9 Elm St',
    '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12',
    '9 Elm St, Berlin, Germany',
  ])('keeps %p whole', (text) => {
    expect(readAddress(text, 'US')).toEqual({
      value: address(text, '', '', '', '', ''),
      findings: [{ code: 'ADDRESS_NOT_SPLIT' }],
    });
  });

  it('names a ZIP that has lost its zero or lies elsewhere, and stores it as given', () => {
    expect(readAddress('9 Elm St, Trenton, NJ 8601', 'US')).toMatchObject({
      value: { zip: '8601' },
      findings: [{ code: 'ZIP_LOST_ZERO', suggestion: '08601' }],
    });
    expect(readAddress('9 Elm St, Eugene, OR 10001', 'US')).toMatchObject({
      value: { zip: '10001' },
      findings: [{ code: 'ZIP_SUSPECT' }],
    });
  });

  it('loses no character that says something, whatever the text', () => {
    const letters = (text: string): string[] => [...text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')].sort();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { value } = readAddress(text, 'US');
        if (value?.state === '')
          expect(letters(formatAddress({ ...value, country: '' }))).toEqual(letters(text.normalize('NFC')));
      }),
    );
  });

  it('takes time in proportion to its text', () => {
    const started = performance.now();
    readAddress('9 '.repeat(50_000), 'US');
    readAddress(`${' '.repeat(100_000)}x`, 'US');
    readAddress(`9 Elm St, ${'#'.repeat(900)}`, 'US');
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('parts of addresses (NRM-011)', () => {
  it('turns names of states into codes, and leaves others', () => {
    expect(stateCode('oregon', 'US')).toBe('OR');
    expect(stateCode('Ore', 'US')).toBeUndefined();
    expect(stateCode('Québec', 'CA')).toBe('QC');
    expect(stateCode('N.Y.', 'US')).toBe('NY');
    expect(stateCode('Bayern', 'DE')).toBeUndefined();
    expect(stateCode(stateCode('New Hampshire', 'US') ?? '', 'US')).toBe('NH');
  });

  it('knows countries by code and by name', () => {
    const known: [string, string][] = [
      ['us', 'US'],
      ['U.S.A.', 'US'],
      ['United Kingdom', 'GB'],
      ['UK', 'GB'],
      ['Deutschland', 'DE'],
      ['Côte d’Ivoire', 'CI'],
      ['Österreich', 'AT'],
      ['México', 'MX'],
      ['Czech Republic', 'CZ'],
    ];
    for (const [text, code] of known) expect([text, countryCode(text)]).toEqual([text, code]);
    for (const text of ['Atlantis', '', '__proto__', 'constructor']) expect(countryCode(text)).toBeUndefined();
  });

  it('keeps a ZIP as text', () => {
    expect(readZip('02134', 'US', 'MA')).toEqual({ value: '02134', findings: [] });
    expect(readZip('h2t2n4', 'CA')).toEqual({ value: 'H2T 2N4', findings: [] });
    expect(readZip('2134', 'US').findings).toMatchObject([{ code: 'ZIP_LOST_ZERO', suggestion: '02134' }]);
    expect(readZip('ABC', 'US')).toMatchObject({ value: 'ABC', findings: [{ code: 'ZIP_SUSPECT' }] });
    expect(readZip('ABC', 'KE')).toEqual({ value: 'ABC', findings: [] });
  });
});
