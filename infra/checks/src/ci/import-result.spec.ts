import { importFault } from './import-result.js';

const line = (more: object, counts: object = {}): string =>
  JSON.stringify({ id: 'i1', state: 'COMPLETED', counts: { read: 4, created: 3, updated: 0, merged: 0, unchanged: 0, skipped: 0, failed: 1, held: 0, ...counts }, ...more });

describe('the result line of an import', () => {
  const expected = { created: 3, failed: 1 };

  it('is the last line, whatever was printed before it', () => {
    expect(importFault(`{"step":1}\nprogress\n${line({})}\n`, expected)).toBeUndefined();
  });

  it.each([
    ['gave no result', 'something else'],
    ['gave no result', ''],
    ['ended FAILED', line({ state: 'FAILED' })],
    ['do not add up', line({}, { created: 2 })],
    ['created should be 3', line({}, { created: 2, failed: 2 })],
  ])('shows a fault: %s', (fault, output) => {
    expect(importFault(output, expected)).toContain(fault);
  });
});
