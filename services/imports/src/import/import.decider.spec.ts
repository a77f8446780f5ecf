import * as decide from './import.decider.js';
import * as history from './import-history.fixture.js';
import type { ImportEvent } from './import.events.js';
import { given, then } from './import-history.fixture.js';

const types = (events: readonly ImportEvent[]): string[] => events.map(({ type }) => type);
const command = { plan: 'p9', importDay: '2026-05-03', requestedBy: 'tomas' };
const everything: [string, ImportEvent[]][] = [
  ['DRAFT', history.draft],
  ['UPLOADING', history.uploading],
  ['ANALYSING', history.analysing],
  ['MAPPING', history.mapping],
  ['PLANNING', history.planning],
  ['AWAITING_CONFIRMATION', history.awaiting],
  ['CONFIRMED', history.confirmed],
  ['QUEUED', history.queued],
  ['RUNNING', history.running],
  ['PAUSED', history.paused('PAUSED')],
  ['CANCELLING', history.cancelling],
  ['COMPLETED', history.completed],
];

/** The states in which a command is not refused. */
function allowed(run: (events: ImportEvent[]) => unknown): string[] {
  return everything.filter(([state, events]) => {
    expect(given(events).status).toBe(state);
    try {
      run(events);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/STATE_NOT_ALLOWED|CONFIRMATION_REQUIRED/) });
      return false;
    }
  }).map(([state]) => state);
}

describe('an import up to its start (PRODUCT §4)', () => {
  it('FIL-007 the same key makes no second import', () => {
    const creation = history.draft[0];
    if (creation?.type !== 'ImportCreated') throw new Error('the history begins with a creation');
    expect(decide.createImport(creation.data, given([]))).toEqual([creation]);
    expect(decide.createImport(creation.data, given(history.running))).toEqual([]);
  });

  it('an upload begins once and is completed once', () => {
    const file = { name: 'may.csv', sizeBytes: 90, sha256: 'ab', parts: 1 };
    expect(types(decide.beginUpload(given(history.draft)))).toEqual(['UploadStarted']);
    expect(decide.beginUpload(given(history.uploading))).toEqual([]);
    expect(types(decide.completeUpload(file, given(history.uploading)))).toEqual(['FileUploaded']);
    expect(decide.completeUpload(file, given(history.mapping))).toEqual([]);
    expect(() => decide.completeUpload({ ...file, sha256: 'other' }, given(history.mapping))).toThrow('MAPPING');
  });

  it('FIL-008 a bad file is rejected for good', () => {
    const reason = { code: 'FILE_CORRUPT', params: { place: 'line 3' } };
    const state = then(history.analysing, decide.rejectFile(reason, given(history.analysing)));
    expect(state).toMatchObject({ status: 'REJECTED', reason });
    expect(() => decide.setOptions(history.options, state)).toThrow('REJECTED');
    expect(allowed((events) => decide.rejectFile(reason, given(events)))).toEqual(['DRAFT', 'UPLOADING', 'ANALYSING']);
  });

  it('an empty upload is rejected from DRAFT', () => {
    const reason = { code: 'FILE_EMPTY', params: {} };
    expect(then(history.draft, decide.rejectFile(reason, given(history.draft))).status).toBe('REJECTED');
  });

  it('ANA-001 an override analyses again', () => {
    const override = { delimiter: ';', sheet: '', headerRow: 2 };
    const events = decide.overrideAnalysis(override, given(history.awaiting));
    expect(types(events)).toEqual(['PlanDiscarded', 'AnalysisOverridden']);
    expect(then(history.awaiting, events)).toMatchObject({ status: 'ANALYSING', override });
  });

  it('an analysis finished twice changes nothing the second time', () => {
    const done = { rows: 10, columns: 3, analysisKey: 'a', analysisSha256: 'b', asks: null, proposal: [], options: history.options };
    expect(types(decide.finishAnalysis(done, given(history.analysing)))).toEqual(['FileAnalysed', 'MappingSet', 'OptionsSet']);
    expect(decide.finishAnalysis(done, given(history.mapping))).toEqual([]);
  });

  it('ANA-004 what the analysis asks is answered before anything is mapped or planned', () => {
    const asks = { code: 'HEADER_NOT_FOUND', params: {} };
    const done = { rows: 12, columns: 2, analysisKey: 'a', analysisSha256: 'b', asks, proposal: [], options: history.options };
    const asked = [...history.analysing, ...decide.finishAnalysis(done, given(history.analysing))];
    expect(given(asked)).toMatchObject({ status: 'MAPPING', reason: asks, asks });
    const refusal = expect.objectContaining({ code: 'HEADER_NOT_FOUND' });
    expect(() => decide.requestPlan(command, given(asked))).toThrow(refusal);
    expect(() => decide.setMapping([], given(asked))).toThrow(refusal);
    const again = [...asked, ...decide.overrideAnalysis({ delimiter: '', sheet: '', headerRow: 3 }, given(asked))];
    const answered = then(again, decide.finishAnalysis({ ...done, asks: null }, given(again)));
    expect(answered).toMatchObject({ status: 'MAPPING', asks: null });
    expect(answered).not.toHaveProperty('reason');
    expect(types(decide.requestPlan(command, answered))).toEqual(['PlanRequested']);
  });

  it('ANA-001 a choice under which the file cannot be read asks for another one, and keeps the findings', () => {
    const events = [...history.mapping, ...decide.overrideAnalysis({ delimiter: '', sheet: '', headerRow: 90 }, given(history.mapping))];
    const reason = { code: 'FILE_NO_ROWS', params: {} };
    const state = then(events, decide.rejectFile(reason, given(events)));
    expect(state).toMatchObject({ status: 'MAPPING', reason, analysis: { rows: 10 } });
    expect(() => decide.requestPlan(command, state)).toThrow(expect.objectContaining({ code: 'FILE_NO_ROWS' }));
    expect(types(decide.overrideAnalysis({ delimiter: '', sheet: '', headerRow: 0 }, state))).toEqual(['AnalysisOverridden']);
  });

  it('options survive a second analysis', () => {
    const events = [...history.mapping, { type: 'AnalysisOverridden' as const, data: { delimiter: ';', sheet: '', headerRow: 0 } }];
    const done = { rows: 9, columns: 2, analysisKey: 'a', analysisSha256: 'b', asks: null, proposal: [], options: history.options };
    expect(types(decide.finishAnalysis(done, given(events)))).toEqual(['FileAnalysed', 'MappingSet']);
  });
});

