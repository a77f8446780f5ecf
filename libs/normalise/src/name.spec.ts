import fc from 'fast-check';
import { formatName, readName, readNamePart, type NameOptions, type PersonName } from './index.js';

const KEEP: NameOptions = { nameCase: 'KEEP', singleName: 'FAIL', couples: 'KEEP' };

function person(parts: Partial<PersonName>): PersonName {
  return {
    kind: 'person',
    firstName: '',
    middleName: '',
    lastName: '',
    prefix: '',
    suffix: '',
    nickname: '',
    ...parts,
  };
}

function codes(text: string, options = KEEP): string[] {
  return readName(text, options).findings.map((finding) => finding.code);
}

describe('readName (NRM-001, NRM-002)', () => {
  const people: [string, Partial<PersonName>][] = [
    ['Maria Quinn', { firstName: 'Maria', lastName: 'Quinn' }],
    ['Quinn, Maria T.', { firstName: 'Maria', middleName: 'T.', lastName: 'Quinn' }],
    ['Dr. Alan van der Meer Jr.', { prefix: 'Dr.', firstName: 'Alan', lastName: 'van der Meer', suffix: 'Jr.' }],
    ["O'NEIL, SHEILA", { firstName: 'SHEILA', lastName: "O'NEIL" }],
    ['Robert "Bob" Hale', { firstName: 'Robert', lastName: 'Hale', nickname: 'Bob' }],
    ['Robert (Bob) Hale', { firstName: 'Robert', lastName: 'Hale', nickname: 'Bob' }],
    ['Ana Lucía Ferrer-Ruiz', { firstName: 'Ana', middleName: 'Lucía', lastName: 'Ferrer-Ruiz' }],
    ['Lee, Ana, Esq.', { firstName: 'Ana', lastName: 'Lee', suffix: 'Esq.' }],
    ['Ana Lee, MD', { firstName: 'Ana', lastName: 'Lee', suffix: 'MD' }],
    ['Ana Lee, MD, PhD', { firstName: 'Ana', lastName: 'Lee', suffix: 'MD PhD' }],
    ['Hale Jr., Robert', { firstName: 'Robert', lastName: 'Hale', suffix: 'Jr.' }],
    ['Garcia Lopez, Maria', { firstName: 'Maria', lastName: 'Garcia Lopez' }],
    ['Carla de la Cruz', { firstName: 'Carla', lastName: 'de la Cruz' }],
    ['Carla de la Cruz Perez', { firstName: 'Carla', lastName: 'de la Cruz Perez' }],
    ['Omar bin Rashid', { firstName: 'Omar', lastName: 'bin Rashid' }],
    ['Mary Ann Elise Ward', { firstName: 'Mary', middleName: 'Ann Elise', lastName: 'Ward' }],
    ['J. R. Hale', { firstName: 'J.', middleName: 'R.', lastName: 'Hale' }],
    ['Kim O. Hale', { firstName: 'Kim', middleName: 'O.', lastName: 'Hale' }],
    ['Kim E Hale', { firstName: 'Kim', middleName: 'E', lastName: 'Hale' }],
    ['Roger Ben Hale', { firstName: 'Roger', middleName: 'Ben', lastName: 'Hale' }],
    ['Jason Senior', { firstName: 'Jason', lastName: 'Senior' }],
    ["Kim O' Hale", { firstName: 'Kim', lastName: "O' Hale" }],
    ['Henry Ford III', { firstName: 'Henry', lastName: 'Ford', suffix: 'III' }],
    ['Mr. and Mrs. John Ames', { prefix: 'Mr. and Mrs.', firstName: 'John', lastName: 'Ames' }],
    ['  Maria\u00a0 Quinn ', { firstName: 'Maria', lastName: 'Quinn' }],
  ];

  it.each(people)('reads %p', (text, parts) => {
    expect(readName(text, KEEP).value).toEqual(person(parts));
  });

  it('keeps a couple as written, with a warning', () => {
    expect(readName('John & Mary Ames', KEEP).value).toEqual(person({ firstName: 'John & Mary', lastName: 'Ames' }));
    expect(codes('John & Mary Ames')).toEqual(['NAME_MULTIPLE_PEOPLE']);
    expect(readName('Ames, John and Mary', KEEP).value).toEqual(
      person({ firstName: 'John and Mary', lastName: 'Ames' }),
    );
  });

  it('fails couples when told to, and two full names always', () => {
    expect(codes('John & Mary Ames', { ...KEEP, couples: 'FAIL' })).toEqual([
      'NAME_INCOMPLETE',
      'NAME_MULTIPLE_PEOPLE',
    ]);
    expect(codes('John Ames and Mary Hale')).toEqual(['NAME_INCOMPLETE', 'NAME_MULTIPLE_PEOPLE']);
  });

  it.each([
    'Ridgeline Paving LLC',
    'Ridgeline Paving, Inc.',
    'Hale & Co.',
    'Hale and Ward Associates',
    'Ridgeline Medical Center',
    'Hale University School of Medicine',
    'Ridgeline Paving PC',
  ])('takes %p for a business', (text) => {
    expect(readName(text, KEEP).value).toEqual({ kind: 'business', companyName: text });
    expect(codes(text)).toEqual(['NAME_LOOKS_BUSINESS']);
  });

  it.each([
    'Ilse',
    'Mr. Hale',
    'Hale & Ward',
    'Hale, Ward, Quinn',
    'Jr., Hale, Ana, Maria',
    'de la Cruz',
    'Estate of Ana Hale',
    'Citizens for Hale',
    'Ana Hale Mr',
    'III Ana',
    'Maria Quinn (deceased)',
    'Maria Quinn 555-0101',
    'a '.repeat(60_000),
  ])('cannot tell first and last name from %.40p', (text) => {
    expect(readName(text, KEEP).value).toBeUndefined();
    expect(codes(text)).toContain('NAME_INCOMPLETE');
  });

  it.each(['n/a', '-', 'test', 'unknown', 'N/A'])('knows %p for no name', (text) => {
    expect(codes(text)).toEqual(['NAME_PLACEHOLDER']);
  });

  it('is blank for blank', () => {
    expect(readName(' \u200b', KEEP)).toEqual({ value: undefined, findings: [] });
  });
});

