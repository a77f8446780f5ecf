import { CASE_HEADERS, casePieces, caseRows } from './case-rows.js';

const OPTIONS = { rows: 5_000, seed: 5, existing: 1_000, matching: 0.2, repeating: 0.1 };

describe('case rows of the benchmark', () => {
  it('are the same for a seed, and no two are the same case', () => {
    expect([...casePieces(OPTIONS)].join('')).toBe([...casePieces(OPTIONS)].join(''));
    const rows = [...caseRows(OPTIONS)];
    expect(rows.every((row) => row.length === CASE_HEADERS.length)).toBe(true);
    expect(new Set(rows.map((row) => row[0])).size).toBe(5_000);
    expect(new Set(rows.map((row) => row[8])).size).toBe(5_000);
  });

  it('name known people in a fifth of the rows, and some clients several times', () => {
    const clients = [...caseRows(OPTIONS)].map((row) => row[6]?.toLowerCase() ?? '');
    const known = clients.filter((email) => Number(email.split(/[.@]/)[2]) < 1_000);
    expect(known.length).toBeGreaterThan(850);
    expect(known.length).toBeLessThan(1_150);
    const made = clients.filter((email) => Number(email.split(/[.@]/)[2]) >= 1_000);
    expect(made.length - new Set(made).size).toBeGreaterThan(250);
  });
});
