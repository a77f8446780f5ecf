import { uuid8 } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { rowReader } from './record-keys.js';
import type { JudgeContext } from './row-judge.js';

/** What the judge needs to know of one chunk, the same for prediction and run. */
export function judgeContext(tenant: string, importId: string, options: targetsV1.ApplyOptions): JudgeContext {
  // The same row is asked for several times in a row, and never comes back.
  let last = { row: -1, record: '' };
  const recordOf = (row: number): string => {
    if (row !== last.row) last = { row, record: uuid8('record', tenant, importId, String(row), 'contact') };
    return last.record;
  };
  return { importId, options, source: 'IMPORT', recordOf, read: rowReader(options.defaults) };
}
