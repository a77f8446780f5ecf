import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import type { CaseState } from '../case/case.js';
import type { CaseChange } from './case.projection.js';
import { contactRows, keyDateRows } from './case.row.js';

/** What a case has in a table of its own: how its rows are read off a state, and the statements that write them. */
interface Part<R> {
  readonly name: string;
  rowsOf(state: CaseState | undefined): readonly R[];
  readonly remove: string;
  readonly add: string;
  /** The values of rows, in the order of the statement's parameters after tenant and case. */
  valuesOf(rows: readonly R[]): Buffer[];
}

const CONTACTS: Part<ReturnType<typeof contactRows>[number]> = {
  name: 'case_contact',
  rowsOf: contactRows,
  remove: `
delete from app.case_contact p using unnest($2::uuid[], $3::uuid[], $4::text[], $5::bool[]) u(case_id, contact, role, main)
where p.tenant = $1 and p.contact = u.contact and p.case_id = u.case_id and p.role = u.role`,
  add: `
insert into app.case_contact (tenant, case_id, contact, role, main)
select $1, u.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::bool[]) u(case_id, contact, role, main)`,
  valuesOf: (rows) => [
    pgArray('uuid', rows.map(({ contact }) => contact)),
    pgArray('text', rows.map(({ role }) => role)),
    pgArray('bool', rows.map(({ main }) => main)),
  ],
};

const KEY_DATES: Part<ReturnType<typeof keyDateRows>[number]> = {
  name: 'case_key_date',
  rowsOf: keyDateRows,
  remove: `
delete from app.case_key_date p using unnest($2::uuid[], $3::int4[], $4::text[], $5::text[]) u(case_id, id, kind, day)
where p.tenant = $1 and p.case_id = u.case_id and p.id = u.id`,
  add: `
insert into app.case_key_date (tenant, case_id, id, kind, day)
select $1, u.case_id, u.id, u.kind, u.day::date from unnest($2::uuid[], $3::int4[], $4::text[], $5::text[]) u(case_id, id, kind, day)`,
  valuesOf: (rows) => [
    pgArray('int4', rows.map(({ id }) => id)),
    pgArray('text', rows.map(({ kind }) => kind)),
    pgArray('text', rows.map(({ day }) => day)),
  ],
};

const MEMBERSHIPS: Part<string> = {
  name: 'case_list_member',
  rowsOf: (state) => state?.lists ?? [],
  remove: `
delete from app.case_list_member p using unnest($2::uuid[], $3::uuid[]) u(case_id, list)
where p.tenant = $1 and p.list = u.list and p.case_id = u.case_id`,
  add: `
insert into app.case_list_member (tenant, case_id, list) select $1, u.* from unnest($2::uuid[], $3::uuid[]) u(case_id, list)`,
  valuesOf: (rows) => [pgArray('uuid', rows)],
};

/** Contacts, key dates and list memberships of cases: what they lost goes, what they got comes; the rest stays as it is. */
export async function writeParts(tx: StoreTransaction, changes: readonly CaseChange[]): Promise<void> {
  await writePart(tx, CONTACTS, changes);
  await writePart(tx, KEY_DATES, changes);
  await writePart(tx, MEMBERSHIPS, changes);
}

interface Owned<R> {
  readonly id: string;
  readonly row: R;
}

async function writePart<R>(tx: StoreTransaction, part: Part<R>, changes: readonly CaseChange[]): Promise<void> {
  const lost: Owned<R>[] = [];
  const gained: Owned<R>[] = [];
  for (const { id, before, after } of changes) {
    const had = new Map(part.rowsOf(before).map((row) => [JSON.stringify(row), row]));
    for (const row of part.rowsOf(after)) if (!had.delete(JSON.stringify(row))) gained.push({ id, row });
    for (const row of had.values()) lost.push({ id, row });
  }
  await write(tx, `${part.name}_remove`, part.remove, part, lost);
  await write(tx, `${part.name}_add`, part.add, part, gained);
}

async function write<R>(
  tx: StoreTransaction,
  name: string,
  text: string,
  part: Part<R>,
  owned: readonly Owned<R>[],
): Promise<void> {
  if (owned.length === 0) return;
  const cases = pgArray('uuid', owned.map(({ id }) => id));
  await tx.query({ name, text, values: [tx.tenant, cases, ...part.valuesOf(owned.map(({ row }) => row))] });
}
