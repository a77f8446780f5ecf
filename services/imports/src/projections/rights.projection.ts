import { accountFactsV1 } from '@caseledger/contracts';
import { consume, type ConsumerTransaction, type Consumption, type StreamMessage } from '@caseledger/event-streams';

/*
 * Who may do what, and what imports needs of companies, from the events of accounts (DESIGN 25): the workers' own
 * picture, so that every chunk is authorised without asking anybody (SEC-012).
 */

export const RIGHTS_VIEW_TABLES = ['app.member_right', 'app.company'] as const;

const TOPIC = { name: 'caseledger.accounts.v1', partitions: 12 };

const SAVE_MEMBER = `
insert into app.member_right (tenant, user_id, active, permissions) values ($1, $2, $3, $4)
on conflict (tenant, user_id) do update set active = excluded.active, permissions = excluded.permissions`;

const SAVE_COMPANY = `
insert into app.company (tenant, suspended, kind, default_country, time_zone) values ($1, $2, $3, $4, $5)
on conflict (tenant) do update set suspended = excluded.suspended, kind = excluded.kind,
  default_country = excluded.default_country, time_zone = excluded.time_zone`;

export function rightsConsumer(): Consumption {
  const { name: topic, partitions } = TOPIC;
  return consume({ consumer: 'imports.rights', source: 'accounts', topic, partitions }, async (batch, tx) => {
    for (const message of batch) {
      if (message.type.startsWith('Company')) await saveCompany(tx, message);
      else if (message.type.startsWith('User')) await saveMember(tx, message);
    }
  });
}

async function saveMember(tx: ConsumerTransaction, { tenant, payload }: StreamMessage): Promise<void> {
  const { userId, active, permissions } = accountFactsV1.MemberChanged.decode(payload);
  await tx.useTenant(tenant);
  await tx.query(SAVE_MEMBER, [tenant, userId, active, permissions]);
}

async function saveCompany(tx: ConsumerTransaction, { tenant, payload }: StreamMessage): Promise<void> {
  const { suspended, kind, defaultCountry, timeZone } = accountFactsV1.CompanyChanged.decode(payload);
  await tx.useTenant(tenant);
  await tx.query(SAVE_COMPANY, [tenant, suspended, kind, defaultCountry, timeZone]);
}
