import type { targetsV1 } from '@caseledger/contracts';
import fc from 'fast-check';
import { LaneCutter, type CutChunk } from './lane-cutter.js';
import { aRow } from './row.fixture.js';
import { decodeRows, encodeRow, storedRows, type StoredRow } from './row-objects.js';

const UNMARKED = { tied: false, decision: undefined, expected: undefined };

function stored(row: targetsV1.Row): StoredRow {
  const [only] = storedRows(encodeRow(row));
  if (only === undefined) throw new Error('No row was stored');
  return only;
}

function cut(rows: number, lanes: number, limits?: { rows: number; bytes: number }): { chunks: CutChunk[]; perLane: number[] } {
  const cutter = new LaneCutter(lanes, limits);
  const chunks: CutChunk[] = [];
  for (let row = 1; row <= rows; row += 1) {
    const chunk = cutter.add(row % lanes, stored(aRow({ row })), UNMARKED);
    if (chunk !== undefined) chunks.push(chunk);
  }
  chunks.push(...cutter.rest());
  return { chunks, perLane: cutter.chunksPerLane() };
}

describe('cutting lanes into chunks (PRODUCT §6: 500 rows or 512 KB)', () => {
  it('keeps file order inside a lane and every row once', () => {
    const { chunks, perLane } = cut(2_600, 2);
    expect(perLane).toEqual([3, 3]);
    const lane = chunks.filter((chunk) => chunk.lane === 1).flatMap(({ bytes }) => decodeRows(bytes));
    expect(lane.map(({ row }) => row)).toEqual(Array.from({ length: 1_300 }, (_, index) => index * 2 + 1));
    expect(chunks.reduce((sum, chunk) => sum + chunk.rows, 0)).toBe(2_600);
    expect(chunks.every((chunk) => decodeRows(chunk.bytes).length === chunk.rows)).toBe(true);
  });

  it('numbers the chunks of a lane from 0', () => {
    expect(cut(1_200, 1).chunks.map(({ seq, rows }) => [seq, rows])).toEqual([[0, 500], [1, 500], [2, 200]]);
  });

  it('cuts by bytes too, and a row that is too long by itself goes alone', () => {
    const { chunks } = cut(3, 1, { rows: 500, bytes: 8 });
    expect(chunks.map(({ rows }) => rows)).toEqual([1, 1, 1]);
  });

  it('gives equal bytes again (I6)', () => {
    expect(cut(700, 3)).toEqual(cut(700, 3));
  });

  it('refuses an object that was cut short', () => {
    const [chunk] = cut(2, 1).chunks;
    expect(() => decodeRows((chunk?.bytes ?? Buffer.alloc(0)).subarray(0, -1))).toThrow('ends inside');
  });

  it('hands a row on as it was stored, with the marks of its plan and without its cells', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    const value = fc.record({ field: text, text, original: text, column: fc.integer({ min: -1, max: 999 }), clear: fc.boolean(), derived: fc.boolean() });
    const issue = fc.record({ code: text, severity: text, column: fc.integer({ min: -1, max: 999 }), field: text, text, suggestion: text, params: fc.constant({ n: '1' }) });
    const row = fc.record({
      row: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      line: fc.nat(),
      sheet: text,
      blank: fc.boolean(),
      values: fc.array(value),
      issues: fc.array(issue, { maxLength: 3 }),
      leftOut: fc.boolean(),
      tied: fc.constant(false),
      decision: fc.constant(undefined),
      expected: fc.constant(undefined),
      cells: fc.array(text),
      appliedBefore: fc.boolean(),
      part: fc.constant(0),
      withheld: fc.constant(false),
      parts: fc.constant<never[]>([]),
      candidates: fc.constant<never[]>([]),
    });
    const decision = fc.option(fc.record({ action: text, record: text, decidedBy: text }), { nil: undefined });
    const expected = fc.option(fc.record({ outcome: text, reason: text, record: text, version: fc.nat({ max: 2 ** 31 - 1 }), parts: fc.constant<never[]>([]), part: fc.nat({ max: 5 }) }), { nil: undefined });
    fc.assert(
      fc.property(row, fc.record({ tied: fc.boolean(), decision, expected }), (one, marks) => {
        const cutter = new LaneCutter(1);
        cutter.add(0, stored(one), marks);
        const [chunk] = [...cutter.rest()];
        expect(decodeRows(chunk?.bytes ?? Buffer.alloc(0))).toEqual([{ ...one, cells: [], ...marks }]);
        expect([chunk?.firstRow, chunk?.lastRow]).toEqual([one.row, one.row]);
      }),
    );
  });
});
