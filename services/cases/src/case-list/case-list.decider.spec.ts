import { archiveList, createList, renameList } from './case-list.decider.js';
import { evolve, initial } from './case-list.js';
import { foldedName } from './list-name.js';

const code = (value: string) => expect.objectContaining({ code: value });
const facts = { name: 'Ice', description: '', owner: 'u1', caseType: null, visibility: 'COMPANY' };
const free = { isTaken: false, lists: 0 };
const list = createList(facts, free).reduce(evolve, initial());

describe('a list of cases (LST-001, OPT-006)', () => {
  it('is made with a name that no other list has', () => {
    expect(list).toMatchObject({ name: 'Ice', archived: null });
    expect(() => createList(facts, { ...free, isTaken: true })).toThrow(code('LIST_NAME_TAKEN'));
    expect(() => createList({ ...facts, name: '' }, free)).toThrow('List name is required.');
    expect(() => createList({ ...facts, visibility: 'WORLD' }, free)).toThrow(code('VALUE_NOT_ALLOWED'));
    expect(() => createList(facts, { ...free, lists: 5_000 })).toThrow(code('LIMIT_REACHED'));
  });

  it('is renamed and archived once', () => {
    expect(renameList({ name: 'Ice', description: '' }, free, list)).toEqual([]);
    expect(() => renameList({ name: 'Snow', description: '' }, { isTaken: true }, list)).toThrow(code('LIST_NAME_TAKEN'));
    const archived = archiveList('', list).reduce(evolve, list);
    expect(archiveList('', archived)).toEqual([]);
    expect(() => renameList({ name: 'Snow', description: '' }, free, archived)).toThrow(code('STATE_NOT_ALLOWED'));
  });

  it('has its name without regard to case and spaces', () => {
    expect(foldedName('  ICE   cases ')).toBe(foldedName('ice cases'));
  });
});
