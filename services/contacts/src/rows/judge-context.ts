import { uuid8 } from '@caseledger/event-store';
import type { RowJob } from '@caseledger/row-target';
import { rowReader } from './record-keys.js';
import type { JudgeContext } from './row-judge.js';

/** What the judge needs to know of one chunk, the same for prediction and run. */
export function judgeContext({ tenant, importId, options }: Omit<RowJob, 'run'>): JudgeContext {
  // The same row is asked for several times in a row, and never comes back.
  let last = { row: -1, part: 0, record: '' };
  const recordOf = (row: number, part: number): string => {
    if (row !== last.row || part !== last.part) last = { row, part, record: recordId(tenant, importId, row, part) };
    return last.record;
  };
  return { importId, options, source: 'IMPORT', recordOf, read: rowReader(options.defaults) };
}

/** The id of the contact that a row makes; of the further contacts of a case row each has its own (DESIGN 13). */
export function recordId(tenant: string, importId: string, row: number, part: number): string {
  const name = ['record', tenant, importId, String(row), 'contact'] as const;
  return part === 0 ? uuid8(...name) : uuid8(...name, String(part));
}
