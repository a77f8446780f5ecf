import * as history from './import-history.fixture.js';
import { given } from './import-history.fixture.js';
import { chunksToDispatch, closing, jobAfter, type LaneProgress } from './import.workflow.js';

const limits = { perLane: 2, perRun: 4, redispatchMs: 60_000 };
const lane = (number: number, total: number, done: number, dispatched: number, dispatchedAtMs = 0): LaneProgress => ({
  lane: number,
  total,
  done,
  dispatched,
  dispatchedAtMs,
});

describe('what follows from a fact', () => {
  it.each([
    ['FileUploaded', history.analysing, 'analyse'],
    ['PlanRequested', history.planning, 'split'],
    ['ImportQueued', history.queued, 'admit'],
    ['ImportStarted', history.started, 'cut'],
    ['RetryStarted', history.retrying, 'split'],
    ['ImportCompleted', history.completed, 'admit'],
  ])('%s', (_, events, kind) => {
    const last = events.at(-1);
    expect(last && jobAfter(last, given(events))?.kind).toBe(kind);
  });

  it('a plan confirmed by nobody starts no run', () => {
    expect(jobAfter(history.planDone, given(history.awaiting))).toBeUndefined();
  });

  it('a resumed run goes on where it stood', () => {
    const resumed = { type: 'ImportResumed' as const, data: {} };
    const after = (events: typeof history.running) => jobAfter(resumed, given([...events, resumed]));
    expect(after(history.paused('PAUSED', history.retrying))).toEqual({ kind: 'split', subject: 'p2' });
    expect(after(history.paused('PAUSED', history.started))).toEqual({ kind: 'cut', subject: 'r1' });
    expect(after(history.paused('PAUSED', history.running))).toBeUndefined();
  });
});

describe('the chunks to dispatch', () => {
  it('spread over the lanes and stay within the bound of the run', () => {
    const lanes = [lane(0, 5, 0, 0), lane(1, 5, 0, 0), lane(2, 5, 0, 0)];
    expect(chunksToDispatch(lanes, limits, 0).map(({ lane: at, seq }) => [at, seq])).toEqual([[0, 0], [1, 0], [2, 0], [0, 1]]);
  });

  it('RUN-009 count what is out already, so a big import leaves room', () => {
    expect(chunksToDispatch([lane(0, 9, 2, 4, 1_000), lane(1, 9, 0, 2, 1_000)], limits, 2_000)).toEqual([]);
    expect(chunksToDispatch([lane(0, 9, 3, 4, 1_000), lane(1, 9, 1, 2, 1_000)], limits, 2_000)).toEqual([
      { lane: 0, seq: 4, isAgain: false },
      { lane: 1, seq: 2, isAgain: false },
    ]);
  });

  it('end with the lane', () => {
    expect(chunksToDispatch([lane(0, 3, 2, 3, 1_000)], limits, 2_000)).toEqual([]);
    expect(chunksToDispatch([lane(0, 0, 0, 0)], limits, 0)).toEqual([]);
  });

  it('are dispatched again from the smallest one without an outcome after a minute', () => {
    expect(chunksToDispatch([lane(0, 5, 1, 3, 1_000)], limits, 61_000)).toEqual([
      { lane: 0, seq: 1, isAgain: true },
      { lane: 0, seq: 2, isAgain: true },
    ]);
  });
});

describe('closing a run (LED-001)', () => {
  const done = [lane(0, 2, 2, 2), lane(1, 1, 1, 1)];

  it('needs every outcome', () => {
    expect(closing({ lanes: [lane(0, 2, 1, 2)], outcomes: 500, rows: 1_000 })).toBe('OPEN');
    expect(closing({ lanes: done, outcomes: 1_200, rows: 1_200 })).toBe('CLOSE');
  });

  it('stays open when the rows do not add up', () => {
    expect(closing({ lanes: done, outcomes: 1_199, rows: 1_200 })).toBe('MISMATCH');
    expect(closing({ lanes: done, outcomes: 1_201, rows: 1_200 }, new Map([[0, 2], [1, 1]]))).toBe('MISMATCH');
  });

  it('after a cancel waits for what the target has applied and no more', () => {
    const lanes = [lane(0, 4, 1, 3), lane(1, 4, 0, 0)];
    expect(closing({ lanes, outcomes: 500, rows: 4_000 }, new Map([[0, 2], [1, 0]]))).toBe('OPEN');
    expect(closing({ lanes, outcomes: 500, rows: 4_000 }, new Map([[0, 1], [1, 0]]))).toBe('CLOSE');
  });
});
