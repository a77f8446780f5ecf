import type { Code } from '@caseledger/errors';
import { readRow, type Cell, type FieldValue, type ReadOptions, type ReadRow } from './index.js';

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

/** Reads one row given as target and cell; a column for each pair, in order. */
function read(pairs: readonly (readonly [string, string | Cell])[], options: Partial<ReadOptions> = {}): ReadRow {
  const cells = pairs.map(([, cell]) => (typeof cell === 'string' ? { text: cell } : cell));
  const mapping = pairs.map(([target], column) => ({ column, target }));
  return readRow(cells, mapping, { ...OPTIONS, ...options });
}

function valuesOf(row: ReadRow): Record<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const { field, text } of row.values) texts.set(field, [...(texts.get(field) ?? []), text]);
  return Object.fromEntries(texts);
}

function codesOf(row: ReadRow): Code[] {
  return row.issues.map((issue) => issue.code);
}

describe('readRow: plain cells', () => {
  it('reads each cell by its field and keeps the cell as read', () => {
    const row = read([
      ['firstName', ' Ana '],
      ['lastName', 'Lee'],
      ['phone', '(415) 555-0132'],
      ['email', 'Ana@Kestrel-Mail.net'],
      ['dateOfBirth', '1980-02-29'],
    ]);
    expect(row.issues).toEqual([]);
    expect(row.leftOut).toBe(false);
    expect(row.values[0]).toEqual<FieldValue>({
      field: 'firstName',
      text: 'Ana',
      original: ' Ana ',
      column: 0,
      clear: false,
      derived: false,
    });
    expect(valuesOf(row)).toEqual({
      firstName: ['Ana'],
      lastName: ['Lee'],
      phone: ['+14155550132'],
      email: ['Ana@kestrel-mail.net'],
      dateOfBirth: ['1980-02-29'],
    });
  });

  it('reads two fields into one target, and several values of one cell in order', () => {
    const row = read([
      ['otherPhone', '646 555 0188 / 646 555 0190'],
      ['otherPhone', '415 555 0132'],
    ]);
    expect(valuesOf(row)).toEqual({ otherPhone: ['+16465550188', '+16465550190', '+14155550132'] });
    expect(codesOf(row)).toEqual(['CELL_SPLIT']);
  });

  it('takes a missing cell for blank and leaves unknown targets alone', () => {
    const mapping = [
      { column: 7, target: 'firstName' },
      { column: 0, target: '__proto__' },
      { column: 0, target: 'favouriteColour' },
    ];
    expect(readRow([{ text: 'x' }], mapping, OPTIONS)).toEqual({ values: [], issues: [], leftOut: false });
  });

  it('names column, field, text and suggestion of an issue (LED-010)', () => {
    expect(
      read([
        ['firstName', 'Ana'],
        ['status', 'Actve'],
      ]).issues,
    ).toEqual([
      {
        code: 'VALUE_NOT_ALLOWED',
        severity: 'ERROR',
        column: 1,
        field: 'status',
        text: 'Actve',
        params: { field: 'Status', text: 'Actve' },
        suggestion: 'ACTIVE',
        fixes: true,
      },
    ]);
  });

  it('reports all issues of a row together (VAL-005)', () => {
    const row = read([
      ['phone', '12345'],
      ['email', 'ana@'],
      ['country', 'Atlantis'],
      ['dateOfBirth', '31/02/2024'],
    ]);
    expect(codesOf(row)).toEqual(['PHONE_INVALID', 'EMAIL_INVALID', 'COUNTRY_UNKNOWN', 'DATE_INVALID']);
    expect(row.values).toEqual([]);
  });
});

