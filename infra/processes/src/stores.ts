import { accountsStore } from '@caseledger/accounts';
import { caseTarget, openCasesStore } from '@caseledger/cases';
import { contactTarget, openContactsStore } from '@caseledger/contacts';
import { postgresVault, type EventStore, type Feed } from '@caseledger/event-store';
import { openImports, rebuildImports, type ImportsConfig } from '@caseledger/imports';
import { openObjects, sealedObjects } from '@caseledger/object-store';
import { createRegistry, openDatabase, type Database, type Logger } from '@caseledger/service-kit';
import type { DataSource } from 'typeorm';
import type { Databases } from './config.js';

/** One service's log, for what is done to an installation as a whole. */
export interface ServiceLog {
  readonly name: 'accounts' | 'contacts' | 'cases' | 'imports';
  readonly store: EventStore;
  /** Empties the read models and brings them back from the log. */
  rebuild(): Promise<{ events: number }>;
}

/** The logs of all services, opened with their owner's rights. What runs meanwhile waits for a rebuild and goes on after it. */
export async function openLogs(databases: Databases, config: ImportsConfig, logger: Logger): Promise<{ logs: readonly ServiceLog[]; close(): Promise<void> }> {
  const opened: Database[] = [];
  const open = async (name: keyof Databases): Promise<Database & { owner: DataSource }> => {
    const database = await openDatabase(databases[name], { migrations: [] });
    opened.push(database);
    const { owner } = database;
    if (owner === undefined) throw new Error(`The owner's address of ${name} is missing`);
    return { ...database, owner };
  };
  const [vaultDatabase, accountsDatabase] = [await open('vault'), await open('accounts')];
  const [contactsDatabase, casesDatabase, importsDatabase] = [await open('contacts'), await open('cases'), await open('imports')];
  const vault = postgresVault(vaultDatabase.app);
  const { masterKey, limits, workDir } = config;
  const accounts = accountsStore(accountsDatabase, vaultDatabase, masterKey);
  const contacts = openContactsStore({ vault, masterKey, dataSource: contactsDatabase.app, tail: contactsDatabase.tail });
  const cases = openCasesStore({ vault, masterKey, dataSource: casesDatabase.app, tail: casesDatabase.tail });
  const targets = [contactTarget(contacts), caseTarget(cases)] as const;
  const { app, tail } = importsDatabase;
  const objects = openObjects(config.objects);
  const sealed = sealedObjects(objects);
  const { store: imports } = openImports({ app, tail, vault, masterKey, sealed, targets, limits, workDir, logger, registry: createRegistry('tools') });
  const feeds = new Map<string, Feed>([['accounts', accounts.feed], ['contacts', contacts.store.feed], ['cases', cases.store.feed], ['imports', imports.feed]]);
  const feedOf = (source: string): Feed => {
    const feed = feeds.get(source);
    if (feed === undefined) throw new Error(`There is no feed of ${source}`);
    return feed;
  };
  return {
    logs: [
      { name: 'accounts', store: accounts, rebuild: () => accounts.rebuild({ owner: accountsDatabase.owner, drop: true }) },
      { name: 'contacts', store: contacts.store, rebuild: () => contacts.store.rebuild({ owner: contactsDatabase.owner, drop: true }) },
      { name: 'cases', store: cases.store, rebuild: () => cases.store.rebuild({ owner: casesDatabase.owner, drop: true }) },
      { name: 'imports', store: imports, rebuild: () => rebuildImports({ store: imports, owner: importsDatabase.owner, app, targets, feedOf, logger }) },
    ],
    close: async () => {
      objects.close();
      await Promise.all(opened.map((database) => database.close()));
    },
  };
}
