import type { StoreTransaction, StreamAppend } from '@caseledger/event-store';
import { targetsV1 } from '@caseledger/contracts';
import type { RunCompany, RunKind } from '@caseledger/row-target';
import { listFor } from '../case-list/case-list.write.js';
import { markersOf } from '../import-marker/import-marker.write.js';
import { blockFor } from '../numbers/numbers.write.js';
import { archiveListOf, restoreListOf } from '../revert/list-of-import.js';

const { RUN_KIND_IMPORT, RUN_KIND_RETRY, RUN_KIND_RESTORE } = targetsV1.RunKind;

/**
 * What is made in one step before the first chunk of a run and taken back in one after the last (DESIGN §4, Components):
 * the numbers of an import's rows, its list, and the markers around its events (EVT-004).
 */
export const caseRunCompany: RunCompany = {
  async opening(tx, request) {
    const { kind, importId, run } = request;
    if (kind === RUN_KIND_RESTORE) return restoreListOf(tx, importId);
    if (kind !== RUN_KIND_IMPORT && kind !== RUN_KIND_RETRY) return [];
    const numbers = await blockFor(tx, request);
    const list = await newListOf(tx, request);
    return [...numbers, ...list, markersOf('ImportStarted', { importId, run })];
  },
  async moving(tx, { kind, import: importId, run }, to) {
    if (to !== 'CLOSED') return [];
    if (kind === 'REVERT') return archiveListOf(tx, importId);
    return isOfRows(kind) ? [markersOf('ImportCompleted', { importId, run })] : [];
  },
};

function isOfRows(kind: RunKind): boolean {
  return kind === 'IMPORT' || kind === 'RETRY';
}

// OPT-005: a list made by an import is bound to the type that its options name.
async function newListOf(
  tx: StoreTransaction,
  { importId, actor, cases }: targetsV1.OpenRunRequest,
): Promise<readonly StreamAppend[]> {
  if (cases === undefined || cases.newList === '') return [];
  const caseType = cases.caseType === '' ? null : cases.caseType;
  return listFor(tx, importId, { name: cases.newList, owner: actor, caseType });
}