describe('readRow: stand-ins (VAL-002, VAL-003)', () => {
  it('derives the parts of a full name', () => {
    const row = read([['fullName', 'Dr. Alan van der Meer Jr.']]);
    expect(valuesOf(row)).toEqual({
      prefix: ['Dr.'],
      firstName: ['Alan'],
      lastName: ['van der Meer'],
      suffix: ['Jr.'],
    });
    expect(row.values.every((value) => value.derived && value.original === 'Dr. Alan van der Meer Jr.')).toBe(true);
  });

  it('lets separate columns win, fills only their blanks, and says where they differ', () => {
    const row = read([
      ['fullName', 'Ana Lucía Lee'],
      ['firstName', 'ANA'],
      ['lastName', 'Ward'],
      ['middleName', ''],
    ]);
    expect(valuesOf(row)).toEqual({ firstName: ['ANA'], lastName: ['Ward'], middleName: ['Lucía'] });
    expect(row.issues).toEqual([
      {
        code: 'PARTS_DIFFER',
        severity: 'WARNING',
        column: 0,
        field: 'lastName',
        text: 'Ana Lucía Lee',
        params: { standIn: 'Full name', field: 'Last name' },
      },
    ]);
  });

  it('does not fail on a full name that is not needed', () => {
    expect(
      codesOf(
        read([
          ['fullName', 'Ilse'],
          ['firstName', 'Ilse'],
          ['lastName', 'Ward'],
        ]),
      ),
    ).toEqual([]);
    expect(
      codesOf(
        read([
          ['fullName', 'Ilse'],
          ['firstName', 'Ilse'],
        ]),
      ),
    ).toEqual(['NAME_INCOMPLETE']);
  });

  it('takes the full name of a business for its company name', () => {
    expect(valuesOf(read([['fullName', 'Ridgeline Paving LLC']]))).toEqual({
      contactType: ['BUSINESS'],
      companyName: ['Ridgeline Paving LLC'],
    });
    expect(
      valuesOf(
        read([
          ['fullName', 'Ridgeline'],
          ['contactType', 'Business'],
        ]),
      ),
    ).toEqual({ contactType: ['BUSINESS'], companyName: ['Ridgeline'] });
  });

  it('splits the address of each slot into its own parts', () => {
    const row = read([
      ['fullAddress', '9 Elm St, Eugene, OR 97401'],
      ['homeFullAddress', '77 Rue Laurier O, Montréal, QC h2t2n4'],
    ]);
    expect(valuesOf(row)).toEqual({
      street: ['9 Elm St'],
      city: ['Eugene'],
      state: ['OR'],
      zip: ['97401'],
      country: ['US'],
      homeStreet: ['77 Rue Laurier O'],
      homeCity: ['Montréal'],
      homeState: ['QC'],
      homeZip: ['H2T 2N4'],
      homeCountry: ['CA'],
    });
  });

  it('takes a full address for the street where city or ZIP have columns of their own', () => {
    const row = read([
      ['homeFullAddress', '9 Elm St'],
      ['homeCity', 'Eugene'],
      ['homeZip', '97401'],
    ]);
    expect(valuesOf(row)).toEqual({ homeStreet: ['9 Elm St'], homeCity: ['Eugene'], homeZip: ['97401'] });
    expect(row.issues).toEqual([]);
  });

  it('keeps an address that cannot be split whole in Street', () => {
    const row = read([['fullAddress', 'behind the old mill, ask for Pete']]);
    expect(valuesOf(row)).toEqual({ street: ['behind the old mill, ask for Pete'] });
    expect(codesOf(row)).toEqual(['ADDRESS_NOT_SPLIT']);
  });
});

describe('readRow: blank cells and the clear token (OPT blankCells, VAL-007)', () => {
  it('says nothing of a blank cell that keeps or fills', () => {
    expect(
      read([
        ['nickname', ' '],
        ['city', ''],
      ]).values,
    ).toEqual([]);
    expect(read([['nickname', '']], { blankCells: 'FILL' }).values).toEqual([]);
  });

  it('empties by a blank cell where blank cells clear, but never a required field', () => {
    const row = read(
      [
        ['nickname', ''],
        ['firstName', ''],
        ['recordId', ''],
      ],
      { blankCells: 'CLEAR' },
    );
    expect(row.values).toEqual([{ field: 'nickname', text: '', original: '', column: 0, clear: true, derived: false }]);
  });

  it('empties by the token whatever blank cells do', () => {
    expect(read([['nickname', ' <CLEAR> ']]).values).toMatchObject([
      { field: 'nickname', clear: true, original: ' <CLEAR> ' },
    ]);
    expect(read([['lastName', '<clear>']]).values).toMatchObject([{ field: 'lastName', clear: true }]);
  });

  it('empties the parts of a stand-in that have no column of their own', () => {
    const row = read([
      ['fullAddress', '<clear>'],
      ['city', 'Eugene'],
    ]);
    expect(row.values.filter((value) => value.clear).map((value) => value.field)).toEqual([
      'street',
      'unit',
      'state',
      'zip',
      'country',
    ]);
    expect(valuesOf(row)['city']).toEqual(['Eugene']);
  });

  it('lets a derived part fill a blank that would have cleared, but not the token', () => {
    const row = read(
      [
        ['fullName', 'Ana Lucía Lee'],
        ['middleName', ''],
      ],
      { blankCells: 'CLEAR' },
    );
    expect(row.values.filter((value) => value.field === 'middleName')).toMatchObject([
      { text: 'Lucía', clear: false, derived: true },
    ]);
    const cleared = read([
      ['fullName', 'Ana Lucía Lee'],
      ['middleName', '<clear>'],
    ]);
    expect(cleared.values.filter((value) => value.field === 'middleName')).toMatchObject([{ text: '', clear: true }]);
  });
});