describe('mapping, options and decisions', () => {
  it('may change until the start and cost the plan (OPT-001)', () => {
    const other = { ...history.options, duplicatePolicy: 'UPDATE' as const };
    const before = ['MAPPING', 'PLANNING', 'AWAITING_CONFIRMATION', 'CONFIRMED'];
    expect(allowed((events) => decide.setOptions(other, given(events)))).toEqual(before);
    expect(allowed((events) => decide.setMapping([], given(events)))).toEqual(before);
    expect(allowed((events) => decide.overrideAnalysis({ delimiter: '', sheet: '', headerRow: 1 }, given(events)))).toEqual(before);
    const events = decide.setOptions(other, given(history.confirmed));
    expect(types(events)).toEqual(['PlanDiscarded', 'OptionsSet']);
    expect(then(history.confirmed, events).status).toBe('MAPPING');
  });

  it('set to what they are change nothing and keep the plan', () => {
    expect(decide.setOptions({ ...history.options }, given(history.awaiting))).toEqual([]);
    expect(decide.setMapping([{ column: 0, target: 'fullName' }], given(history.awaiting))).toEqual([]);
  });

  it('a new mapping is a new version', () => {
    const events = decide.setMapping([{ column: 1, target: 'email' }], given(history.mapping));
    expect(events).toEqual([{ type: 'MappingSet', data: { version: 2, columns: [{ column: 1, target: 'email' }] } }]);
  });

  it('DUP-008 rows are decided before the start, at the price of the plan, and after the end', () => {
    const decision = { rows: [3], action: 'SKIP' as const, record: '', decidedBy: 'dana' };
    expect(allowed((events) => decide.decideRows(decision, given(events)))).toEqual([
      'MAPPING',
      'PLANNING',
      'AWAITING_CONFIRMATION',
      'CONFIRMED',
      'COMPLETED',
    ]);
    const events = decide.decideRows(decision, given(history.awaiting));
    const state = then(history.awaiting, events);
    expect(state).toMatchObject({ status: 'MAPPING' });
    expect(state.status !== 'NONE' && state.decisions.get(3)).toEqual({ action: 'SKIP', record: '', decidedBy: 'dana' });
    const back = decide.decideRows({ ...decision, action: '' }, state);
    const undecided = then(history.awaiting, [...events, ...back]);
    expect(undecided.status !== 'NONE' && undecided.decisions.size).toBe(0);
  });
});

