import { archiveType, changeType, defineType, followingStatus, statusOf, type Surroundings, type WantedType } from './case-type.decider.js';
import type { CaseTypeEvent, StatusFacts } from './case-type.events.js';
import { evolve, initial, presentStatus, type CaseTypeState } from './case-type.js';
import { startSet } from './start-set.js';

const code = (value: string) => expect.objectContaining({ code: value });
const status = (id: string, more: Partial<StatusFacts> = {}): StatusFacts => ({
  id,
  name: id,
  category: 'OPEN',
  description: '',
  clientWording: '',
  next: [],
  proposesArchiving: false,
  ...more,
});
const wanted = (more: Partial<WantedType> = {}): WantedType => ({
  name: 'Probate',
  description: '',
  practiceArea: '',
  colour: '',
  statuses: [status('a'), status('b'), status('c', { category: 'CLOSED' })],
  replacements: {},
  ...more,
});
const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  taken: new Set(),
  types: 4,
  used: new Set(),
  fold: (text) => text.toLowerCase(),
  ...more,
});
const fold = (events: readonly CaseTypeEvent[], from = initial()): CaseTypeState => events.reduce(evolve, from);
const probate = fold(defineType(wanted(), around()));

describe('defining a case type (TYP-001)', () => {
  it('gives it its statuses in their order', () => {
    expect(probate.statuses.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('is refused without a name or a status, and over the limits', () => {
    expect(() => defineType(wanted({ name: '' }), around())).toThrow(code('REQUIRED_MISSING'));
    expect(() => defineType(wanted({ statuses: [] }), around())).toThrow('Status is required.');
    expect(() => defineType(wanted(), around({ types: 200 }))).toThrow(code('LIMIT_REACHED'));
    const statuses = Array.from({ length: 51 }, (_, at) => status(`s${at}`));
    expect(() => defineType(wanted({ statuses }), around())).toThrow(code('LIMIT_REACHED'));
    expect(() => defineType(wanted({ colour: 'red' }), around())).toThrow(code('VALUE_NOT_ALLOWED'));
  });

  it('keeps names apart, those of types as those of statuses, without regard to case', () => {
    expect(() => defineType(wanted({ name: 'PROBATE' }), around({ taken: new Set(['probate']) }))).toThrow(code('DUPLICATE_VALUE'));
    const statuses = [status('a', { name: 'New' }), status('b', { name: 'NEW' })];
    expect(() => defineType(wanted({ statuses }), around())).toThrow(code('DUPLICATE_VALUE'));
  });
});

describe('changing a case type (TYP-002)', () => {
  const change = (more: Partial<WantedType>, what: Partial<Surroundings> = {}): CaseTypeEvent[] =>
    changeType(wanted(more), around(what), probate);

  it('changes what differs and nothing else', () => {
    expect(change({})).toEqual([]);
    const events = change({ name: 'Estates', statuses: [status('b'), status('a', { name: 'Intake' }), status('c', { category: 'CLOSED' }), status('d')] });
    expect(events.map(({ type }) => type)).toEqual(['StatusChanged', 'StatusAdded', 'CaseTypeRedefined']);
    expect(fold(events, probate)).toMatchObject({ name: 'Estates', statuses: [{ id: 'b' }, { id: 'a', name: 'Intake' }, { id: 'c' }, { id: 'd' }] });
  });

  it('asks what replaces a status that cases are in', () => {
    const statuses = [status('b'), status('c', { category: 'CLOSED' })];
    const used = new Set(['a']);
    expect(() => change({ statuses }, { used })).toThrow(code('REQUIRED_MISSING'));
    expect(() => change({ statuses, replacements: { a: 'x' } }, { used })).toThrow(code('VALUE_NOT_ALLOWED'));
    const removed = fold(change({ statuses, replacements: { a: 'b' } }, { used }), probate);
    expect(presentStatus(removed, 'a')?.id).toBe('b');
    const twice = fold(changeType(wanted({ statuses: [status('c', { category: 'CLOSED' })], replacements: { b: 'c' } }), around(), removed), removed);
    expect(presentStatus(twice, 'a')?.id).toBe('c');
    expect(presentStatus(twice, 'never')).toBeUndefined();
  });

  it('leaves the category of a status that cases are in', () => {
    const statuses = [status('a', { category: 'CLOSED' }), status('b'), status('c', { category: 'CLOSED' })];
    expect(() => change({ statuses }, { used: new Set(['a']) })).toThrow(code('STATE_NOT_ALLOWED'));
    expect(change({ statuses })).toHaveLength(1);
  });

  it('is over once it is archived', () => {
    const archived = fold(archiveType(probate), probate);
    expect(archiveType(archived)).toEqual([]);
    expect(() => changeType(wanted(), around(), archived)).toThrow(code('STATE_NOT_ALLOWED'));
  });
});

describe('the statuses of a type', () => {
  it('begin with the first one, and follow as the type lets them', () => {
    const strict = { ...probate, statuses: [status('a', { next: ['b'] }), status('b'), status('c')] };
    expect(statusOf(strict, '').id).toBe('a');
    expect(() => statusOf(strict, 'x')).toThrow(code('VALUE_NOT_ALLOWED'));
    expect(followingStatus(strict, 'a', 'b').id).toBe('b');
    expect(() => followingStatus(strict, 'a', 'c')).toThrow(code('STATE_NOT_ALLOWED'));
    expect(followingStatus(strict, 'b', 'a').id).toBe('a');
  });
});

describe('the start set', () => {
  it('has the same ids whoever makes it, and others in every company', () => {
    const ids = (tenant: string): string[] => startSet(tenant).flatMap(({ id, statuses }) => [id, ...statuses.map((each) => each.id)]);
    expect(ids('t1')).toEqual(ids('t1'));
    expect(new Set([...ids('t1'), ...ids('t2')]).size).toBe(2 * 4 * 8);
  });
});
