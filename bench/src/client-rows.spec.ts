import { HEADERS, clientRows, csvPieces } from './client-rows.js';

describe('rows of the benchmark', () => {
  it('has eleven columns, about 190 bytes a row, and is the same for a seed', () => {
    const text = [...csvPieces({ rows: 2_000, seed: 7, existing: 1_000, matching: 0.2 })].join('');
    const again = [...csvPieces({ rows: 2_000, seed: 7, existing: 1_000, matching: 0.2 })].join('');
    expect(HEADERS).toHaveLength(11);
    expect(text).toBe(again);
    expect(Buffer.byteLength(text) / 2_000).toBeGreaterThan(150);
    expect(Buffer.byteLength(text) / 2_000).toBeLessThan(220);
  });

  it('repeats known people in a fifth of the rows, and nobody in an empty company', () => {
    const known = [...clientRows({ rows: 5_000, seed: 3, existing: 1_000, matching: 0.2 })].filter((row) => /number\.\d{1,3}@/i.test(row[2] ?? ''));
    expect(known.length).toBeGreaterThan(850);
    expect(known.length).toBeLessThan(1_150);
    const emails = [...clientRows({ rows: 5_000, seed: 3, existing: 0, matching: 0.2 })].map((row) => row[2]);
    expect(new Set(emails).size).toBe(5_000);
  });
});
