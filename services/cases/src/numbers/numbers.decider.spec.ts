import { evolve, initial, numberText, reserveNumbers } from './numbers.decider.js';

describe('numbers of cases (CAS-001, RUN-015)', () => {
  it('are given away one after the other and never again, gaps staying', () => {
    const first = reserveNumbers({ year: 2026, count: 1 }, initial());
    const block = reserveNumbers({ year: 2026, count: 500, import: 'i' }, first.reduce(evolve, initial()));
    expect(block).toEqual([{ type: 'CaseNumbersReserved', data: { year: 2026, count: 500, import: 'i', first: 2 } }]);
    expect(block.reduce(evolve, initial()).next).toBe(502);
    expect(reserveNumbers({ year: 2026, count: 0 }, initial())).toEqual([]);
  });

  it('are shown with their year and six digits, more when they are needed', () => {
    expect(numberText(2026, 7)).toBe('C-2026-000007');
    expect(numberText(2026, 1_234_567)).toBe('C-2026-1234567');
  });
});
