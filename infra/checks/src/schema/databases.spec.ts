import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findSchemas } from './databases.js';

describe('the databases whose schema is checked', () => {
  let root = '';
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'caseledger-schemas-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  };

  it('are those of every service with migrations, and the vault', () => {
    write('services/accounts/src/migrations/accounts.migrations.ts');
    write('services/quiet/src/index.ts');
    write('libs/event-store/src/migrations/vault.migrations.ts');
    expect(findSchemas(root).map(({ name, list, snapshot }) => [name, list, snapshot])).toEqual([
      ['accounts', 'accountsMigrations', 'services/accounts/schema.snapshot.txt'],
      ['vault', 'vaultMigrations', 'libs/event-store/vault.schema.snapshot.txt'],
    ]);
  });

  it('cannot leave out a service whose list of migrations is missing', () => {
    write('services/accounts/src/migrations/first.migration.ts');
    expect(() => findSchemas(root)).toThrow('must export accountsMigrations');
  });
});