describe('the options of names (NRM-003)', () => {
  it('takes a single name for the last or the first', () => {
    expect(readName('Ilse', { ...KEEP, singleName: 'LAST' }).value).toEqual(person({ lastName: 'Ilse' }));
    expect(readName('Ilse', { ...KEEP, singleName: 'FIRST' }).value).toEqual(person({ firstName: 'Ilse' }));
  });

  it('fixes capitals of words that are all capitals or all small', () => {
    const fix = { ...KEEP, nameCase: 'FIX' } as const;
    expect(readName("O'NEIL, SHEILA", fix).value).toEqual(person({ firstName: 'Sheila', lastName: "O'Neil" }));
    expect(readName('ana van der MEER-RUIZ', fix).value).toEqual(
      person({ firstName: 'Ana', lastName: 'van der Meer-Ruiz' }),
    );
    expect(readName('DeShawn MCDONALD', fix).value).toEqual(person({ firstName: 'DeShawn', lastName: 'McDonald' }));
    expect(readNamePart('HALE III', 'FIX')).toBe('Hale III');
    expect(readNamePart(' maria  t. ', 'KEEP')).toBe('maria t.');
  });
});

describe('idempotence (NRM-031)', () => {
  const word = fc.constantFrom(
    'Ana',
    'MARIA',
    'van',
    'de',
    'la',
    'Jr.',
    'Dr.',
    'III',
    'Hale',
    'quinn',
    'Ferrer-Ruiz',
    "O'NEIL",
    '"Bob"',
    '&',
    'LLC',
    'T.',
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
    fc.string({ unit: 'grapheme' }),
  );
  const options = fc.record({
    nameCase: fc.constantFrom('KEEP' as const, 'FIX' as const),
    singleName: fc.constant('FAIL' as const),
    couples: fc.constant('KEEP' as const),
  });

  it('reads a part as itself', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('KEEP' as const, 'FIX' as const), (value, nameCase) => {
        const once = readNamePart(value, nameCase);
        expect(readNamePart(once, nameCase)).toBe(once);
      }),
    );
  });

  it('reads what it shows as the same name', () => {
    const plain = fc.constantFrom('Ana', 'MARIA', 'Hale', 'quinn', 'Ferrer-Ruiz', "O'NEIL", 'Lucía', 'T.');
    const last = fc.constantFrom('van der Meer', 'de la Cruz', 'Hale', 'Ferrer Ruiz', 'bin Rashid');
    const names = fc.record({
      kind: fc.constant('person' as const),
      firstName: plain,
      middleName: fc.constantFrom('', 'T.', 'Ann Elise'),
      lastName: last,
      prefix: fc.constantFrom('', 'Dr.', 'Mr. & Mrs.'),
      suffix: fc.constantFrom('', 'Jr.', 'Esq.', 'MD'),
      nickname: fc.constantFrom('', 'Bob'),
    });
    fc.assert(fc.property(names, (name) => expect(readName(formatName(name), KEEP).value).toEqual(name)));
  });

  it('never throws', () => {
    fc.assert(fc.property(text, options, (value, chosen) => void readName(value, chosen)));
  });
});
