import { pgArray } from '@caseledger/event-store';
import { limit } from '@caseledger/errors';
import { causeOf, doOnce, uuidOrNone, type Command } from '@caseledger/row-target';
import { requireReach } from '@caseledger/service-kit';
import { maySee } from '../queries/contact.queries.js';
import type { CommandDeps } from './contact.commands.js';
import { markClient } from './contact.decider.js';
import type { ContactState } from './contact.js';
import { writeContacts } from './contact.write.js';

const IDS_MAX = 500;

const STANDING = 'select id, version, state, created_by from app.contact where tenant = $1 and id = any($2::uuid[]) order by id';

interface Standing {
  readonly id: string;
  readonly version: number;
  readonly state: ContactState;
  readonly created_by: string;
}

/**
 * Marks contacts as clients, because they are put on a case as such (CON-011). Whoever may change cases and read the
 * contact may do that: nothing else of the contact changes. Contacts that the caller may not read stay as they are.
 */
export async function markClients({ store, hasher }: CommandDeps, ids: readonly string[], command: Command): Promise<void> {
  const { caller } = command;
  requireReach(caller, 'cases.write');
  if (ids.length > IDS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: IDS_MAX });
  const wanted = [...new Set(ids.map(uuidOrNone))].sort();
  await doOnce(store, command, { clients: wanted }, async (tx) => {
    const { rows } = await tx.query<Standing & Record<string, unknown>>(STANDING, [tx.tenant, pgArray('uuid', wanted)]);
    const writes = rows.filter((row) => maySee(caller, row.created_by)).map(({ id, version, state }) => ({ id, version, before: state, events: markClient(state) }));
    const marking = writes.filter(({ events }) => events.length > 0);
    if (marking.length > 0) await writeContacts(tx, hasher, causeOf(command), marking, new Map());
    return { marked: marking.length };
  });
}
