import { WrittenValues } from './written-values.js';

const values = (given: Record<string, string | null>): Map<string, string | null> => new Map(Object.entries(given));

describe('the oracle of reverts', () => {
  it('REV-003: the last writer in force wins', () => {
    const world = new WrittenValues();
    world.edit('ana', values({ job: 'A' }));
    world.write('one', 'ana', values({ job: 'B' }));
    world.write('two', 'ana', values({ job: 'C' }));
    world.revert('one');
    expect(world.lines()).toEqual(['ana job=C']);
    world.revert('two');
    expect(world.lines()).toEqual(['ana job=A']);
    world.restore('one');
    expect(world.lines()).toEqual(['ana job=B']);
  });

  it('REV-005: a record that others touched is kept, and goes once they are out of force', () => {
    const world = new WrittenValues();
    world.write('one', 'ana', values({ job: 'B' }));
    world.write('two', 'ana', values({ job: 'C' }));
    expect(world.revert('one')).toEqual({ total: 1, archived: 0, kept: 1 });
    world.revert('two');
    expect(world.revert('one')).toEqual({ total: 1, archived: 1, kept: 0 });
    expect(world.lines()).toEqual(['ana archived job=B']);
  });
});
