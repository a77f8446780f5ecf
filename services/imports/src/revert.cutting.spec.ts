import type { targetsV1 } from '@caseledger/contracts';
import { cutRecords } from './revert.cutting.js';

const record = (target: string, id: string, more: Partial<targetsV1.TouchedRecord> = {}): targetsV1.TouchedRecord => ({ target, record: id, component: id, version: 1, ties: [], ...more });
const kases = (n: number, client: string): targetsV1.TouchedRecord[] => Array.from({ length: n }, (_, at) => record('cases', `k${at}-${client}`, { ties: [client] }));

describe('cutting the records of a revert (DESIGN §4, "Revert")', () => {
  it('keeps a case and its contacts in one chunk, the case first', () => {
    const touched = [record('cases', 'k1', { ties: ['c2', 'c3'] }), ...Array.from({ length: 2_000 }, (_, at) => record('contacts', `x${at}`)), record('contacts', 'c2'), record('contacts', 'c3')];
    const { chunks } = cutRecords(touched);
    const withCase = chunks.filter(({ records }) => records.some(({ record: id }) => ['k1', 'c2', 'c3'].includes(id)));
    expect(withCase).toHaveLength(1);
    expect(withCase[0]?.records.map(({ record: id }) => id).filter((id) => /^[kc]/.test(id))).toEqual(['k1', 'c2', 'c3']);
  });

  it('ties cases of one client through it, also where it was not touched itself', () => {
    const { chunks } = cutRecords([record('cases', 'k1', { ties: ['old'] }), ...kases(1_200, 'other'), record('cases', 'k2', { ties: ['old'] })]);
    const lanes = chunks.filter(({ records }) => records.some(({ record: id }) => id === 'k1' || id === 'k2')).map(({ lane }) => lane);
    expect(new Set(lanes).size).toBe(1);
  });

  it('cuts what is larger than a chunk so that the contact comes after all its cases', () => {
    const { chunks } = cutRecords([...kases(1_200, 'c1'), record('contacts', 'c1')]);
    expect(chunks.map(({ records }) => records.length)).toEqual([500, 500, 201]);
    expect(new Set(chunks.map(({ lane }) => lane)).size).toBe(1);
    expect(chunks.at(-1)?.records.at(-1)?.record).toBe('c1');
  });

  it('tells components of two services apart', () => {
    const { chunksPerLane, chunks } = cutRecords([record('cases', 'a', { component: 'x' }), record('contacts', 'b', { component: 'x' })]);
    expect(chunksPerLane).toEqual([1]);
    expect(chunks[0]?.records).toHaveLength(2);
  });

  it('keeps what one service ties together', () => {
    const touched = [record('contacts', 'a', { component: 'm' }), ...Array.from({ length: 1_000 }, (_, at) => record('contacts', `x${at}`)), record('contacts', 'b', { component: 'm' })];
    const { chunks } = cutRecords(touched);
    expect(chunks.filter(({ records }) => records.some(({ component }) => component === 'm'))).toHaveLength(1);
  });
});
