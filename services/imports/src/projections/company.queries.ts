import type { StoreTransaction } from '@caseledger/event-store';

/** What imports needs of a company; as accounts last told it. */
export interface CompanyRow {
  readonly suspended: boolean;
  readonly kind: string;
  readonly defaultCountry: string;
  readonly timeZone: string;
}

const UNKNOWN: CompanyRow = { suspended: false, kind: 'STANDARD', defaultCountry: 'US', timeZone: 'UTC' };

/** The company of the transaction; before accounts' first event about it, the defaults of the product. */
export async function readCompany(tx: StoreTransaction): Promise<CompanyRow> {
  const { rows } = await tx.query<CompanyRow & Record<string, unknown>>(
    `select suspended, kind, default_country as "defaultCountry", time_zone as "timeZone" from app.company where tenant = $1`,
    [tx.tenant],
  );
  return rows[0] ?? UNKNOWN;
}

/** The day it is for the company, `YYYY-MM-DD`, by the database's clock. */
export async function todayIn(tx: StoreTransaction): Promise<string> {
  const { timeZone } = await readCompany(tx);
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(tx.now);
}

const MAY_STILL = `
select m.active and not coalesce(c.suspended, false)
  and (select bool_and(p = any(m.permissions) or p || ':own' = any(m.permissions)) from unnest($3::text[]) p) as may
from app.member_right m left join app.company c on c.tenant = m.tenant
where m.tenant = $1 and m.user_id = $2`;

/** Whether a user of a company that is not suspended may do something now (SEC-012). */
export async function mayStill(tx: StoreTransaction, user: string, permissions: readonly string[]): Promise<boolean> {
  const values = [tx.tenant, user, [...permissions]];
  const { rows } = await tx.query<{ may: boolean }>({ name: 'imports.may-still', text: MAY_STILL, values });
  return rows[0]?.may ?? false;
}
