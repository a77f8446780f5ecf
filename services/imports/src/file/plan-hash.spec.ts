import { NO_CASE_CHOICES, type CaseChoices } from '../import/import.events.js';
import { options } from '../import/import-history.fixture.js';
import { PlanHash, verdictDigest, type NamesOfNew, type PlanHead } from './plan-hash.js';
import { aVerdict } from './row.fixture.js';

const head: PlanHead = {
  fileSha256: 'ab',
  mappingVersion: 1,
  columns: [{ column: 0, target: 'fullName' }],
  options: { ...options, defaults: { city: 'Eugene', state: 'OR' } },
  normaliserVersion: 1,
  matcherVersion: 1,
  importDay: '2026-05-03',
  decisions: new Map([
    [2, { action: 'SKIP', record: '', decidedBy: 'dana' }],
    [1, { action: 'MERGE', record: 'c1', decidedBy: 'dana' }],
  ]),
  attempt: 1,
};
const change = { record: 'new-1', field: 'city', before: '', after: '"Eugene"', column: 2, keptBecause: '' };

function hashOf(of: Partial<PlanHead> = {}, verdict = aVerdict({ row: 1 })): string {
  const hash = new PlanHash({ ...head, ...of });
  hash.addRow(1, verdictDigest(verdict));
  return hash.digest();
}

describe('the hash of a plan (PRE-004)', () => {
  it('does not depend on the order of maps', () => {
    const decisions = new Map([...head.decisions].reverse());
    const defaults = { state: 'OR', city: 'Eugene' };
    expect(hashOf({ decisions, options: { ...head.options, defaults } })).toBe(hashOf());
  });

  it.each<[string, Partial<PlanHead>]>([
    ['file', { fileSha256: 'ac' }],
    ['mapping', { mappingVersion: 2 }],
    ['columns', { columns: [{ column: 1, target: 'fullName' }] }],
    ['options', { options: { ...head.options, duplicatePolicy: 'UPDATE' } }],
    ['defaults', { options: { ...head.options, defaults: { city: 'Salem', state: 'OR' } } }],
    ['normaliser', { normaliserVersion: 2 }],
    ['matcher', { matcherVersion: 2 }],
    ['day', { importDay: '2026-05-04' }],
    ['decisions', { decisions: new Map() }],
    ['attempt', { attempt: 2 }],
  ])('changes with the %s', (_, other) => {
    expect(hashOf(other)).not.toBe(hashOf());
  });

  it('changes with what a case import chose, by id and not by name', () => {
    const with_ = (cases: Partial<CaseChoices>) => hashOf({ options: { ...head.options, cases: { ...NO_CASE_CHOICES, ...cases } } });
    const family = with_({ caseType: { id: 't', name: 'Family' } });
    expect(with_({ caseType: { id: 't', name: 'Family Law' } })).toBe(family);
    const others = [{}, { newList: 'Crash' }, { list: { id: 'l', name: '' } }, { addSkipped: false }, { clientDuplicatePolicy: 'UPDATE' as const }].map(with_);
    expect(new Set([family, hashOf(), ...others]).size).toBe(7);
  });

  it.each([
    ['outcome', { outcome: 'UPDATED' }],
    ['reason', { reason: 'DUPLICATE_EXISTING' }],
    ['changes', { changes: [change] }],
    ['effects', { effects: [{ kind: 'CONTACT_CREATED', record: 'c', fromVersion: 0, toVersion: 1 }] }],
    ['match', { match: { verdict: 'MATCH', key: 'EMAIL', record: 'c', score: 1, records: ['c'], earlierRow: 0, kind: 'CONTACT' } }],
  ])('changes with the %s of a row', (_, other) => {
    expect(hashOf({}, aVerdict({ row: 1, ...other }))).not.toBe(hashOf());
  });

  it('does not run texts together', () => {
    const one = { ...change, before: 'a', after: 'bc' };
    const two = { ...change, before: 'ab', after: 'c' };
    expect(verdictDigest(aVerdict({ row: 1, changes: [one] }))).not.toEqual(verdictDigest(aVerdict({ row: 1, changes: [two] })));
  });

  it('names a record yet to be made by its row', () => {
    const made = (record: string) => {
      const effects = [{ kind: 'CONTACT_CREATED', record, fromVersion: 0, toVersion: 1 }];
      return verdictDigest(aVerdict({ row: 1, effects, changes: [{ ...change, record }] }));
    };
    expect(made('new-1')).toEqual(made('new-2'));
    const earlier = (record: string, earlierRow: number) => {
      const match = { verdict: 'MATCH', key: 'EMAIL', record, score: 1, records: [record], earlierRow, kind: 'CONTACT' };
      return verdictDigest(aVerdict({ row: 2, outcome: 'UPDATED', match, changes: [{ ...change, record }] }));
    };
    expect(earlier('new-1', 1)).toEqual(earlier('new-2', 1));
    expect(earlier('c1', 0)).not.toEqual(earlier('c2', 0));
  });

  it('names what a later row of the lane builds on by the row that makes it', () => {
    const effect = (kind: string, record: string) => ({ kind, record, fromVersion: 0, toVersion: 1 });
    const lane = (client: string, first: string, second: string) => {
      const names: NamesOfNew = new Map();
      const maker = aVerdict({ row: 1, effects: [effect('CONTACT_CREATED', client), effect('CASE_CREATED', first)] });
      const linker = aVerdict({ row: 2, effects: [effect('CASE_CREATED', second), effect('CLIENT_LINKED', client)] });
      return [verdictDigest(maker, names), verdictDigest(linker, names)];
    };
    expect(lane('c', 'k1', 'k2')).toEqual(lane('d', 'm1', 'm2'));
    expect(verdictDigest(aVerdict({ row: 2, effects: [effect('CLIENT_LINKED', 'c')] }))).not.toEqual(verdictDigest(aVerdict({ row: 2, effects: [effect('CLIENT_LINKED', 'd')] })));
  });

  it('tells the records of one row apart', () => {
    const change = (record: string) => ({ record, field: 'city', before: '', after: '"Eugene"', column: 2, keptBecause: '' });
    const effects = ['a', 'b'].map((record) => ({ kind: 'CONTACT_CREATED', record, fromVersion: 0, toVersion: 1 }));
    expect(verdictDigest(aVerdict({ row: 1, effects, changes: [change('a')] }))).not.toEqual(verdictDigest(aVerdict({ row: 1, effects, changes: [change('b')] })));
  });

  it('does not depend on the versions that records have meanwhile or on the order of candidates', () => {
    const match = { verdict: 'AMBIGUOUS', key: 'EMAIL', record: '', score: 1, earlierRow: 0, kind: 'CONTACT' };
    const of = (records: string[], pinnedVersion: number) => verdictDigest(aVerdict({ row: 1, match: { ...match, records }, pinnedVersion }));
    expect(of(['a', 'b'], 3)).toEqual(of(['b', 'a'], 4));
  });
});
