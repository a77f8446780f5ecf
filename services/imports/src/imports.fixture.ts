import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresVault, uuid7, vaultMigrations, type Feed, type SaltVault } from '@caseledger/event-store';
import { feedTransport } from '@caseledger/event-streams';
import { folderStore, sealedObjects, type SealedObjects } from '@caseledger/object-store';
import type { RowTarget } from '@caseledger/row-target';
import { createLogger, createRegistry, type Database } from '@caseledger/service-kit';
import { eventually, testDatabase, type TestDatabase } from '@caseledger/testing';
import { CATALOGUE } from './case-choices.fixture.js';
import { DEFAULT_IMPORT_LIMITS, type ImportLimits } from './config.js';
import { importWork, type ImportWork, type ImportWorkSetting } from './import-work.module.js';
import type { Caller } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { ImportOperations } from './import.operations.js';
import { openImports, type ImportsSetting } from './imports.store.js';
import { importsMigrations } from './migrations/imports.migrations.js';
import type { ImportView } from './projections/import-view.js';
import { readViews } from './projections/imports.projection.js';
import { RunControl } from './run.control.js';
import { Uploads } from './upload.js';

/** A target with the feed of its log, as a test brings it. */
export interface TestTarget {
  readonly target: RowTarget;
  readonly feed: Feed;
}

/** Imports on databases of their own, with one user who may do everything. */
export interface ImportsHarness {
  readonly context: ImportContext;
  readonly uploads: Uploads;
  readonly operations: ImportOperations;
  readonly control: RunControl;
  readonly caller: Caller;
  readonly database: Database;
  readonly sealed: SealedObjects;
  /** Starts one more worker. */
  worker(over?: Partial<ImportWorkSetting>): Promise<ImportWork>;
  view(id: string): Promise<ImportView>;
  until(id: string, state: string, deadlineMs?: number): Promise<ImportView>;
  /** Uploads a file and waits for its analysis. @returns the import's id. */
  upload(text: string, fileName?: string): Promise<string>;
  /** Plans, confirms and starts. @returns the plan's hash. */
  run(id: string): Promise<string>;
  allow(permissions: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const TENANT = '0198c0de-0000-7000-8000-0000000000aa';
export const USER = '0198c0de-0000-7000-8000-0000000000bb';

/** @param bring makes the target for the vault and key of this installation */
export async function importsHarness(
  name: string,
  bring: (vault: SaltVault, masterKey: Buffer) => Promise<TestTarget>,
  limits: Partial<ImportLimits> = {},
): Promise<ImportsHarness> {
  const database = await testDatabase(name, importsMigrations);
  const vaultDatabase = await testDatabase(`${name}-vault`, vaultMigrations);
  const pools = await database.open({ poolMax: 20 });
  const vault = postgresVault((await vaultDatabase.open()).app);
  const masterKey = randomBytes(32);
  const folder = await mkdtemp(join(tmpdir(), 'caseledger-imports-'));
  const { target, feed } = await bring(vault, masterKey);
  const setting = {
    app: pools.app,
    tail: pools.tail,
    vault,
    masterKey,
    sealed: sealedObjects(folderStore(folder)),
    targets: [target] as const,
    limits: { ...DEFAULT_IMPORT_LIMITS, ...limits },
    workDir: tmpdir(),
    logger: createLogger({ service: 'imports-test', level: 'warn' }),
  };
  return harness({ ...setting, registry: createRegistry('imports-test') }, feed, [database, vaultDatabase], folder, pools);
}

function harness(
  setting: ImportsSetting & { readonly sealed: SealedObjects },
  targetFeed: Feed,
  databases: readonly TestDatabase[],
  folder: string,
  database: Database,
): ImportsHarness {
  const context = openImports(setting);
  const workers: ImportWork[] = [];
  const caller: Caller = { tenant: TENANT, actor: USER, origin: { kind: 'user', id: USER } };
  const uploads = new Uploads(context);
  const operations = new ImportOperations(context, CATALOGUE);
  const feeds = new Map<string, Feed>(setting.targets.map(({ name }) => [name, targetFeed]));
  const feedOf = (source: string): Feed => (source === 'imports' ? context.store.feed : (feeds.get(source) ?? SILENT));
  const { view, until } = watching(context);
  return {
    context,
    uploads,
    operations,
    control: new RunControl(context),
    caller,
    database,
    sealed: setting.sealed,
    view,
    until,
    worker: async (over = {}) => {
      const transport = feedTransport(feedOf, { leaseMs: 2_000, waitMs: 100 });
      const { crashPoint: _, ...given } = setting;
      const worker = importWork({ ...given, registry: createRegistry('worker-test'), transport, sweepMs: 300, ...over });
      workers.push(worker);
      await worker.start();
      return worker;
    },
    upload: async (text, fileName = 'clients.csv') => {
      const { id } = await uploads.create(caller, { type: 'CLIENTS', fileName, sizeBytes: 0, importKey: uuid7(), origin: 'FILE' });
      await uploads.put(caller, id, 0, '', bytesOf(text));
      await uploads.complete(caller, id, '');
      await until(id, 'MAPPING');
      return id;
    },
    run: async (id) => {
      await operations.plan(caller, id);
      const planned = await until(id, 'AWAITING_CONFIRMATION');
      const hash = planned.plans.at(-1)?.hash ?? '';
      await operations.confirm(caller, id, hash);
      await operations.start(caller, id, hash);
      return hash;
    },
    allow: (permissions) => allow(context, permissions),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop(5_000)));
      await Promise.all(databases.map((one) => one.drop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function allow(context: ImportContext, permissions: readonly string[]): Promise<void> {
  await context.store.transaction(TENANT, (tx) =>
    tx.query(
      `insert into app.member_right (tenant, user_id, active, permissions) values ($1, $2, true, $3)
       on conflict (tenant, user_id) do update set permissions = excluded.permissions`,
      [TENANT, USER, [...permissions]],
    ),
  );
}

/** Looks at imports, and waits for their states. */
function watching(context: ImportContext): Pick<ImportsHarness, 'view' | 'until'> {
  const view = async (id: string): Promise<ImportView> => {
    const found = await context.store.transaction(TENANT, async (tx) => (await readViews(tx, [id])).get(id));
    if (found === undefined) throw new Error('There is no such import');
    return found;
  };
  const until = (id: string, state: string, deadlineMs = 20_000): Promise<ImportView> =>
    eventually(
      async () => {
        const now = await view(id);
        if (now.state !== state) throw new Error(`The import is ${now.state} (${now.reason?.code ?? ''}), not ${state}`);
        return now;
      },
      { deadlineMs },
    );
  return { view, until };
}

/** The feed of a service that never says anything. */
const SILENT: Feed = {
  read: async ({ after, waitMs, signal }) => {
    const ends = AbortSignal.any([AbortSignal.timeout(waitMs), ...(signal === undefined ? [] : [signal])]);
    await once(new EventEmitter(), 'event', { signal: ends }).catch(() => undefined);
    return { logId: 'none', epoch: 1, events: [], lookedUpTo: [...after], head: [] };
  },
  head: async () => ({ logId: 'none', epoch: 1, head: [] }),
};

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

