import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { pgArray } from './pg-array.js';
import type { SaltVault } from './store.types.js';
import { TransactionRunner } from './transaction-runner.js';
import type { Session } from './session.js';

const SALT_BYTES = 16;
const DEADLINE_MS = 10_000;

/**
 * Those that were not made now, with the salt that this statement's snapshot sees: null for the erased, no row at all
 * where another is making it at this moment.
 */
const ENSURE = `
with wanted as (
  select u.subject, u.salt from unnest($2::uuid[], $3::bytea[]) u(subject, salt)
), made as (
  insert into vault.salt (tenant, subject, salt) select $1, subject, salt from wanted order by subject
  on conflict (tenant, subject) do nothing returning subject
)
select w.subject, s.salt, s.subject is not null as seen
from wanted w left join vault.salt s on s.tenant = $1 and s.subject = w.subject
where not exists (select from made m where m.subject = w.subject)`;

const FIND = `
select s.subject, s.salt from unnest($2::uuid[]) w(subject) join vault.salt s on s.tenant = $1 and s.subject = w.subject
where s.salt is not null`;

const ERASE = `
insert into vault.salt as s (tenant, subject, salt, erased_at)
select $1, u.subject, null, clock_timestamp() from unnest($2::uuid[]) u(subject) order by u.subject
on conflict (tenant, subject) do update set salt = null, erased_at = excluded.erased_at where s.salt is not null`;

interface SaltRow {
  readonly [column: string]: unknown;
  readonly subject: string;
  readonly salt: Buffer | null;
}

/** The vault in a database of its own (app role), apart from every log and with its own backups (DESIGN 23). */
export function postgresVault(dataSource: DataSource): SaltVault {
  const runner = new TransactionRunner(dataSource, false);
  const within = <T>(tenant: string, work: (session: Session) => Promise<T>): Promise<T> =>
    runner.run(tenant, async ({ session }) => ({ result: await work(session), repeatable: true }), { deadlineMs: DEADLINE_MS });
  return {
    ensure: (tenant, subjects) => within(tenant, (session) => ensure(session, tenant, [...new Set(subjects)].sort())),
    find: async (tenant, subjects) => {
      if (subjects.length === 0) return new Map();
      return within(tenant, (session) => find(session, tenant, [...new Set(subjects)]));
    },
    erase: (tenant, subjects) =>
      within(tenant, async (session) => {
        const values = [tenant, pgArray('uuid', [...new Set(subjects)].sort())];
        await session.query({ name: 'vault_erase', text: ERASE, values });
      }),
  };
}

async function ensure(session: Session, tenant: string, subjects: readonly string[]): Promise<Map<string, Buffer>> {
  const random = randomBytes(SALT_BYTES * subjects.length);
  const found = new Map<string, Buffer>(subjects.map((subject, at) => [subject, random.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES)]));
  const values = [tenant, pgArray('uuid', subjects), pgArray('bytea', [...found.values()])];
  const { rows } = await session.query<SaltRow & { readonly seen: boolean }>({ name: 'vault_ensure', text: ENSURE, values });
  for (const { subject, salt } of rows) {
    if (salt === null) found.delete(subject);
    else found.set(subject, salt);
  }
  const raced = rows.filter(({ seen }) => !seen).map(({ subject }) => subject);
  if (raced.length > 0) for (const [subject, salt] of await find(session, tenant, raced)) found.set(subject, salt);
  return found;
}

async function find(session: Session, tenant: string, subjects: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await session.query<SaltRow>({ name: 'vault_find', text: FIND, values: [tenant, pgArray('uuid', subjects)] });
  return saltsOf(rows);
}

function saltsOf(rows: readonly SaltRow[]): Map<string, Buffer> {
  const salts = new Map<string, Buffer>();
  for (const { subject, salt } of rows) if (salt !== null) salts.set(subject, salt);
  return salts;
}
