import fc from 'fast-check';
import { Components, laneCount, laneOf } from './components.js';

/** The components by the definition: rows are joined for as long as any two share a mark. */
function byDefinition(marks: readonly (readonly string[])[]): number[] {
  const component = marks.map((_, row) => row);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, marksOfA] of marks.entries()) {
      for (const [b, marksOfB] of marks.entries()) {
        const [ofA, ofB] = [component[a] ?? 0, component[b] ?? 0];
        if (ofA === ofB || !marksOfA.some((mark) => marksOfB.includes(mark))) continue;
        const [to, from] = [Math.min(ofA, ofB), Math.max(ofA, ofB)];
        component.forEach((of, row) => (component[row] = of === from ? to : of));
        changed = true;
      }
    }
  }
  return component;
}

function built(marks: readonly (readonly string[])[]): Components {
  const components = new Components(marks.length);
  marks.forEach((ofRow, row) => ofRow.forEach((mark) => components.tie(row, mark)));
  return components;
}

describe('components (DESIGN §4)', () => {
  it('DUP-009 rows tied by a second key are one component: e=a p=1, e=b p=1, e=b', () => {
    const components = built([['e:a', 'p:1'], ['e:b', 'p:1'], ['e:b'], ['e:c']]);
    expect([0, 1, 2, 3].map((row) => components.componentOf(row))).toEqual([0, 0, 0, 3]);
    expect([0, 1, 2, 3].map((row) => components.isTied(row))).toEqual([true, true, true, false]);
  });

  it('rows whose keys differ but hit the same existing record are one component', () => {
    const components = built([['e:a', 'record:7'], ['p:1', 'record:7']]);
    expect(components.componentOf(1)).toBe(0);
  });

  it('are those of the definition, whatever ties come in whatever order', () => {
    const marks = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(marks, (rows) => {
        const components = built(rows);
        expect(rows.map((_, row) => components.componentOf(row))).toEqual(byDefinition(rows));
      }),
      { numRuns: 500 },
    );
  });

  it('tell half a million marks apart', () => {
    const rows = 250_000;
    const components = new Components(rows);
    for (let row = 0; row < rows; row += 1) {
      components.tie(row, `e:${row}`);
      components.tie(row, `p:${row}`);
    }
    let tied = 0;
    for (let row = 0; row < rows; row += 1) if (components.isTied(row)) tied += 1;
    expect(tied).toBe(0);
  });
});

describe('lanes (DESIGN 11)', () => {
  it('are one for each full chunk or two of 500 rows, at most 64', () => {
    expect([0, 1, 500, 501, 20_000, 32_000, 5_000_000].map(laneCount)).toEqual([1, 1, 1, 2, 44, 35, 64]);
  });

  it.each([20_000, 30_000, 60_000, 100_000])('of %d rows hardly ever end in a chunk of a few rows', (rows) => {
    const perLane = new Array<number>(laneCount(rows)).fill(0);
    for (let component = 0; component < rows; component += 1) {
      const lane = laneOf(component, perLane.length);
      perLane[lane] = (perLane[lane] ?? 0) + 1;
    }
    const chunks = perLane.reduce((sum, of) => sum + Math.ceil(of / 500), 0);
    expect(rows / chunks).toBeGreaterThan(440);
  });

  it('spread components evenly', () => {
    const perLane = new Array<number>(64).fill(0);
    for (let component = 0; component < 64_000; component += 1) {
      const lane = laneOf(component, 64);
      perLane[lane] = (perLane[lane] ?? 0) + 1;
    }
    expect(Math.min(...perLane)).toBeGreaterThan(850);
    expect(Math.max(...perLane)).toBeLessThan(1_150);
  });
});
