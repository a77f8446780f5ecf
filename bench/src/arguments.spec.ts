import { readArguments } from './arguments.js';

describe('arguments of the benchmark', () => {
  it('asks for 100,000 rows, with one worker and then with two, when nothing is given', () => {
    expect(readArguments([])).toEqual({ rows: 100_000, workers: [1, 2], only: undefined });
  });

  it('takes fewer rows, other workers and a part of the figures', () => {
    const given = readArguments(['--rows', '20000', '--workers', '3', '--only', 'plan']);
    expect(given).toEqual({ rows: 20_000, workers: [3], only: 'plan' });
  });

  it.each([['--rows', '0'], ['--rows', 'many'], ['--workers', '1,x'], ['--workers', '9']])('refuses %s %s', (name, value) => {
    expect(() => readArguments([name, value])).toThrow(`${name} takes whole numbers`);
  });

  it('refuses what it does not know', () => {
    expect(() => readArguments(['--row', '5'])).toThrow("Unknown option '--row'");
  });
});
