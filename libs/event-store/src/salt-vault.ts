import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { pgArray } from './pg-array.js';
import type { SaltVault } from './store.types.js';
import { TransactionRunner } from './transaction-runner.js';
import type { Session } from './session.js';

const SALT_BYTES = 16;
const DEADLINE_MS = 10_000;

/** Fewer rows than asked for: some had theirs before, or have been erased, and are read in a second statement. */
const MAKE = `
insert into vault.salt (tenant, subject, salt) select $1, u.subject, u.salt from unnest($2::uuid[], $3::bytea[]) u(subject, salt)
order by u.subject on conflict (tenant, subject) do nothing`;

const FIND = `
select s.subject, s.salt from vault.salt s where s.tenant = $1 and s.subject = any($2::uuid[]) and s.salt is not null`;

const ERASE = `
insert into vault.salt as s (tenant, subject, salt, erased_at)
select $1, u.subject, null, clock_timestamp() from unnest($2::uuid[]) u(subject) order by u.subject
on conflict (tenant, subject) do update set salt = null, erased_at = excluded.erased_at where s.salt is not null`;

interface SaltRow {
  readonly [column: string]: unknown;
  readonly subject: string;
  readonly salt: Buffer;
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
  const fresh = new Map<string, Buffer>(subjects.map((subject, at) => [subject, random.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES)]));
  const values = [tenant, pgArray('uuid', subjects), pgArray('bytea', [...fresh.values()])];
  const { rowCount } = await session.query({ name: 'vault_make', text: MAKE, values });
  return rowCount === subjects.length ? fresh : find(session, tenant, subjects);
}

async function find(session: Session, tenant: string, subjects: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await session.query<SaltRow>({ name: 'vault_find', text: FIND, values: [tenant, pgArray('uuid', subjects)] });
  return new Map(rows.map(({ subject, salt }) => [subject, salt]));
}
