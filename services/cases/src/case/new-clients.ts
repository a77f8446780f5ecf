import type { CallContext } from '@caseledger/service-kit';
import type { ContactsSide } from '../contacts.client.js';
import { CLIENT } from './case.js';
import type { CaseEvent, ContactLink } from './case.events.js';

/**
 * Has those marked as clients whom these events put on cases as such (CON-011). Asked before the cases are written, after
 * everything that could refuse them: no case stands with a client who is none.
 */
export async function markNewClients(
  contacts: Pick<ContactsSide, 'markClients'>,
  caller: CallContext,
  events: readonly CaseEvent[],
): Promise<void> {
  const clients = events.flatMap(linksOf).filter(({ role }) => role === CLIENT);
  const ids = [...new Set(clients.map(({ contact }) => contact))];
  if (ids.length > 0) await contacts.markClients(caller, ids);
}

function linksOf(event: CaseEvent): readonly ContactLink[] {
  if (event.type === 'CaseOpened') return event.data.contacts;
  return event.type === 'CaseContactLinked' ? [event.data] : [];
}
