import * as decide from './run.decider.js';
import { completePlan, failPlan } from './import.decider.js';
import * as history from './import-history.fixture.js';
import { counts, given, then } from './import-history.fixture.js';
import { EVERY_FAILED_ROW, type ImportEvent } from './import.events.js';

const types = (events: readonly ImportEvent[]): string[] => events.map(({ type }) => type);
const close = { run: 'r1', counts: counts(8, 2), ledgerRoot: 'root' };

describe('a run (RUN-001, RUN-005, RUN-006)', () => {
  it('is begun by one worker only', () => {
    expect(types(decide.beginRun(given(history.queued)))).toEqual(['ImportStarted']);
    expect(decide.beginRun(given(history.started))).toEqual([]);
  });

  it('stores the number of its chunks once', () => {
    const split = { run: 'r1', rows: 10, chunksPerLane: [2, 1] };
    expect(types(decide.recordSplit(split, given(history.started)))).toEqual(['SplitCompleted']);
    expect(decide.recordSplit(split, given(history.running))).toEqual([]);
    expect(decide.recordSplit({ ...split, run: 'other' }, given(history.started))).toEqual([]);
  });

  it('is paused by a person and resumed', () => {
    const events = decide.pauseImport(given(history.running));
    const state = then(history.running, events);
    expect(state.status).toBe('PAUSED');
    expect(decide.pauseImport(state)).toEqual([]);
    expect(then(history.running, [...events, ...decide.resumeImport(state)]).status).toBe('RUNNING');
    expect(decide.resumeImport(given(history.running))).toEqual([]);
    expect(() => decide.resumeImport(given(history.cancelling))).toThrow('CANCELLING');
    expect(() => decide.pauseImport(given(history.completed))).toThrow('COMPLETED');
  });

  it('is paused by the platform with its reason, and goes on alone when the cause is gone', () => {
    const reason = { code: 'CHUNK_CORRUPT', params: {} };
    const state = then(history.running, decide.pauseFor('PAUSED_ACCESS', reason, given(history.running)));
    expect(state).toMatchObject({ status: 'PAUSED_ACCESS', reason });
    expect(decide.resumeFrom('PAUSED_RESOURCE', state)).toEqual([]);
    expect(types(decide.resumeFrom('PAUSED_ACCESS', state))).toEqual(['ImportResumed']);
    expect(decide.resumeFrom('PAUSED_ACCESS', given(history.paused('PAUSED')))).toEqual([]);
    expect(decide.pauseFor('PAUSED_ACCESS', reason, given(history.cancelling))).toEqual([]);
  });

  it('is cancelled from the queue at once, from a run when its ledger is closed', () => {
    const inQueue = decide.cancelImport('dana', counts(0), given(history.queued));
    expect(then(history.queued, inQueue).status).toBe('CANCELLED');
    const requested = decide.cancelImport('dana', counts(0), given(history.running));
    expect(types(requested)).toEqual(['ImportCancelRequested']);
    expect(then(history.running, requested).status).toBe('CANCELLING');
    expect(decide.cancelImport('dana', counts(0), given(history.cancelling))).toEqual([]);
    expect(types(decide.closeRun(close, given(history.cancelling)))).toEqual(['ImportCancelled']);
    expect(() => decide.cancelImport('dana', counts(0), given(history.completed))).toThrow('COMPLETED');
  });

  it('a plan in the making is given up by cancel', () => {
    const events = decide.cancelImport('dana', counts(0), given(history.planning));
    expect(then(history.planning, events).status).toBe('MAPPING');
  });

  it('is closed once, and not while it is paused', () => {
    expect(types(decide.closeRun(close, given(history.running)))).toEqual(['ImportCompleted']);
    expect(decide.closeRun(close, given(history.paused('PAUSED')))).toEqual([]);
    expect(decide.closeRun(close, given(history.completed))).toEqual([]);
    expect(decide.closeRun({ ...close, run: 'r0' }, given(history.running))).toEqual([]);
  });
});

