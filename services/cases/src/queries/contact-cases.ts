import { pgArray, type EventStore } from '@caseledger/event-store';
import { limit } from '@caseledger/errors';
import { tenantOf, uuidOrNone } from '@caseledger/row-target';
import type { CallContext } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import { CASE_COLUMNS, namesOf, toCase, type CaseRow } from './case.queries.js';
import { NO_FILTER, conditionsOf } from './conditions.js';

const CONTACTS_MAX = 500;
const CASES_MAX = 200;
const CASES_DEFAULT = 50;

interface LinkedRow extends CaseRow {
  readonly contact: string;
  readonly role: string;
  readonly main: boolean;
  readonly total: string;
}

/** The live cases of many contacts, the newest first, each with its roles (CON-011). */
export async function casesOfContacts(
  store: EventStore,
  caller: CallContext,
  request: casesV1.CasesOfContactsRequest,
): Promise<casesV1.CasesOfContactsReply> {
  if (request.contacts.length > CONTACTS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: CONTACTS_MAX });
  if (request.limit > CASES_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: CASES_MAX });
  const tenant = tenantOf(caller);
  const conditions = conditionsOf(tenant, caller, NO_FILTER);
  conditions.add('p.contact = any(?::uuid[])', pgArray('uuid', [...new Set(request.contacts.map(uuidOrNone))]));
  const most = request.limit < 1 ? CASES_DEFAULT : request.limit;
  const sql = `select * from (
      select ${CASE_COLUMNS}, p.contact, p.role, p.main, count(*) over (partition by p.contact) as total,
        row_number() over (partition by p.contact order by c.created_at desc, c.id, p.role) as place
      from app.case_contact p join app.case_state c on c.tenant = p.tenant and c.id = p.case_id where ${conditions.sql}
    ) found where place <= ${most} order by contact, place`;
  return store.transaction(tenant, async (tx) => {
    const { rows } = await tx.query<LinkedRow>(sql, conditions.values);
    const names = await namesOf(tx);
    const contacts = request.contacts.map((contact) => {
      const own = rows.filter((row) => row.contact === contact.toLowerCase());
      const cases = own.map((row) => ({ case: toCase(row, names), role: row.role, primary: row.main }));
      return { contact, cases, total: Number(own[0]?.total ?? 0) };
    });
    return { contacts };
  });
}
