import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APP_ROLE, tenantTable } from '../roles.js';

/** One salt per person. An erased person's row stays without its salt, so that no new salt is ever made for it. */
const SALT = `
create table vault.salt (
  tenant uuid not null,
  subject uuid not null,
  salt bytea check (length(salt) = 16),
  erased_at timestamptz,
  primary key (tenant, subject),
  check ((salt is null) = (erased_at is not null)))`;

class Vault1763700000004 implements MigrationInterface {
  readonly name = 'Vault1763700000004';

  async up(runner: QueryRunner): Promise<void> {
    const rights = ['create schema if not exists vault', `grant usage on schema vault to ${APP_ROLE}`];
    // Nobody but the app role reads salts: with one stolen login the log alone stays unreadable.
    const table = tenantTable('vault.salt', 'select, insert, update').filter((statement) => !statement.startsWith('grant select on'));
    for (const statement of [...rights, SALT, ...table]) await runner.query(statement);
  }

  /** Without the salts nothing personal can be read again. */
  down(): Promise<void> {
    return Promise.reject(new Error('The vault is not taken back: without its salts no personal data can be read'));
  }
}

/** For the vault's own database, apart from every log (DESIGN 23). */
export const vaultMigrations = [Vault1763700000004];