describe('a retry (LED-009)', () => {
  const retry = {
    run: 'r2',
    plan: 'p2',
    importDay: '2026-05-04',
    rows: 2,
    source: { kind: 'ROWS' as const },
    selection: { ...EVERY_FAILED_ROW, rows: [3, 4] },
    alreadyApplied: 0,
    startedBy: 'tomas',
  };

  it('is a numbered attempt of an import that has ended', () => {
    const events = decide.startRetry(retry, given(history.completed));
    expect(events).toMatchObject([{ type: 'RetryStarted', data: { attempt: 2 } }]);
    expect(decide.startRetry(retry, then(history.completed, events))).toEqual([]);
    expect(() => decide.startRetry(retry, given(history.running))).toThrow('RUNNING');
    expect(() => decide.startRetry({ ...retry, rows: 0 }, given(history.completed))).toThrow('nothing is left');
  });

  it('of the same rows, asked for again while it runs, is that one', () => {
    const again = { ...retry, run: 'r0', plan: 'p0', rows: 0, selection: { ...EVERY_FAILED_ROW, rows: [4, 3, 3] } };
    expect(decide.startRetry(again, given(history.retrying))).toEqual([]);
    const others = [{ rows: [3] }, { rows: [3, 5] }, { outcome: 'FAILED' }, { reason: 'HELD_FOR_REVIEW' }, { code: 'PHONE_INVALID' }, { continueCancelled: true }];
    for (const other of others) {
      expect(() => decide.startRetry({ ...again, selection: { ...again.selection, ...other } }, given(history.retrying))).toThrow('RUNNING');
    }
    expect(() => decide.startRetry({ ...again, source: { kind: 'FILE' as const, importId: 'j' } }, given(history.retrying))).toThrow('RUNNING');
    const cancelling: ImportEvent[] = [...history.retrying, { type: 'ImportCancelRequested', data: { requestedBy: 'tomas' } }];
    expect(() => decide.startRetry(again, given(cancelling))).toThrow('CANCELLING');
  });

  it('is refused while anything of the import is reverted', () => {
    const reverted: ImportEvent[] = [...history.completed, { type: 'ImportRevertChanged', data: { revert: 'v', state: 'PARTLY_REVERTED' } }];
    expect(() => decide.startRetry(retry, given(reverted))).toThrow('PARTLY_REVERTED');
  });

  it('plans by itself, runs, and the import is what it was before', () => {
    if (history.planDone.type !== 'PlanCompleted') throw new Error('the history holds a finished plan');
    const plan = completePlan({ ...history.planDone.data, plan: 'p2', rows: 2 }, given(history.retrying));
    expect(types(plan)).toEqual(['PlanCompleted']);
    expect(then(history.retrying, plan)).toMatchObject({ status: 'RUNNING', attempt: { phase: 'PLANNED', number: 2 } });
    const ended = decide.closeRun({ ...close, run: 'r2' }, then(history.retrying, plan));
    expect(types(ended)).toEqual(['RetryCompleted']);
    expect(then(history.retrying, [...plan, ...ended]).status).toBe('COMPLETED');
  });

  it('that cannot be planned rests with its reason and goes on when resumed', () => {
    const failed = failPlan('p2', { code: 'PLAN_STALE', params: {} }, [], given(history.retrying));
    const state = then(history.retrying, failed);
    expect(state).toMatchObject({ status: 'PAUSED', reason: { code: 'PLAN_STALE' }, attempt: { phase: 'PLANNING' } });
    expect(types(decide.resumeImport(state))).toEqual(['ImportResumed']);
  });
});

describe('the revert state of an import', () => {
  it('changes after its end only', () => {
    expect(types(decide.changeRevertState('v', 'REVERTING', given(history.completed)))).toEqual(['ImportRevertChanged']);
    expect(() => decide.changeRevertState('v', 'REVERTING', given(history.running))).toThrow('RUNNING');
  });

  it('FIL-006 the file expires only while nothing needs it', () => {
    expect(types(decide.expireFile('2027-05-03', given(history.completed)))).toEqual(['FileExpired']);
    expect(decide.expireFile('2027-05-03', given(history.running))).toEqual([]);
    const expired = then(history.completed, decide.expireFile('2027-05-03', given(history.completed)));
    expect(decide.expireFile('2027-05-03', expired)).toEqual([]);
    expect(expired).toMatchObject({ status: 'COMPLETED', file: { sha256: 'ab', kept: false, removedOn: '2027-05-03' } });
    const retry = { run: 'r9', plan: 'p9', importDay: '2027-05-04', rows: 2, source: { kind: 'ROWS' as const }, selection: EVERY_FAILED_ROW, alreadyApplied: 0, startedBy: 'tomas' };
    expect(() => decide.startRetry(retry, expired)).toThrow(expect.objectContaining({ code: 'FILE_EXPIRED', params: { date: '2027-05-03' } }));
  });
});
