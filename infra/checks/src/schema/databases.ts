import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A database of the installation: which migrations make it and where its structure is written down. */
export interface DatabaseSchema {
  readonly name: string;
  /** Module with the list of migrations, from the repository's root. */
  readonly module: string;
  /** The module's export that is the list. */
  readonly list: string;
  /** The committed structure, from the repository's root. */
  readonly snapshot: string;
}

/** The salts' own database (DESIGN 23); its migrations belong to the event store. */
const VAULT: DatabaseSchema = {
  name: 'vault',
  module: 'libs/event-store/src/migrations/vault.migrations.ts',
  list: 'vaultMigrations',
  snapshot: 'libs/event-store/vault.schema.snapshot.txt',
};

/**
 * The vault, and every service with `src/migrations/<service>.migrations.ts` exporting `<service>Migrations`: all
 * migrations its database needs, in order.
 * @throws Error when a service has migrations but no such file, as its schema would go unchecked
 */
export function findSchemas(root: string): DatabaseSchema[] {
  const services = existsSync(join(root, 'services')) ? readdirSync(join(root, 'services')).sort() : [];
  const withMigrations = services.filter((service) => existsSync(join(root, 'services', service, 'src', 'migrations')));
  const schemas = withMigrations.map((service) => ({
    name: service,
    module: `services/${service}/src/migrations/${service}.migrations.ts`,
    list: `${service}Migrations`,
    snapshot: `services/${service}/schema.snapshot.txt`,
  }));
  const all = [...schemas, ...(existsSync(join(root, VAULT.module)) ? [VAULT] : [])];
  const missing = all.find(({ module }) => !existsSync(join(root, module)));
  if (missing !== undefined) throw new Error(`${missing.module} is missing: it must export ${missing.list}`);
  return all;
}
