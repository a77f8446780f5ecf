import { asTable, Figures } from './results.js';

describe('figures', () => {
  it('hold the middle of their runs and meet or miss their target', () => {
    const figures = new Figures();
    for (const value of [5_200, 4_100, 5_600]) figures.add('plan-rows-per-second-empty', value, 'rows/s');
    figures.add('run-rows-per-second-existing', 3_999.4, 'rows/s');
    figures.add('worker-peak-mb-empty', 301.26, 'MB');
    expect(figures.rows()).toEqual([
      { id: 'plan-rows-per-second-empty', value: 5_200, unit: 'rows/s', target: '>= 5000', ok: true, runs: [5_200, 4_100, 5_600] },
      { id: 'run-rows-per-second-existing', value: 3_999, unit: 'rows/s', target: '>= 4000', ok: false, runs: [3_999] },
      { id: 'worker-peak-mb-empty', value: 301, unit: 'MB', target: '', ok: true, runs: [301] },
    ]);
  });

  it('ask for a share below a tenth, and a tenth is none', () => {
    const figures = new Figures();
    figures.add('interactive-cpu-share-run-empty', 0.1, 'of the CPU of the workers');
    expect(figures.rows()[0]?.ok).toBe(false);
  });

  it('are told in lines', () => {
    const figures = new Figures();
    figures.add('copy-rows-per-second', 21_000, 'rows/s');
    figures.add('run-rows-per-second-empty', 3_000, 'rows/s');
    expect(asTable(figures.rows()).split('\n')).toEqual([
      'copy-rows-per-second             21,000 rows/s',
      'run-rows-per-second-empty         3,000 rows/s  (>= 4000: MISSED)',
    ]);
  });
});
