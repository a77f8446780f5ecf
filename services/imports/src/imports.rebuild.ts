import type { EventStore, Feed } from '@caseledger/event-store';
import { StreamRunner, feedTransport } from '@caseledger/event-streams';
import type { RowTarget } from '@caseledger/row-target';
import type { Logger } from '@caseledger/service-kit';
import type { DataSource } from 'typeorm';
import { LEDGER_VIEW_TABLES, ledgerConsumer } from './projections/ledger.projection.js';
import { RIGHTS_VIEW_TABLES, rightsConsumer } from './projections/rights.projection.js';

/** What a rebuild of imports works on; nobody else writes meanwhile. */
export interface ImportsRebuild {
  readonly store: EventStore;
  /** The database as its owner, who alone may empty tables, and as the app role. */
  readonly owner: DataSource;
  readonly app: DataSource;
  readonly targets: readonly RowTarget[];
  /** The feed of every source that imports follows: the targets and accounts. */
  readonly feedOf: (source: string) => Feed;
  readonly logger: Logger;
}

/** Hours for a large installation; a rebuild that is cut off is begun anew. */
const DEADLINE_MS = 6 * 3_600_000;

/**
 * Empties the read models of imports and brings them back (DESIGN 27): its own from its own log, ledger and rights from
 * the logs of targets and accounts, through the very consumers that keep them.
 */
export async function rebuildImports({ store, owner, app, targets, feedOf, logger }: ImportsRebuild): Promise<{ events: number }> {
  const { events } = await store.rebuild({ owner, drop: true });
  const consumers = [rightsConsumer(), ...targets.map((target) => ledgerConsumer(target, () => undefined))];
  const names = [...new Set(consumers.map(({ consumer }) => consumer))];
  await owner.transaction(async (tx) => {
    // Members of a running installation are let finish, then lose their partitions: they would go on from where they
    // remember to be. Whoever claims one next begins at 0.
    await tx.query('lock table es.checkpoint in exclusive mode');
    await tx.query(`truncate ${[...LEDGER_VIEW_TABLES, ...RIGHTS_VIEW_TABLES].join(', ')}`);
    for (const table of ['es.checkpoint', 'es.parked']) await tx.query(`delete from ${table} where consumer = any($1)`, [names]);
    await tx.query(`update es.lease set owner = null, lease_epoch = lease_epoch + 1, lease_until = '-infinity' where consumer = any($1)`, [names]);
  });
  const streams = new StreamRunner({ database: app, transport: feedTransport(feedOf, { waitMs: 50 }), consumers, logger });
  await streams.start();
  try {
    const sources = [...new Set(consumers.map(({ source }) => source))];
    const heads = await Promise.all(sources.map(async (source) => (await feedOf(source).head()).head.map((at) => ({ source, ...at }))));
    await streams.waitFor(heads.flat(), DEADLINE_MS);
  } finally {
    await streams.stop();
  }
  return { events };
}
