import fc from 'fast-check';
import {
  decideMatch,
  identityKeys,
  matchKeys,
  namesClearlyDiffer,
  phoneAgrees,
  type HitRecord,
  type MatchName,
} from './index.js';

const ANA: MatchName = { firstName: 'Ana', lastName: 'Lee' };

function record(id: string, name: MatchName = ANA, archived = false): HitRecord {
  return { id, name, archived };
}

describe('matchKeys (DUP-001)', () => {
  it('makes the keys of a row in the order in which they decide, each once', () => {
    const keys = matchKeys([
      { field: 'workPhone', text: '+14155550132;ext=204' },
      { field: 'phone', text: '+14155550132' },
      { field: 'email', text: 'Ana@kestrel-mail.net' },
      { field: 'workEmail', text: 'ana@kestrel-mail.net' },
      { field: 'externalId', text: '17' },
      { field: 'externalSystem', text: 'Lawbase' },
      { field: 'recordId', text: 'ABC-1' },
      { field: 'lastName', text: 'Lee' },
    ]);
    expect(keys).toEqual([
      { kind: 'RECORD_ID', value: 'abc-1' },
      { kind: 'EXTERNAL_ID', value: '["lawbase","17"]' },
      { kind: 'EMAIL', value: 'ana@kestrel-mail.net' },
      { kind: 'PHONE', value: '+14155550132' },
    ]);
  });

  it('gives a record and a row that say the same the same keys', () => {
    const row = matchKeys([
      { field: 'email', text: 'ANA@kestrel-mail.net' },
      { field: 'externalId', text: '17' },
    ]);
    const stored = identityKeys({ emails: ['ana@kestrel-mail.net'], externalIds: [{ system: '', id: '17' }] });
    expect(row.map((key) => JSON.stringify(key)).sort()).toEqual(stored.map((key) => JSON.stringify(key)).sort());
  });

  it('never lets a system and an id run into one another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (systemA, idA, systemB, idB) => {
        const [a] = identityKeys({ externalIds: [{ system: systemA, id: idA }] });
        const [b] = identityKeys({ externalIds: [{ system: systemB, id: idB }] });
        const same = systemA.toLowerCase() === systemB.toLowerCase() && idA === idB;
        expect(a?.value === b?.value).toBe(same);
      }),
    );
  });

  it('makes no key of a blank value', () => {
    expect(
      matchKeys([
        { field: 'email', text: '' },
        { field: 'phone', text: '' },
      ]),
    ).toEqual([]);
  });
});

describe('phoneAgrees (DUP-001)', () => {
  it('compares extensions only when both have one', () => {
    expect(phoneAgrees('+14155550132', '+14155550132')).toBe(true);
    expect(phoneAgrees('+14155550132;ext=204', '+14155550132')).toBe(true);
    expect(phoneAgrees('+14155550132;ext=204', '+14155550132;ext=204')).toBe(true);
    expect(phoneAgrees('+14155550132;ext=204', '+14155550132;ext=205')).toBe(false);
    expect(phoneAgrees('+14155550132', '+14155550133')).toBe(false);
  });
});

describe('namesClearlyDiffer (DUP-003, version 1)', () => {
  const pairs: [MatchName, MatchName, boolean][] = [
    [ANA, ANA, false],
    [ANA, { firstName: 'ÁNA', lastName: 'Quinn' }, false],
    [ANA, { firstName: 'Tom', lastName: 'LEE' }, false],
    [ANA, { firstName: 'Tom', lastName: 'Quinn' }, true],
    [{ firstName: 'Mary Ann', lastName: 'Lee' }, { firstName: 'Ann', lastName: 'Ward' }, false],
    [{ firstName: 'A.', lastName: 'Lee' }, { firstName: 'A.', lastName: 'Ward' }, true],
    [{ firstName: 'Alan', lastName: 'van der Meer' }, { firstName: 'A.', lastName: 'Vandermeer' }, false],
    [ANA, {}, false],
    [{}, {}, false],
    [{ companyName: 'Ridgeline Paving LLC' }, { companyName: 'Ridgeline Paving, Inc.' }, false],
    [{ companyName: 'Ridgeline' }, { companyName: 'Ridgeline Paving' }, false],
    [{ companyName: 'Ridgeline Paving' }, { companyName: 'Ridgeline Holdings' }, true],
    [{ companyName: 'Ridgeline Paving' }, ANA, true],
    [{ companyName: 'The Company LLC' }, { companyName: 'The Company LLC' }, false],
  ];

  it.each(pairs)('%j and %j: %s', (a, b, differ) => {
    expect(namesClearlyDiffer(a, b)).toBe(differ);
    expect(namesClearlyDiffer(b, a)).toBe(differ);
  });

  it('says the same in both directions, and never of a name and itself', () => {
    const name = fc.record({ firstName: fc.string(), lastName: fc.string(), companyName: fc.string() });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(namesClearlyDiffer(a, b)).toBe(namesClearlyDiffer(b, a));
        expect(namesClearlyDiffer(a, { ...a })).toBe(false);
      }),
    );
  });
});

