import { decodeRows, decodeWithoutCells, encodeRow } from './row-objects.js';
import { aRow } from './row.fixture.js';

describe('the rows of an object', () => {
  // `appliedBefore` lies behind the cells, so what is left of such a row is put together of two pieces.
  const rows = [
    aRow({ row: 1, cells: ['Ana', 'Ferrer'], appliedBefore: true }),
    aRow({ row: 2, cells: ['Omar', 'Byrne'] }),
    aRow({ row: 3, cells: ['Ingrid', 'Olsen'], appliedBefore: true, leftOut: true }),
  ];

  it('are read as they were written', () => {
    expect(decodeRows(Buffer.concat(rows.map(encodeRow)))).toEqual(rows);
  });

  it('are read without their cells, also where object and pieces share a pool of small buffers', () => {
    for (let tries = 0; tries < 100; tries += 1) {
      expect(decodeWithoutCells(Buffer.concat(rows.map(encodeRow)))).toEqual(rows.map((row) => ({ ...row, cells: [] })));
    }
  });
});
