import { EventCatalog, EventStore, type InlineProjection, type SaltVault } from '@caseledger/event-store';
import { KeyHasher, runEventDefinitions, runProjection } from '@caseledger/row-target';
import type { DataSource } from 'typeorm';
import { contactEventDefinitions } from './contact/contact.events.js';
import { contactsTopics } from './contacts.topic.js';
import { contactProjection } from './projections/contact.projection.js';

/** Everything a process needs to work on the contacts' log: the interactive service and the import worker alike. */
export interface ContactsStoreOptions {
  /** The contacts' database, as the app role and as the tail role. */
  readonly dataSource: DataSource;
  readonly tail: DataSource;
  readonly vault: SaltVault;
  /** 32 bytes, kept outside the database. */
  readonly masterKey: Buffer;
  readonly shards?: number;
}

export interface ContactsStore {
  readonly store: EventStore;
  readonly hasher: KeyHasher;
  /** Reads the contacts' database past row-level security; used with the company in every question. */
  readonly tail: DataSource;
}

/** Tables a rebuild brings back, and what of them is not compared (DESIGN 27). */
export const contactsViews: readonly { readonly table: string; readonly without: readonly string[] }[] = [
  { table: 'app.contact', without: [] },
  { table: 'app.match_key', without: [] },
  { table: 'app.contact_import', without: [] },
  { table: 'app.run', without: [] },
  { table: 'app.import_lane', without: ['tries'] },
];

export function openContactsStore(options: ContactsStoreOptions): ContactsStore {
  const hasher = new KeyHasher(options.masterKey);
  const projections: InlineProjection[] = [contactProjection(hasher), runProjection];
  const catalog = new EventCatalog([...contactEventDefinitions, ...runEventDefinitions]);
  return {
    store: new EventStore({ ...options, catalog, projections, topics: contactsTopics }),
    hasher,
    tail: options.tail,
  };
}
