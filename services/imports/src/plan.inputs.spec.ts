import type { Mapped } from './plan.inputs.js';
import { applyOptionsOf, configOf } from './plan.inputs.js';
import { readOptionsOf } from './file/row-reading.js';
import { options } from './import/import-history.fixture.js';

describe('what a plan and its run tell a target (PRODUCT 2.5)', () => {
  const reading = readOptionsOf({ type: 'CASES', options, dateOrders: {}, importDay: '2026-05-03', timeZone: 'UTC' });
  /** Of a mapped import only what options are made of. */
  const mapped = (defaults: Record<string, string>) =>
    ({ type: 'CASES', mapping: { version: 1, columns: [{ column: 0, target: 'contact1Name' }] }, options: { ...options, defaults } }) as unknown as Mapped;

  it('tells a target the roles that headers give, below what somebody chose', () => {
    const roles = { contact1Role: 'OPPOSING_PARTY' };
    expect(applyOptionsOf(mapped({}), reading, { roles }).defaults).toEqual(roles);
    expect(applyOptionsOf(mapped({ contact1Role: 'witness' }), reading, { roles }).defaults).toEqual({ contact1Role: 'WITNESS' });
  });

  it('keeps rows read with original dates apart from rows read without them', () => {
    const state = { ...mapped({}), importId: 'i', file: { sha256: 'ab' }, analysis: { sha256: 'cd' }, mapping: { version: 1, columns: [{ column: 0, target: 'openedOn' }] } } as unknown as Mapped;
    const without = { ...state, options: { ...options, keepOriginalDates: 'OFF' as const } };
    expect(applyOptionsOf(state, reading, { roles: {} }).mappedFields).toEqual(['openedOn']);
    expect(applyOptionsOf(without, reading, { roles: {} }).mappedFields).toEqual([]);
    expect(configOf(without, reading)).not.toBe(configOf(state, reading));
  });
});
