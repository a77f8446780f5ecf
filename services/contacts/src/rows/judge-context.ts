import { uuid8 } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import type { JudgeContext } from './row-judge.js';

/** What the judge needs to know, the same for prediction and run. */
export function judgeContext(tenant: string, importId: string, options: targetsV1.ApplyOptions): JudgeContext {
  return {
    importId,
    options,
    source: 'IMPORT',
    recordOf: (row) => uuid8('record', tenant, importId, String(row), 'contact'),
  };
}
