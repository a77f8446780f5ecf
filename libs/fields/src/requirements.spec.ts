import {
  clientFields,
  fieldByKey,
  readDefaults,
  recommendedMissing,
  requiredMissing,
  type ReadOptions,
} from './index.js';

const OPTIONS: ReadOptions = {
  importType: 'CONTACTS',
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

const ANA = [
  { field: 'firstName', text: 'Ana' },
  { field: 'lastName', text: 'Lee' },
];

describe('requiredMissing (VAL-001, FLD-002)', () => {
  const missing = (values: Parameters<typeof requiredMissing>[0]): (string | undefined)[] =>
    requiredMissing(values, 'CLIENTS').map((issue) => issue.field);

  it('asks a person for first and last name', () => {
    expect(missing(ANA)).toEqual([]);
    expect(missing([])).toEqual(['firstName', 'lastName']);
    expect(missing([{ field: 'firstName', text: 'Ana' }])).toEqual(['lastName']);
    expect(missing([{ field: 'companyName', text: 'Ridgeline' }])).toEqual(['firstName', 'lastName']);
  });

  it('asks a business for its company name only', () => {
    const business = { field: 'contactType', text: 'BUSINESS' };
    expect(missing([business])).toEqual(['companyName']);
    expect(missing([business, { field: 'companyName', text: 'Ridgeline' }])).toEqual([]);
    expect(missing([business, ...ANA])).toEqual(['companyName']);
  });

  it('takes an emptied field for missing (VAL-007)', () => {
    expect(missing([...ANA.slice(0, 1), { field: 'lastName', text: '', clear: true }])).toEqual(['lastName']);
  });

  it('is an error that names the label', () => {
    expect(requiredMissing([], 'CONTACTS')[0]).toEqual({
      code: 'REQUIRED_MISSING',
      severity: 'ERROR',
      field: 'firstName',
      params: { field: 'First name' },
    });
  });
});

describe('recommendedMissing (VAL-001)', () => {
  it('warns of phone and e-mail, each satisfied by any of its kind', () => {
    expect(recommendedMissing(ANA, 'CLIENTS')).toMatchObject([
      { code: 'RECOMMENDED_MISSING', severity: 'WARNING', field: 'phone' },
      { code: 'RECOMMENDED_MISSING', severity: 'WARNING', field: 'email' },
    ]);
    const reachable = [
      { field: 'mobilePhone', text: '+14155550132' },
      { field: 'workEmail', text: 'ana@kestrel-mail.net' },
    ];
    expect(recommendedMissing(reachable, 'CLIENTS')).toEqual([]);
  });
});

describe('readDefaults (OPT-003)', () => {
  it('stores defaults as values are stored, stand-ins as their parts', () => {
    const { values, issues } = readDefaults(
      { status: 'active', country: 'usa', fullAddress: '9 Elm St, Eugene, OR 97401' },
      OPTIONS,
    );
    expect(issues).toEqual([]);
    expect(Object.fromEntries(values)).toEqual({
      status: 'ACTIVE',
      country: 'US',
      street: '9 Elm St',
      city: 'Eugene',
      state: 'OR',
      zip: '97401',
    });
  });

  it.each([
    ['status', 'sleeping'],
    ['phone', '12345'],
    ['favouriteColour', 'green'],
    ['__proto__', 'x'],
    ['recordId', '0190f1c2-7a10-7abc-8def-0123456789ab'],
  ])('refuses the default %s = %p', (key, text) => {
    const { values, issues } = readDefaults(Object.fromEntries([[key, text]]), OPTIONS);
    expect(values.size).toBe(0);
    expect(issues).toMatchObject([{ code: 'DEFAULT_INVALID', severity: 'ERROR', field: key, text }]);
  });

  it('ignores a blank default', () => {
    expect(readDefaults({ status: ' ' }, OPTIONS)).toEqual({ values: new Map(), issues: [] });
  });
});

describe('the catalogue (FLD-001)', () => {
  it('has the levels of the specification for every import type', () => {
    const level = (key: string): unknown => fieldByKey(key)?.levels;
    expect(level('firstName')).toEqual({ CLIENTS: 'REQUIRED', CONTACTS: 'REQUIRED', CASES: 'REQUIRED' });
    expect(level('lastName')).toEqual({ CLIENTS: 'REQUIRED', CONTACTS: 'REQUIRED', CASES: 'REQUIRED' });
    expect(level('phone')).toEqual({ CLIENTS: 'RECOMMENDED', CONTACTS: 'RECOMMENDED', CASES: 'RECOMMENDED' });
    expect(level('fullName')).toEqual({ CLIENTS: 'OPTIONAL', CONTACTS: 'OPTIONAL', CASES: 'OPTIONAL' });
    const others = clientFields().filter((field) => !['firstName', 'lastName', 'phone', 'email'].includes(field.key));
    for (const field of others) {
      expect([field.key, field.levels.CLIENTS]).toEqual([
        field.key,
        field.standsInFor === undefined ? 'NONE' : 'OPTIONAL',
      ]);
    }
  });

  it('has every key once, and stand-ins only for fields that exist', () => {
    const keys = clientFields().map((field) => field.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const field of clientFields()) {
      for (const part of field.standsInFor ?? []) expect(fieldByKey(part)?.standsInFor).toBeUndefined();
      for (const part of field.standsInFor ?? []) expect(fieldByKey(part)?.key).toBe(part);
    }
  });

  it('has the limits of the specification', () => {
    const limits = Object.fromEntries(clientFields().map((field) => [field.key, field.lengthMax]));
    expect(limits).toMatchObject({
      fullName: 300,
      firstName: 100,
      lastName: 100,
      middleName: 100,
      prefix: 20,
      suffix: 20,
      nickname: 100,
      companyName: 200,
      fullAddress: 500,
      street: 200,
      unit: 50,
      city: 100,
      state: 100,
      zip: 20,
      workStreet: 200,
      jobTitle: 150,
      source: 100,
      sourceDetail: 500,
      externalSystem: 50,
      externalId: 200,
      tags: 50,
    });
  });
});
