import { secondsBetween } from './timeline.js';

const at = (second: number): string => new Date(Date.UTC(2026, 4, 4, 9, 0, 0) + second * 1000).toISOString();
const TIMELINE = [
  { state: 'MAPPING', at: at(0) },
  { state: 'PLANNING', at: at(1) },
  { state: 'MAPPING', at: at(2) },
  { state: 'PLANNING', at: at(10) },
  { state: 'AWAITING_CONFIRMATION', at: at(14.5) },
];

describe('seconds between two states', () => {
  it('count from the last time the first state was entered', () => {
    expect(secondsBetween(TIMELINE, 'PLANNING', 'AWAITING_CONFIRMATION')).toBe(4.5);
  });

  it('are refused where the import never came so far', () => {
    expect(() => secondsBetween(TIMELINE, 'QUEUED', 'COMPLETED')).toThrow('No way from QUEUED to COMPLETED');
    expect(() => secondsBetween(TIMELINE, 'AWAITING_CONFIRMATION', 'PLANNING')).toThrow('No way');
  });
});
