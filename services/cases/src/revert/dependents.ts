import { pgArray, type EventStore } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { IMPORT_REVERTED } from '../case/case.events.js';

/** Cases named per contact; of more it is only told how many. */
const NAMED_MAX = 50;

// A case that a revert took out builds on nothing; one that a person has put away can come back with all its people.
const DEPENDENTS = `
select d.contact, count(*)::int as n, (array_agg(d.case_id order by d.case_id))[1:${NAMED_MAX}] as cases
from (
  select distinct c.contact, c.case_id
  from unnest($2::uuid[]) u(contact)
  join app.case_contact c on c.tenant = $1 and c.contact = u.contact
  join app.case_state s on s.tenant = $1 and s.id = c.case_id
  where s.archived is distinct from $4 and c.case_id <> all($3::uuid[])
    and not exists (select from unnest($5::uuid[], $6::uuid[]) l(case_id, contact) where l.case_id = c.case_id and l.contact = c.contact)) d
group by d.contact order by d.contact`;

/** Which cases build on contacts that a revert would take back (REV-008): those that stay, whoever made them. */
export async function dependentCases(
  store: EventStore,
  { tenant, records, without, lost }: targetsV1.DependentsRequest,
): Promise<targetsV1.DependentsReply> {
  if (records.length === 0) return { dependents: [] };
  const links = [lost.map(({ dependent }) => dependent), lost.map(({ record }) => record)];
  const asked = [records, without].map((ids) => pgArray('uuid', ids));
  const values = [tenant, ...asked, IMPORT_REVERTED, ...links.map((ids) => pgArray('uuid', ids))];
  const { rows } = await store.transaction(tenant, (tx) =>
    tx.query<{ contact: string; n: number; cases: string[] }>({ name: 'case_dependents', text: DEPENDENTS, values }),
  );
  return { dependents: rows.map(({ contact: record, n, cases }) => ({ record, n, cases })) };
}
