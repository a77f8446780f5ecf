import { EventStore, JobQueue, type SaltVault } from '@caseledger/event-store';
import type { SealedObjects } from '@caseledger/object-store';
import type { RowTarget } from '@caseledger/row-target';
import type { Logger } from '@caseledger/service-kit';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { caseRows, type CaseRowsDeps } from './case-rows/case-rows.js';
import type { ImportLimits } from './config.js';
import { importCatalog } from './import-events.catalogue.js';
import { ImportCommands } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { importMetrics } from './import.metrics.js';
import { singleTarget, type TargetOf } from './import.target.js';
import { chunksTopic, importsTopic } from './imports.topics.js';
import { ImportObjects } from './objects/import-objects.js';
import { importsProjection } from './projections/imports.projection.js';
import { revertsProjection } from './projections/reverts.projection.js';
import { runsProjection } from './projections/runs.projection.js';

/** What an imports process is given; interactive and working processes alike. */
export interface ImportsSetting {
  /** The service's database as the app role, and as the tail role. */
  readonly app: DataSource;
  readonly tail: DataSource;
  readonly vault: SaltVault;
  /** 32 bytes, kept outside the database. */
  readonly masterKey: Buffer;
  readonly sealed: SealedObjects;
  /** Every service whose records imports write. */
  readonly targets: readonly RowTarget[];
  /** Named places in which a test can end the process; absent outside of tests. */
  readonly crashPoint?: CaseRowsDeps['crashPoint'];
  readonly limits: ImportLimits;
  readonly workDir: string;
  /** Where the reading thread's code is; absent where files are read in the calling thread. */
  readonly readThread?: URL;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly shards?: number;
}

/** The topics whose feed this service serves. */
export const importsTopics = [importsTopic, chunksTopic] as const;

/** The event store of imports over open databases; also what `verify` and `rebuild` work on. */
export function importsStore({ app, tail, vault, masterKey, shards }: Pick<ImportsSetting, 'app' | 'tail' | 'vault' | 'masterKey' | 'shards'>): EventStore {
  return new EventStore({
    dataSource: app,
    tail,
    vault,
    masterKey,
    catalog: importCatalog(),
    projections: [importsProjection, runsProjection, revertsProjection],
    topics: importsTopics,
    ...(shards === undefined ? {} : { shards }),
  });
}

/** Puts the event store of imports and everything on it together. */
export function openImports(setting: ImportsSetting): ImportContext {
  const { app, masterKey, sealed, targets, limits, workDir, readThread, logger, registry } = setting;
  const store = importsStore(setting);
  const targetOf = targetsByType(targets, setting.crashPoint);
  const jobs = new JobQueue(app, store.wakeUps);
  return {
    store,
    jobs,
    commands: new ImportCommands(store, jobs),
    objects: new ImportObjects(store, sealed, masterKey),
    targetOf,
    targets,
    limits,
    workDir,
    ...(readThread === undefined ? {} : { readThread }),
    logger,
    metrics: importMetrics(registry),
  };
}

/** Which of the targets, or which of them together, takes the rows of each type of import (MAP-008). */
function targetsByType(targets: readonly RowTarget[], crashPoint: CaseRowsDeps['crashPoint']): TargetOf {
  const named = (name: string): RowTarget => {
    const found = targets.find((target) => target.name === name);
    if (found === undefined) throw new Error(`This process has no target named ${name}`);
    return found;
  };
  const contacts = lazily(() => singleTarget(named('contacts')));
  const cases = lazily(() => {
    return caseRows({ contacts: named('contacts'), cases: named('cases'), ...(crashPoint === undefined ? {} : { crashPoint }) });
  });
  return (type) => (type === 'CASES' ? cases() : contacts());
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Tables that come back from the logs, and what of them is not compared after a rebuild (DESIGN 27). */
export const importsViews: readonly { readonly table: string; readonly without: readonly string[] }[] = [
  { table: 'app.import', without: [] },
  { table: 'app.run', without: [] },
  { table: 'app.dispatch', without: [] },
  { table: 'app.revert', without: [] },
  { table: 'app.import_row', without: [] },
  { table: 'app.run_chunk', without: [] },
  { table: 'app.tally', without: ['step'] },
  { table: 'app.member_right', without: [] },
  { table: 'app.company', without: [] },
];