describe('readRow: invalid values (VAL-004)', () => {
  it('leaves an invalid value of an optional field out when told to, with the original text', () => {
    const row = read(
      [
        ['lastName', 'Lee'],
        ['phone', '12345'],
      ],
      { invalidOptionalValue: 'LEAVE_OUT' },
    );
    expect(row.leftOut).toBe(true);
    expect(valuesOf(row)).toEqual({ lastName: ['Lee'] });
    expect(row.issues).toEqual([
      {
        code: 'VALUE_LEFT_OUT',
        severity: 'WARNING',
        column: 1,
        field: 'phone',
        text: '12345',
        params: { field: 'Phone', text: '12345' },
      },
    ]);
  });

  it('fails the row for a required field and its stand-in all the same', () => {
    const row = read(
      [
        ['lastName', 'n/a'],
        ['fullName', 'unknown'],
      ],
      { invalidOptionalValue: 'LEAVE_OUT' },
    );
    expect(codesOf(row)).toEqual(['NAME_PLACEHOLDER', 'NAME_PLACEHOLDER']);
    expect(row.leftOut).toBe(false);
  });

  it('fails a row with more phones than a contact can hold', () => {
    const numbers = Array.from({ length: 11 }, (_, n) => `415 555 01${10 + n}`).join('; ');
    expect(read([['phone', numbers]]).issues.at(-1)).toMatchObject({
      code: 'TOO_MANY_VALUES',
      params: { limit: 10, field: 'phone' },
    });
  });
});

describe('readRow: cells (FIL-010)', () => {
  it('refuses what a spreadsheet could not compute', () => {
    const row = read([
      ['nickname', { text: '#N/A', kind: 'error' }],
      ['city', { text: '', kind: 'formula-no-value' }],
    ]);
    expect(codesOf(row)).toEqual(['CELL_ERROR_VALUE', 'FORMULA_NO_VALUE']);
  });

  it('refuses NUL and lone surrogates, and says which', () => {
    expect(read([['city', 'a\0b']]).issues).toMatchObject([{ code: 'CELL_INVALID_CHAR', params: { code: 'U+0000' } }]);
    expect(read([['city', 'a\ud800b']]).issues).toMatchObject([
      { code: 'CELL_INVALID_CHAR', params: { code: 'U+D800' } },
    ]);
    expect(codesOf(read([['city', 'a😀b']]))).toEqual([]);
  });

  it('stores text that looks like a formula as it is', () => {
    expect(valuesOf(read([['city', '=1+1']]))).toEqual({ city: ['=1+1'] });
  });

  it('keeps leading zeros', () => {
    expect(
      valuesOf(
        read([
          ['zip', '02134'],
          ['externalId', '000123'],
        ]),
      ),
    ).toEqual({ zip: ['02134'], externalId: ['000123'] });
  });

  it.each<[string, Cell, Code]>([
    ['city', { text: '#N/A', kind: 'error' }, 'CELL_ERROR_VALUE'],
    ['city', { text: 'x'.repeat(32_768) }, 'CELL_TOO_LONG'],
    ['email', { text: 'x'.repeat(32_768) }, 'CELL_TOO_LONG'],
    ['fullName', { text: 'x'.repeat(32_768) }, 'CELL_TOO_LONG'],
    ['phone', { text: '4155550132\0' }, 'CELL_INVALID_CHAR'],
    ['phone', { text: '41555501320000000000' }, 'NUMBER_PRECISION_LOST'],
  ])('says once what is wrong with a cell that the file reader refused: %s %#', (target, cell, code) => {
    const found = [{ code, severity: 'ERROR' as const, column: 0 }];
    for (const invalidOptionalValue of ['FAIL', 'LEAVE_OUT'] as const) {
      const row = readRow([cell], [{ column: 0, target }], { ...OPTIONS, invalidOptionalValue }, found);
      expect([row.issues, row.values, row.leftOut]).toEqual([found, [], false]);
    }
  });

  it('reads the other cells of a row in which one was refused', () => {
    const found = [{ code: 'CELL_TOO_LONG' as const, severity: 'ERROR' as const, column: 0 }];
    const cells = [{ text: 'x'.repeat(32_768) }, { text: 'not a mail' }, { text: 'Bend' }];
    const mapping = ['nickname', 'email', 'city'].map((target, column) => ({ column, target }));
    const row = readRow(cells, mapping, OPTIONS, [...found, { code: 'ROW_SHORT', severity: 'WARNING' }]);
    expect(codesOf(row)).toEqual(['CELL_TOO_LONG', 'ROW_SHORT', 'EMAIL_INVALID']);
    expect(valuesOf(row)).toEqual({ city: ['Bend'] });
  });
});
