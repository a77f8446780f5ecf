import { EventCatalog, EventStore, type InlineProjection, type SaltVault } from '@caseledger/event-store';
import { KeyHasher, runEventDefinitions, runProjection } from '@caseledger/row-target';
import type { DataSource } from 'typeorm';
import { caseEventDefinitions } from './case/case.events.js';
import { caseListEventDefinitions } from './case-list/case-list.events.js';
import { caseTypeEventDefinitions } from './case-type/case-type.events.js';
import { StartSet } from './case-type/start-set.write.js';
import { casesTopics } from './cases.topic.js';
import { importMarkerEventDefinitions } from './import-marker/import-marker.events.js';
import { numbersEventDefinitions } from './numbers/numbers.events.js';
import { caseListProjection } from './projections/case-list.projection.js';
import { caseNumberProjection } from './projections/case-number.projection.js';
import { caseProjection } from './projections/case.projection.js';
import { caseTypeProjection } from './projections/case-type.projection.js';

/** Everything a process needs to work on the cases' log: the interactive service and the import worker alike. */
export interface CasesStoreOptions {
  /** The cases' database, as the app role and as the tail role. */
  readonly dataSource: DataSource;
  readonly tail: DataSource;
  readonly vault: SaltVault;
  /** 32 bytes, kept outside the database. */
  readonly masterKey: Buffer;
  readonly shards?: number;
}

export interface CasesStore {
  readonly store: EventStore;
  readonly hasher: KeyHasher;
  /** Reads the cases' database past row-level security; used with the company in every question. */
  readonly tail: DataSource;
  readonly startSet: StartSet;
}

/** Tables a rebuild brings back, and what of them is not compared (DESIGN 27). */
export const casesViews: readonly { readonly table: string; readonly without: readonly string[] }[] = [
  { table: 'app.case_state', without: [] },
  { table: 'app.case_contact', without: [] },
  { table: 'app.case_key_date', without: [] },
  { table: 'app.case_list_member', without: [] },
  { table: 'app.case_import', without: [] },
  { table: 'app.case_type', without: [] },
  { table: 'app.case_list', without: [] },
  { table: 'app.case_number', without: [] },
  { table: 'app.case_number_block', without: [] },
  { table: 'app.match_key', without: [] },
  { table: 'app.run', without: [] },
  { table: 'app.import_lane', without: ['tries'] },
];

export function openCasesStore(options: CasesStoreOptions): CasesStore {
  const hasher = new KeyHasher(options.masterKey);
  const projections: InlineProjection[] = [
    caseProjection(hasher),
    caseTypeProjection,
    caseListProjection,
    caseNumberProjection,
    runProjection,
  ];
  const catalog = new EventCatalog([
    ...caseEventDefinitions,
    ...caseTypeEventDefinitions,
    ...caseListEventDefinitions,
    ...numbersEventDefinitions,
    ...importMarkerEventDefinitions,
    ...runEventDefinitions,
  ]);
  const store = new EventStore({ ...options, catalog, projections, topics: casesTopics });
  return { store, hasher, tail: options.tail, startSet: new StartSet(store) };
}
