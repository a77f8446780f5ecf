import type { StoreTransaction, StreamAppend } from '@caseledger/event-store';
import { listOfImport } from '@caseledger/row-target';
import { archiveList, restoreList } from '../case-list/case-list.decider.js';
import { listAppend, listOf, othersWithName } from '../case-list/case-list.write.js';
import type { CaseListEvent } from '../case-list/case-list.events.js';
import { IMPORT_REVERTED } from '../case/case.events.js';

const USED = `
select exists (select from app.case_list_member m join app.case_state s on s.tenant = $1 and s.id = m.case_id
  where m.tenant = $1 and m.list = $2 and s.archived is distinct from $3) as used`;

/** The list that an import made goes with its cases, if nobody else has put any on it or is doing so (REV-007). */
export async function archiveListOf(tx: StoreTransaction, importId: string): Promise<readonly StreamAppend[]> {
  const id = listOfImport(tx.tenant, importId);
  const list = await listOf(tx, id, 'OWN');
  if (list === undefined) return [];
  const { rows } = await tx.query<{ used: boolean }>(USED, [tx.tenant, id, IMPORT_REVERTED]);
  return rows[0]?.used === true ? [] : appendsOf(id, list.version, archiveList(IMPORT_REVERTED, list.state));
}

/** It comes back with them, unless a list of its name has been made meanwhile; one that a person archived stays away. */
export async function restoreListOf(tx: StoreTransaction, importId: string): Promise<readonly StreamAppend[]> {
  const id = listOfImport(tx.tenant, importId);
  const list = await listOf(tx, id);
  if (list?.state.archived?.reason !== IMPORT_REVERTED) return [];
  const others = await othersWithName(tx, list.state.name, id);
  return appendsOf(id, list.version, restoreList(others, list.state));
}

function appendsOf(id: string, version: number, events: readonly CaseListEvent[]): StreamAppend[] {
  return events.length === 0 ? [] : [listAppend(id, version, events)];
}
