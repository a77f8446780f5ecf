import { hostedTarget, type HostingOptions, type RowTarget } from '@caseledger/row-target';
import type { ContactsStore } from './contacts.store.js';
import { contactRunsTopic } from './contacts.topic.js';
import { contactRevert } from './revert/contact.revert.js';
import { touchedRecords } from './revert/touched.js';
import { contactKind } from './rows/contact.kind.js';

export interface ContactTargetDeps extends Pick<ContactsStore, 'store' | 'hasher'>, HostingOptions {}

/** The contacts as a target of import runs. */
export function contactTarget(deps: ContactTargetDeps): RowTarget {
  return hostedTarget({
    ...deps,
    name: 'contacts',
    topic: contactRunsTopic,
    permission: 'contacts.write',
    kind: contactKind,
    revert: contactRevert,
    touched: (request) => touchedRecords(deps.store, request),
  });
}
