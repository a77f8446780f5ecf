import { compareSnapshot } from './compare-snapshot.js';

const table = (name: string, ...columns: string[]): string => [`table ${name}`, ...columns.map((column) => `  column ${column}`), ''].join('\n');

describe('a schema and its snapshot', () => {
  it('are equal only byte for byte', () => {
    expect(compareSnapshot(table('app.a', 'id uuid'), table('app.a', 'id uuid'))).toEqual([]);
    expect(compareSnapshot(table('app.a', 'x int', 'y int'), table('app.a', 'y int', 'x int'))).toEqual(['the same lines in another order']);
  });

  it('name what each has alone, with the object it belongs to', () => {
    const committed = `${table('app.a', 'id uuid', 'name text')}\n${table('app.b', 'id uuid')}`;
    const actual = `${table('app.a', 'id uuid')}\n${table('app.b', 'id uuid', 'name text')}`;
    expect(compareSnapshot(committed, actual)).toEqual([
      'only in the snapshot: table app.a > column name text',
      'only in the database: table app.b > column name text',
    ]);
  });

  it('count what would fill the screen', () => {
    const columns = Array.from({ length: 50 }, (_, n) => `c${n} int`);
    const differences = compareSnapshot('', table('app.a', ...columns));
    expect(differences).toHaveLength(21);
    expect(differences.at(-1)).toBe('and 31 more');
  });
});
