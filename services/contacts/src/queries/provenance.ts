import type { EventStore } from '@caseledger/event-store';
import type { CallContext } from '@caseledger/service-kit';
import type { contactsV1 } from '@caseledger/contracts';
import { jsonText, provenanceEntry } from '@caseledger/row-target';
import { fieldOf } from '../contact/contact.paths.js';
import { assignmentsOf } from '../contact/contact.paths.js';
import { evolve, initial } from '../contact/contact.js';
import { fieldsOf } from '../contact/contact.view.js';
import { contactEventOf, pastEventOf } from '../contact/stored-contact.js';
import { isHidden } from './contact.queries.js';
import { readableStream } from './history.js';

/**
 * Where each value of a contact came from (HIS-006): the event that wrote it, and for a value out of a file its row,
 * column and original text. A value that a revert put back is told by whoever wrote it first.
 */
export async function provenanceOf(
  store: EventStore,
  caller: CallContext,
  request: contactsV1.ProvenanceRequest,
): Promise<contactsV1.ProvenanceReply> {
  const { events, createdBy } = await readableStream(store, caller, request.id);
  const written = new Map<string, contactsV1.ProvenanceEntry[]>();
  let state = initial();
  for (const stored of events) {
    if (stored.erased) continue;
    const event = contactEventOf(stored);
    state = evolve(state, event, pastEventOf(stored));
    const now = fieldsOf(state);
    for (const field of new Set(assignmentsOf(event).map(({ path }) => fieldOf(path)))) {
      if (!now.has(field)) continue;
      const list = written.get(field) ?? [];
      written.set(field, [...list, provenanceEntry(stored, field, jsonText(now.get(field)))]);
    }
  }
  const wanted = request.path === '' ? undefined : elementOf(request.path);
  const entries = [...fieldsOf(state)].flatMap(([field, value]) => {
    if (wanted !== undefined && field !== wanted && !field.startsWith(`${wanted}/`)) return [];
    if (isHidden(caller, createdBy, field)) return [];
    const entry = originalOf(written.get(field) ?? [], jsonText(value));
    return entry === undefined ? [] : [entry];
  });
  return { entries };
}

// A path may name a part of an element, such as its number; phones and e-mails are written whole.
function elementOf(path: string): string {
  const [list = '', id = '', part] = path.split('/', 3);
  return part !== undefined && (list === 'phones' || list === 'emails') ? `${list}/${id}` : path;
}

function originalOf(
  entries: readonly contactsV1.ProvenanceEntry[],
  value: string,
): contactsV1.ProvenanceEntry | undefined {
  const last = entries.at(-1);
  if (last?.origin?.kind !== 'revert') return last;
  const same = entries.filter((entry) => entry.value === value && entry.origin?.kind !== 'revert');
  return same.at(-1) ?? last;
}
