import { searchText } from '@caseledger/normalise';
import type { DataSource } from 'typeorm';

/** What a search asks of the column `search` of `app.contact c`; every `?` stands for the value that follows. */
export interface Search {
  readonly text: string;
  readonly values: readonly string[];
}

/** With more hits than this the search narrows little, and the list finds its page by looking through. */
const HITS_MAX = 10_000;

/** Shorter parts have no trigram, so no index helps to find them. */
const INDEXED_CHARACTERS = 3;

/**
 * Name in any order, phone in any shape, e-mail, external id (CON-009): all of the words, or the whole as it is, or its
 * digits. Undefined for a blank search. @throws DomainError TEXT_TOO_LONG
 */
export function searchOf(search: string): Search | undefined {
  const asked = searchText(search);
  if (asked === undefined) return undefined;
  const { whole, words } = asked;
  const digits = /^[\d\s()+.\-/]+$/.test(whole) ? whole.replace(/\D/g, '') : '';
  const ways = [
    [whole],
    ...(words.length > 0 ? [words] : []),
    ...(digits.length >= INDEXED_CHARACTERS ? [[digits]] : []),
  ];
  const text = ways.map((parts) => `(${parts.map(() => 'c.search like ?').join(' and ')})`).join(' or ');
  return { text: `(${text})`, values: ways.flat().map(contains) };
}

function contains(part: string): string {
  return `%${part.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

/**
 * The ids that a search finds in a company, undefined when there are too many to name. PostgreSQL uses no index on text
 * patterns below row-level security (LIKE is not leakproof), so the ids alone are looked up as the reading role, with the
 * company in the question; what is shown is then read by them under row-level security as everything else.
 */
export async function searchHits(tail: DataSource, tenant: string, search: Search): Promise<string[] | undefined> {
  if (search.values.every((value) => value.length - 2 < INDEXED_CHARACTERS)) return undefined;
  let at = 1;
  const condition = search.text.replaceAll('?', () => `$${(at += 1)}`);
  const sql = `select c.id from app.contact c where c.tenant = $1 and ${condition} limit ${HITS_MAX + 1}`;
  const rows: { id: string }[] = await tail.query(sql, [tenant, ...search.values]);
  return rows.length > HITS_MAX ? undefined : rows.map(({ id }) => id);
}