describe('plan, confirmation and start (PRE-001, PRE-005)', () => {
  it('a plan is asked for in MAPPING and numbered', () => {
    expect(allowed((events) => decide.requestPlan(command, given(events)))).toEqual(['MAPPING', 'PLANNING']);
    expect(decide.requestPlan(command, given(history.planning))).toEqual([]);
    const again = [...history.planning, ...decide.failPlan('p1', { code: 'INTERNAL_ERROR', params: {} }, [], given(history.planning))];
    expect(given(again)).toMatchObject({ status: 'MAPPING', reason: { code: 'INTERNAL_ERROR' } });
    expect(decide.requestPlan(command, given(again))).toMatchObject([{ data: { number: 2 } }]);
  });

  it('a plan given up meanwhile is not completed', () => {
    if (history.planDone.type !== 'PlanCompleted') throw new Error('the history holds a finished plan');
    const done = history.planDone.data;
    expect(decide.completePlan(done, given(history.mapping))).toEqual([]);
    expect(decide.completePlan({ ...done, plan: 'other' }, given(history.planning))).toEqual([]);
    expect(decide.completePlan(done, given(history.planning))).toEqual([history.planDone]);
  });

  it('only the hash shown is confirmed, once', () => {
    expect(types(decide.confirmImport('h1', 'tomas', given(history.awaiting)))).toEqual(['ImportConfirmed']);
    expect(decide.confirmImport('h1', 'tomas', given(history.confirmed))).toEqual([]);
    expect(() => decide.confirmImport('h0', 'tomas', given(history.awaiting))).toThrow(expect.objectContaining({ code: 'PLAN_STALE' }));
  });

  it('there is no start without confirmation', () => {
    const start = { hash: 'h1', run: 'r1', startedBy: 'tomas' };
    expect(() => decide.startImport(start, given(history.awaiting))).toThrow(expect.objectContaining({ code: 'CONFIRMATION_REQUIRED' }));
    expect(types(decide.startImport(start, given(history.confirmed)))).toEqual(['ImportQueued']);
    expect(decide.startImport(start, given(history.queued))).toEqual([]);
    expect(decide.startImport(start, given(history.running))).toEqual([]);
    expect(() => decide.startImport({ ...start, hash: 'h0' }, given(history.confirmed))).toThrow(
      expect.objectContaining({ code: 'PLAN_STALE' }),
    );
    expect(() => decide.startImport(start, given(history.mapping))).toThrow('MAPPING');
  });

  it('a plan that went stale is made again at once', () => {
    const events = decide.replan(command, ['c1'], given(history.confirmed));
    expect(types(events)).toEqual(['PlanDiscarded', 'PlanRequested']);
    expect(events[0]).toMatchObject({ data: { why: { code: 'PLAN_STALE', params: { n: 1 } }, records: ['c1'] } });
    expect(then(history.confirmed, events)).toMatchObject({ status: 'PLANNING', plan: { id: 'p9', number: 2 } });
  });

  it('drafts are discarded before their plan', () => {
    expect(allowed((events) => decide.discardImport(given(events)))).toEqual(['DRAFT', 'MAPPING']);
  });

  it('MAP-017 drafts expire until they are started; a plan that nobody confirmed or started is given up first', () => {
    for (const events of [history.draft, history.uploading, history.mapping]) {
      expect(types(decide.expireDraft(given(events)))).toEqual(['DraftExpired']);
    }
    for (const events of [history.awaiting, history.confirmed]) {
      const expired = decide.expireDraft(given(events));
      expect(types(expired)).toEqual(['PlanDiscarded', 'DraftExpired']);
      expect(then(events, expired)).toMatchObject({ status: 'EXPIRED' });
    }
    for (const events of [history.analysing, history.planning, history.queued, history.running, history.completed]) {
      expect(decide.expireDraft(given(events))).toEqual([]);
    }
  });

  it('LED-007 a corrected failed file goes on as a retry of its import', () => {
    const events = decide.continueAsRetry('i0', given(history.analysing));
    expect(events).toEqual([{ type: 'ImportDiscarded', data: { continuesAs: 'i0' } }]);
    expect(decide.continueAsRetry('i0', given(history.mapping))).toEqual([]);
  });
});
