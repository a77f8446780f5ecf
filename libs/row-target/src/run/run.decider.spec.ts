import { evolveRun, moveRun, openRun, type RunStanding } from './run.decider.js';
import type { RunEvent, RunOpened } from './run.events.js';

const opened: RunOpened = { run: 'r', import: 'i', kind: 'IMPORT', attempt: 1, chunksPerLane: [2, 1] };
const named = { run: 'r', import: 'i' };
const notAllowed = expect.objectContaining({ code: 'STATE_NOT_ALLOWED' });

function given(...events: RunEvent[]): RunStanding {
  const standing = events.reduce<RunStanding | undefined>(evolveRun, undefined);
  if (standing === undefined) throw new Error('no run');
  return standing;
}

const open: RunEvent = { type: 'ImportRunOpened', data: opened };

describe('a run', () => {
  it('is opened once, and again with the same content without effect', () => {
    expect(openRun(opened, undefined)).toEqual([open]);
    expect(openRun(opened, given(open))).toEqual([]);
    expect(() => openRun({ ...opened, chunksPerLane: [2, 2] }, given(open))).toThrow(notAllowed);
  });

  it('is paused, resumed, cancelled and closed (RUN-005)', () => {
    expect(moveRun('PAUSED', given(open))).toEqual([{ type: 'ImportRunPaused', data: named }]);
    const paused = given(open, { type: 'ImportRunPaused', data: named });
    expect(moveRun('PAUSED', paused)).toEqual([]);
    expect(moveRun('RUNNING', paused)).toEqual([{ type: 'ImportRunResumed', data: named }]);
    expect(moveRun('CANCELLED', paused)).toEqual([{ type: 'ImportRunClosed', data: { ...named, state: 'CANCELLED' } }]);
  });

  it('never runs again after it was cancelled or closed', () => {
    const cancelled = given(open, { type: 'ImportRunClosed', data: { ...named, state: 'CANCELLED' } });
    expect(() => moveRun('RUNNING', cancelled)).toThrow(notAllowed);
    expect(moveRun('CLOSED', cancelled)).toHaveLength(1);
    const closed = given(open, { type: 'ImportRunClosed', data: { ...named, state: 'CLOSED' } });
    expect(() => moveRun('CANCELLED', closed)).toThrow(notAllowed);
  });
});
