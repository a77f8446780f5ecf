import type { EventStore } from '@caseledger/event-store';
import { keyText, readKeys, type KeyHasher, RowValues, tenantOf } from '@caseledger/row-target';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { contactsV1 } from '@caseledger/contracts';
import { readInput, valuesOf, type InputSetting } from '../contact/field-input.js';
import { loadRecords, viewOfContacts } from '../rows/contact.kind.js';
import { keysOfRow } from '../rows/record-keys.js';
import { matchRow } from '../rows/row-match.js';
import { readContacts } from './contact.queries.js';

/** Exact duplicates of a draft, to be shown while it is typed (CON-010); what is not valid yet is left aside. */
export async function findDuplicates(
  deps: { readonly store: EventStore; readonly hasher: KeyHasher; readonly input: InputSetting },
  caller: CallContext,
  request: contactsV1.FindDuplicatesRequest,
): Promise<contactsV1.FindDuplicatesReply> {
  requireReach(caller, 'contacts.read');
  const tenant = tenantOf(caller);
  const values = new RowValues(valuesOf(readInput(request.fields, deps.input, new Date(), false)), {});
  const keys = keysOfRow(values);
  const texts = keys.filter(({ kind }) => kind !== 'RECORD_ID').map(keyText);
  const hashes = new Map(texts.map((text) => [text, deps.hasher.hashText(tenant, text)]));
  return deps.store.transaction(tenant, async (tx) => {
    const owners = await readKeys(tx, [...hashes.values()]);
    const records = await loadRecords(tx, [...new Set([...owners.values()].flat())]);
    const found = matchRow(
      { values, keys },
      { importId: '', row: 0, own: '' },
      viewOfContacts({ hashes, named: [] }, owners, records),
    );
    const contacts = await readContacts(tx, caller, found.records);
    return { duplicates: contacts.map((contact) => ({ contact, verdict: found.verdict, key: found.key })) };
  });
}
