import * as decide from './revert.decider.js';
import { NO_REVERT_COUNTS, type RevertEvent } from './revert.events.js';
import { evolveRevert, noRevert, type Revert } from './revert.js';

const standing = { status: 'COMPLETED', revertState: 'NONE' as const, written: 3 };
const plan = { revertId: 'v', importId: 'i', createdPolicy: 'KEEP' as const, recordPolicies: {}, plannedBy: 'dana' };
const preview = { hash: 'h', counts: NO_REVERT_COUNTS, positions: [], chunksPerLane: [1], builtOnBy: [] };
const planned: RevertEvent[] = [{ type: 'RevertPlanned', data: { ...plan, kind: 'REVERT', ofRevert: '' } }];
const ready: RevertEvent[] = [...planned, { type: 'RevertPreviewed', data: preview }];
const queued: RevertEvent[] = [...ready, { type: 'RevertConfirmed', data: { hash: 'h', confirmedBy: 'dana' } }];
const running: RevertEvent[] = [...queued, { type: 'RevertStarted', data: { run: 'v' } }];
const given = (events: readonly RevertEvent[]): Revert => events.reduce(evolveRevert, noRevert);
const types = (events: readonly RevertEvent[]): string[] => events.map(({ type }) => type);

describe('whether a revert is available (REV-001)', () => {
  it.each([
    [{ ...standing, status: 'RUNNING' }, 'REVERT_IMPORT_RUNNING'],
    [{ ...standing, status: 'CANCELLING' }, 'REVERT_IMPORT_RUNNING'],
    [{ ...standing, revertState: 'REVERTING' as const }, 'REVERT_ALREADY_RUNNING'],
    [{ ...standing, revertState: 'REVERTED' as const }, 'REVERT_NOTHING_TO_DO'],
    [{ ...standing, status: 'MAPPING', written: 0 }, 'REVERT_NOTHING_TO_DO'],
    [{ ...standing, status: 'CANCELLED', written: 0 }, 'REVERT_NOTHING_TO_DO'],
    [{ ...standing, status: 'CANCELLED', revertState: 'PARTLY_REVERTED' as const }, undefined],
    [standing, undefined],
  ])('%j: %s', (one, code) => {
    expect(decide.revertBar(one)).toBe(code);
    if (code !== undefined) expect(() => decide.planRevert(plan, one, noRevert)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a revert', () => {
  it('is previewed, confirmed by its hash, started and completed', () => {
    expect(types(decide.planRevert(plan, standing, noRevert))).toEqual(['RevertPlanned']);
    expect(types(decide.finishPreview(preview, given(planned)))).toEqual(['RevertPreviewed']);
    expect(decide.finishPreview(preview, given(ready))).toEqual([]);
    expect(types(decide.confirmRevert('h', 'dana', standing, given(ready)))).toEqual(['RevertConfirmed']);
    expect(decide.confirmRevert('h', 'dana', standing, given(running))).toEqual([]);
    expect(types(decide.startRevert('v', given(queued)))).toEqual(['RevertStarted']);
    expect(decide.startRevert('v', given(running))).toEqual([]);
    const closed = decide.closeRevert('v', { ...NO_REVERT_COUNTS, conflict: 1 }, given(running));
    expect(given([...running, ...closed]).status).toBe('COMPLETED_WITH_CONFLICTS');
    expect(decide.closeRevert('v', NO_REVERT_COUNTS, given([...running, ...closed]))).toEqual([]);
  });

  it('REV-008 another hash, or a preview given up, is stale', () => {
    const stale = expect.objectContaining({ code: 'REVERT_PREVIEW_STALE' });
    expect(() => decide.confirmRevert('other', 'dana', standing, given(ready))).toThrow(stale);
    const outdated = [...ready, ...decide.outdate('w', given(ready))];
    expect(given(outdated)).toMatchObject({ status: 'STALE', by: 'w' });
    expect(() => decide.confirmRevert('h', 'dana', standing, given(outdated))).toThrow(stale);
  });

  it('REV-008 a preview, ready or being made, is stale once another revert of the import has ended', () => {
    const stale = { type: 'RevertStale', data: { code: 'REVERT_PREVIEW_STALE', by: '' } };
    expect([decide.overtake(given(planned)), decide.overtake(given(ready))]).toEqual([[stale], [stale]]);
    expect([decide.overtake(given(queued)), decide.overtake(given(running)), decide.overtake(noRevert)]).toEqual([[], [], []]);
    expect(decide.finishPreview(preview, given([...planned, ...decide.overtake(given(planned))]))).toEqual([]);
  });

  it('REV-011 a preview that is cancelled is given up, once', () => {
    const cancelled = [...ready, ...decide.cancelRevert('dana', given(ready))];
    expect(given(cancelled)).toMatchObject({ status: 'STALE', code: '', by: '' });
    expect(decide.cancelRevert('dana', given(cancelled))).toEqual([]);
    expect(() => decide.confirmRevert('h', 'dana', standing, given(cancelled))).toThrow(expect.objectContaining({ code: 'REVERT_PREVIEW_STALE' }));
  });

  it('one at a time per import', () => {
    const busy = { ...standing, revertState: 'REVERTING' as const };
    expect(() => decide.confirmRevert('h', 'dana', busy, given(ready))).toThrow(expect.objectContaining({ code: 'REVERT_ALREADY_RUNNING' }));
  });

  it('REV-011 is paused, resumed and cancelled', () => {
    const paused = [...running, ...decide.pauseRevert('', given(running))];
    expect(given(paused).status).toBe('PAUSED');
    expect(decide.pauseRevert('', given(paused))).toEqual([]);
    expect(given([...paused, ...decide.resumeRevert(given(paused))]).status).toBe('RUNNING');
    expect(decide.resumeRevert(given(running))).toEqual([]);
    const cancelling = [...paused, ...decide.cancelRevert('dana', given(paused))];
    expect(decide.cancelRevert('dana', given(cancelling))).toEqual([]);
    expect(() => decide.pauseRevert('', given(cancelling))).toThrow('RUNNING');
    expect(() => decide.resumeRevert(given(cancelling))).toThrow('RUNNING');
    const ended = [...cancelling, ...decide.closeRevert('v', NO_REVERT_COUNTS, given(cancelling))];
    expect(given(ended).status).toBe('CANCELLED');
    expect(() => decide.resumeRevert(given(ended))).toThrow('CANCELLED');
  });

  it('REV-012 is taken back by a restore, once', () => {
    const done = [...running, ...decide.closeRevert('v', NO_REVERT_COUNTS, given(running))];
    const restore = { revertId: 'w', plannedBy: 'dana' };
    const events = decide.planRestore(restore, given(done), { ...standing, revertState: 'REVERTED' }, noRevert);
    expect(events).toMatchObject([{ data: { kind: 'RESTORE', ofRevert: 'v', importId: 'i' } }]);
    const restored = [...done, ...decide.markRestored('w', given(done))];
    expect(given(restored).status).toBe('RESTORED');
    expect(() => decide.planRestore(restore, given(restored), standing, noRevert)).toThrow('RESTORED');
    expect(() => decide.planRestore(restore, given(running), standing, noRevert)).toThrow('RUNNING');
  });
});

describe('the import after a revert (REV-013)', () => {
  it('is partly reverted while a record was kept or in conflict, or the revert was cancelled', () => {
    expect(decide.revertStateAfter('REVERT', NO_REVERT_COUNTS, true)).toBe('REVERTED');
    expect(decide.revertStateAfter('REVERT', { ...NO_REVERT_COUNTS, kept: 1 }, true)).toBe('PARTLY_REVERTED');
    expect(decide.revertStateAfter('REVERT', NO_REVERT_COUNTS, false)).toBe('PARTLY_REVERTED');
    expect(decide.revertStateAfter('RESTORE', NO_REVERT_COUNTS, true)).toBe('NONE');
    expect(decide.revertStateAfter('RESTORE', { ...NO_REVERT_COUNTS, conflict: 2 }, true)).toBe('PARTLY_REVERTED');
  });
});
