import type { InlineProjection, StoredEvent, StoreTransaction } from '@caseledger/event-store';
import { CATEGORY } from '../accounts.catalogue.js';
import type { CompanyEvent, CompanyKind } from './company.events.js';

/** The company of the transaction's tenant. */
export interface CompanyRow {
  readonly id: string;
  readonly name: string;
  readonly kind: CompanyKind;
  readonly defaultCountry: string;
  readonly timeZone: string;
  readonly languages: string[];
  readonly supportContact: string;
  readonly suspended: boolean;
  readonly createdAt: Date;
}

const SAVE = `
insert into app.company (tenant, name, kind, default_country, time_zone, languages, support_contact, suspended, created_at)
values ($1, $2, $3, $4, $5, $6, coalesce($7, ''), $8, $9)
on conflict (tenant) do update set name = excluded.name, kind = excluded.kind, default_country = excluded.default_country,
  time_zone = excluded.time_zone, languages = excluded.languages, support_contact = excluded.support_contact,
  suspended = excluded.suspended`;

const READ = `
select tenant as id, name, kind, default_country as "defaultCountry", time_zone as "timeZone", languages,
  support_contact as "supportContact", suspended, created_at as "createdAt"
from app.company where tenant = $1`;

export const companyView: InlineProjection = {
  name: 'company',
  tables: ['app.company'],
  categories: [CATEGORY.company],
  apply: async (tx, events) => {
    for (const event of events) {
      const { data } = companyEventOf(event);
      const values = [tx.tenant, data.name, data.kind, data.defaultCountry, data.timeZone, data.languages, data.supportContact, data.suspended, event.at];
      await tx.query({ name: 'company_save', text: SAVE, values });
    }
  },
};

/** Undefined when the tenant is no company of this installation. */
export async function readCompany(tx: StoreTransaction): Promise<CompanyRow | undefined> {
  const { rows } = await tx.query<CompanyRow>({ name: 'company_read', text: READ, values: [tx.tenant] });
  return rows[0];
}

/** The log's bytes become this service's own type here: the catalogue let nothing else in. */
export function companyEventOf({ type, data }: StoredEvent): CompanyEvent {
  return { type, data } as unknown as CompanyEvent;
}
