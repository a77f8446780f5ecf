import { eventStoreMigrations, relayMigrations, tenantTable } from '@caseledger/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const COMPANY = `
create table app.company (
  tenant uuid primary key,
  name text not null,
  kind text not null check (kind in ('STANDARD', 'DEMO')),
  default_country text not null,
  time_zone text not null,
  languages text[] not null,
  support_contact text not null,
  suspended boolean not null,
  created_at timestamptz not null
)`;

const MEMBER = `
create table app.member (
  tenant uuid not null,
  id uuid not null,
  name text not null,
  email text not null,
  email_key bytea not null,
  roles text[] not null,
  active boolean not null,
  password_hash text,
  created_at timestamptz not null,
  primary key (tenant, id),
  unique (tenant, email_key)
)`;

// Sign-in begins with an e-mail and no company; this index is read by the tail role alone, and holds keyed hashes.
const MEMBER_BY_EMAIL = 'create index member_email on app.member (email_key)';

const SESSION = `
create table app.session (
  tenant uuid not null,
  id uuid not null,
  member uuid not null,
  signed_in_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant, id)
)`;

const SESSION_OPEN = 'create index session_open on app.session (tenant, member) where ended_at is null';

const API_KEY = `
create table app.api_key (
  tenant uuid not null,
  id uuid not null,
  member uuid not null,
  name text not null,
  scopes text[] not null,
  secret_hash bytea not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant, id)
)`;

// Tries of sign-in, by a keyed hash of the e-mail or of the client's address. It belongs to no company, since a try
// names none and may name nobody; it is no view of the log, and losing it only forgives past tries.
const SIGN_IN_TRY = `
create table app.sign_in_try (
  key bytea primary key,
  tries int not null,
  since timestamptz not null
)`;

const SIGN_IN_TRY_AGE = 'create index sign_in_try_age on app.sign_in_try (since)';

const TENANT_TABLES = ['app.company', 'app.member', 'app.session', 'app.api_key'];

/** The read models of accounts; run as the owner, after the event store's own migrations. */
class Accounts1763730000001 implements MigrationInterface {
  readonly name = 'Accounts1763730000001';

  async up(runner: QueryRunner): Promise<void> {
    const objects = [COMPANY, MEMBER, MEMBER_BY_EMAIL, SESSION, SESSION_OPEN, API_KEY, SIGN_IN_TRY, SIGN_IN_TRY_AGE];
    const rights = ['grant select, insert, update, delete on app.sign_in_try to caseledger_app'];
    for (const statement of [...objects, ...TENANT_TABLES.flatMap((table) => tenantTable(table)), ...rights]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table ${[...TENANT_TABLES, 'app.sign_in_try'].join(', ')}`);
  }
}

/** Everything the database of accounts needs, in order. */
export const accountsMigrations = [...eventStoreMigrations, ...relayMigrations, Accounts1763730000001];
