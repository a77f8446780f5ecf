import { Components } from './file/components.js';
import { tieBatch } from './plan.ties.js';

const match = (row: number, keys: string[], records: string[]) => ({ row, keys, records });

describe('what ties rows (DESIGN §4)', () => {
  it('rows that hit the same record are tied, whichever key hit it', () => {
    const components = new Components(3);
    tieBatch(components, 0, [match(1, ['a'], ['r']), match(2, ['b'], ['r']), match(3, ['c'], [])]);
    expect([0, 1, 2].map((row) => components.componentOf(row))).toEqual([0, 0, 2]);
  });

  it('rows that share a key are tied across batches', () => {
    const components = new Components(4);
    tieBatch(components, 0, [match(1, ['a'], []), match(2, ['b'], [])]);
    tieBatch(components, 2, [match(3, ['b'], []), match(4, ['a'], [])]);
    expect([0, 1, 2, 3].map((row) => components.componentOf(row))).toEqual([0, 1, 1, 0]);
  });

  it('a key is never taken for a record', () => {
    const components = new Components(3);
    tieBatch(components, 0, [match(1, ['x'], []), match(2, [], ['x']), match(3, [], [])]);
    expect([0, 1, 2].map((row) => components.isTied(row))).toEqual([false, false, false]);
  });
});
