import type { ImportEvent, ImportOptions, OutcomeCounts } from './import.events.js';
import { EVERY_FAILED_ROW, NO_COUNTS } from './import.events.js';
import { evolve, noImport, type Import } from './import.js';

/* Histories for the specifications of this folder: each is the one before with a few facts more. */

export const options: ImportOptions = {
  defaults: {},
  dateFormat: {},
  defaultCountry: 'US',
  duplicatePolicy: 'SKIP',
  blankCells: 'KEEP',
  invalidOptionalValue: 'FAIL',
  onReview: 'HOLD',
  apply: 'EXACT_PLAN',
  keepOriginalDates: 'ON',
};

export const counts = (created: number, failed = 0): OutcomeCounts => ({
  ...NO_COUNTS,
  read: created + failed,
  created,
  failed,
});

export const draft: ImportEvent[] = [
  {
    type: 'ImportCreated',
    data: { importId: 'i', type: 'CLIENTS', key: 'k', fileName: 'may.csv', sizeBytes: 90, origin: 'FILE', createdBy: 'tomas' },
  },
];
export const uploading: ImportEvent[] = [...draft, { type: 'UploadStarted', data: {} }];
export const analysing: ImportEvent[] = [
  ...uploading,
  { type: 'FileUploaded', data: { name: 'may.csv', sizeBytes: 90, sha256: 'ab', parts: 1 } },
];
export const mapping: ImportEvent[] = [
  ...analysing,
  { type: 'FileAnalysed', data: { rows: 10, columns: 3, analysisKey: 'a', analysisSha256: 'cd', asks: null } },
  { type: 'MappingSet', data: { version: 1, columns: [{ column: 0, target: 'fullName' }] } },
  { type: 'OptionsSet', data: { options } },
];
export const planning: ImportEvent[] = [
  ...mapping,
  { type: 'PlanRequested', data: { plan: 'p1', number: 1, importDay: '2026-05-03', requestedBy: 'tomas' } },
];
export const planDone: ImportEvent = {
  type: 'PlanCompleted',
  data: {
    plan: 'p1',
    hash: 'h1',
    rows: 10,
    counts: counts(10),
    effects: { CONTACT_CREATED: 10 },
    positions: [{ target: 'contacts', shard: 0, position: 7 }],
    ignoredColumns: [],
    generation: 1,
  },
};
export const awaiting: ImportEvent[] = [...planning, planDone];
export const confirmed: ImportEvent[] = [...awaiting, { type: 'ImportConfirmed', data: { hash: 'h1', confirmedBy: 'tomas' } }];
export const queued: ImportEvent[] = [...confirmed, { type: 'ImportQueued', data: { hash: 'h1', run: 'r1', startedBy: 'tomas' } }];
export const started: ImportEvent[] = [...queued, { type: 'ImportStarted', data: { run: 'r1' } }];
export const running: ImportEvent[] = [
  ...started,
  { type: 'SplitCompleted', data: { run: 'r1', rows: 10, chunksPerLane: [2, 1] } },
];
export const cancelling: ImportEvent[] = [...running, { type: 'ImportCancelRequested', data: { requestedBy: 'tomas' } }];
export const completed: ImportEvent[] = [
  ...running,
  { type: 'ImportCompleted', data: { counts: counts(8, 2), ledgerRoot: 'root' } },
];
export const retrying: ImportEvent[] = [
  ...completed,
  {
    type: 'RetryStarted',
    data: {
      attempt: 2,
      run: 'r2',
      plan: 'p2',
      importDay: '2026-05-04',
      rows: 2,
      source: { kind: 'ROWS' },
      selection: { ...EVERY_FAILED_ROW, rows: [3, 4] },
      alreadyApplied: 0,
      startedBy: 'tomas',
    },
  },
];

export function paused(why: 'PAUSED' | 'PAUSED_RESOURCE' | 'PAUSED_ACCESS', base = running): ImportEvent[] {
  return [...base, { type: 'ImportPaused', data: { why, reason: null } }];
}

export function given(events: readonly ImportEvent[]): Import {
  return events.reduce(evolve, noImport);
}

/** The import after these events and what a command added. */
export function then(events: readonly ImportEvent[], added: readonly ImportEvent[]): Import {
  return given([...events, ...added]);
}
