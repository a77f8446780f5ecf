/** What services connect as: owns nothing, row-level security holds for it. */
export const APP_ROLE = 'caseledger_app';

/** What reads the log across companies (feed, verify); writes nothing. */
export const TAIL_ROLE = 'caseledger_tail';

/** The tenant of the transaction; NULL where none is set, so that nothing is seen. The sub-select runs once per statement. */
const TENANT = "(select nullif(current_setting('app.tenant', true), '')::uuid)";

/**
 * The statements that put a table with a `tenant` column under forced row-level security and give the app role the
 * rights named (DESIGN 21). For migrations of services' own tables as well as the store's.
 */
export function tenantTable(table: string, rights = 'select, insert, update, delete'): string[] {
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy tenant on ${table} using (tenant = ${TENANT}) with check (tenant = ${TENANT})`,
    `grant ${rights} on ${table} to ${APP_ROLE}`,
    `grant select on ${table} to ${TAIL_ROLE}`,
  ];
}
