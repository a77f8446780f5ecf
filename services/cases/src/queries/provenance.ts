import type { EventStore } from '@caseledger/event-store';
import type { CallContext } from '@caseledger/service-kit';
import type { casesV1, contactsV1 } from '@caseledger/contracts';
import { jsonText, provenanceEntry } from '@caseledger/row-target';
import { evolve, initial } from '../case/case.js';
import { assignmentsOf, fieldOf } from '../case/case.paths.js';
import { fieldsOf } from '../case/case.view.js';
import { caseEventOf, pastEventOf } from '../case/stored-case.js';
import { readableStream } from './history.js';

/**
 * Where each value of a case came from (HIS-006): the event that wrote it, and for a value out of a file its row, column
 * and original text. A value that a revert put back is told by whoever wrote it first.
 */
export async function provenanceOf(
  store: EventStore,
  caller: CallContext,
  request: casesV1.ProvenanceRequest,
): Promise<casesV1.ProvenanceReply> {
  const written = new Map<string, contactsV1.ProvenanceEntry[]>();
  let state = initial();
  for (const stored of await readableStream(store, caller, request.id)) {
    if (stored.erased) continue;
    const event = caseEventOf(stored);
    state = evolve(state, event, pastEventOf(stored));
    const now = fieldsOf(state);
    for (const field of new Set(assignmentsOf(event).flatMap(({ path }) => shownFieldsOf(path)))) {
      if (!now.has(field)) continue;
      const list = written.get(field) ?? [];
      written.set(field, [...list, provenanceEntry(stored, field, jsonText(now.get(field)))]);
    }
  }
  const { path } = request;
  const entries = [...fieldsOf(state)].flatMap(([field, value]) => {
    if (path !== '' && field !== path && !field.startsWith(`${path}/`)) return [];
    const entry = originalOf(written.get(field) ?? [], jsonText(value));
    return entry === undefined ? [] : [entry];
  });
  return { entries };
}

// A standing is one value, and people see two in it.
function shownFieldsOf(path: string): readonly string[] {
  return path === 'caseStanding' ? ['caseType', 'caseStatus'] : [fieldOf(path)];
}

function originalOf(
  entries: readonly contactsV1.ProvenanceEntry[],
  value: string,
): contactsV1.ProvenanceEntry | undefined {
  const last = entries.at(-1);
  // A status that was changed says nothing of the type that stayed as it was.
  const same = entries.filter((entry) => entry.value === value && entry.origin?.kind !== 'revert');
  if (last?.origin?.kind === 'revert') return same.at(-1) ?? last;
  return last?.path === 'caseType' ? firstOfLast(entries, value) : last;
}

function firstOfLast(entries: readonly contactsV1.ProvenanceEntry[], value: string): contactsV1.ProvenanceEntry | undefined {
  const at = entries.findLastIndex((entry) => entry.value !== value);
  return entries[at + 1];
}
