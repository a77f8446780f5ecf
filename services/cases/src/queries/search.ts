import { searchText } from '@caseledger/normalise';
import { pgArray } from '@caseledger/event-store';
import type { CallContext } from '@caseledger/service-kit';
import type { DataSource } from 'typeorm';
import type { ContactsSide } from '../contacts.client.js';

/** With more hits than this the search narrows little: the cases found are the newest so many. */
const HITS_MAX = 10_000;

/** Which cases a search finds; undefined for a blank one. */
export interface CaseSearch {
  readonly ids: readonly string[];
}

/**
 * Case name, number, external id, and the client's name, phone or e-mail (CAS-008). Contacts are asked for theirs, with
 * the caller's own rights, because their values may lie nowhere else (EVT-005). PostgreSQL uses no index on text patterns
 * below row-level security (LIKE is not leakproof), so ids alone are looked up as the reading role, with the company in
 * the question; what is shown is then read by them under row-level security as everything else.
 * @throws DomainError TEXT_TOO_LONG
 */
export async function searchCases(
  { tail, contacts }: { readonly tail: DataSource; readonly contacts: ContactsSide },
  caller: CallContext,
  text: string,
): Promise<CaseSearch | undefined> {
  const asked = searchText(text);
  if (asked === undefined) return undefined;
  const { whole, words } = asked;
  const clients = await contacts.search(caller, whole);
  const ways = [[whole], ...(words.length === 0 ? [] : [words])];
  const values: unknown[] = [caller.tenant, pgArray('uuid', clients), HITS_MAX];
  const like = (word: string): string => `c.search like $${values.push(contains(word))}`;
  const found = ways.map((parts) => `(${parts.map(like).join(' and ')})`).join(' or ');
  const sql = `select id from (
      select c.id, c.created_at from app.case_state c where c.tenant = $1 and (${found})
      union
      select c.id, c.created_at from app.case_contact p join app.case_state c on c.tenant = p.tenant and c.id = p.case_id
      where p.tenant = $1 and p.contact = any($2::uuid[]) and p.role = 'CLIENT') hits
    order by created_at desc, id limit $3`;
  const rows: { id: string }[] = await tail.query(sql, values);
  return { ids: rows.map(({ id }) => id) };
}

function contains(part: string): string {
  return `%${part.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