describe('decideMatch (DUP-002, DUP-003)', () => {
  it('is NONE when no key hits', () => {
    expect(decideMatch({ name: ANA, kinds: ['EMAIL', 'PHONE'], hits: [] })).toEqual({
      verdict: 'NONE',
      records: [],
      score: 0,
    });
  });

  it('is MATCH for exactly one record', () => {
    const hits = [
      { kind: 'PHONE' as const, records: [record('a')] },
      { kind: 'EMAIL' as const, records: [record('a')] },
    ];
    expect(decideMatch({ name: ANA, kinds: ['EMAIL', 'PHONE'], hits })).toEqual({
      verdict: 'MATCH',
      key: 'EMAIL',
      record: 'a',
      records: ['a'],
      score: 1,
    });
  });

  it('is AMBIGUOUS when e-mail and phone hit different records', () => {
    const hits = [
      { kind: 'EMAIL' as const, records: [record('b')] },
      { kind: 'PHONE' as const, records: [record('a')] },
    ];
    expect(decideMatch({ name: ANA, kinds: ['EMAIL', 'PHONE'], hits })).toMatchObject({
      verdict: 'AMBIGUOUS',
      code: 'DUP_AMBIGUOUS',
      records: ['a', 'b'],
    });
  });

  it('is REVIEW when an exact key hits another name', () => {
    const hits = [{ kind: 'PHONE' as const, records: [record('a', { firstName: 'Tom', lastName: 'Ward' })] }];
    expect(decideMatch({ name: ANA, kinds: ['PHONE'], hits })).toMatchObject({
      verdict: 'REVIEW',
      code: 'DUP_NAME_CONFLICT',
      record: 'a',
    });
  });

  it.each(['RECORD_ID', 'EXTERNAL_ID'] as const)('lets %s overrule another name and the keys below', (kind) => {
    const hits = [
      { kind, records: [record('a', { firstName: 'Tom', lastName: 'Ward' })] },
      { kind: 'EMAIL' as const, records: [record('b'), record('c')] },
    ];
    expect(decideMatch({ name: ANA, kinds: [kind, 'EMAIL'], hits })).toEqual({
      verdict: 'MATCH',
      key: kind,
      record: 'a',
      records: ['a'],
      score: 1,
    });
  });

  it.each(['RECORD_ID', 'EMAIL'] as const)('is REVIEW for a record a person archived, hit by %s', (kind) => {
    const hits = [{ kind, records: [record('a', ANA, true)] }];
    expect(decideMatch({ name: ANA, kinds: [kind], hits })).toMatchObject({ verdict: 'REVIEW', record: 'a' });
  });

  it('asks no other key when a record id is unknown', () => {
    const hits = [{ kind: 'EMAIL' as const, records: [record('a')] }];
    expect(decideMatch({ name: ANA, kinds: ['RECORD_ID', 'EMAIL'], hits })).toEqual({
      verdict: 'NONE',
      key: 'RECORD_ID',
      records: [],
      code: 'RECORD_NOT_FOUND',
      score: 0,
    });
  });

  it('goes on to the next level when an external id is new', () => {
    const hits = [
      { kind: 'EXTERNAL_ID' as const, records: [] },
      { kind: 'EMAIL' as const, records: [record('a')] },
    ];
    expect(decideMatch({ name: ANA, kinds: ['EXTERNAL_ID', 'EMAIL'], hits })).toMatchObject({
      verdict: 'MATCH',
      key: 'EMAIL',
    });
  });

  it('does not depend on the order in which hits are given', () => {
    const kinds = ['RECORD_ID', 'EXTERNAL_ID', 'EMAIL', 'PHONE'] as const;
    const hit = fc.record({
      kind: fc.constantFrom(...kinds),
      records: fc.array(
        fc.constantFrom('a', 'b').map((id) => record(id)),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(fc.array(hit, { maxLength: 4 }), (hits) => {
        const question = { name: ANA, kinds, hits };
        expect(decideMatch({ ...question, hits: [...hits].reverse() })).toEqual(decideMatch(question));
      }),
    );
  });
});
