// The process that starts the test cluster and stops it when no test has used it for a while. It outlives the test
// run that started it, so that the next one finds the server running; it leaves nothing behind.
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@caseledger/local';
import { Client } from 'pg';
import { clusterHome, keysFile, liveUsers, postgresDir, removeNote, withClusterLock, writeNote } from './cluster-files.js';
import { postgresPrograms } from './config.js';

const IDLE_MS = 60_000;
const LOOK_EVERY_MS = 3_000;

// Whoever started us holds the lock until the note stands, so nobody else is in here.
rmSync(clusterHome(), { recursive: true, force: true });
mkdirSync(clusterHome(), { recursive: true, mode: 0o755 });
const programs = postgresPrograms();
const server = await startEmbeddedPostgres({ dir: postgresDir(), keysFile: keysFile(), ...(programs === undefined ? {} : { programs }), settings: { max_connections: '300', max_prepared_transactions: '0' } });
writeNote(server.superuserUrl);

let isOver = false;
process.once('SIGTERM', () => (isOver = true));
process.once('SIGINT', () => (isOver = true));

let usedAt = Date.now();
while (!isOver) {
  await pause(LOOK_EVERY_MS);
  // A server that is too busy to answer is asked again: without its keeper the next test would start another one in its place.
  await dropLeftOver().catch((error: unknown) => console.error('Left-over databases were not dropped', error));
  if (liveUsers().size > 0) usedAt = Date.now();
  if (Date.now() - usedAt > IDLE_MS) isOver = await withClusterLock(retire);
}
removeNote();
await server.stop();
rmSync(clusterHome(), { recursive: true, force: true });

/** Under the lock nobody can start to use the cluster: either someone has, or it may go. */
async function retire(): Promise<boolean> {
  if (liveUsers().size > 0) return false;
  removeNote();
  await server.stop();
  rmSync(clusterHome(), { recursive: true, force: true });
  return true;
}

/** Databases of test processes that ended without dropping them; those of templates stay for the next run. */
async function dropLeftOver(): Promise<void> {
  const client = new Client({ connectionString: server.superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(`select datname from pg_database where datname like 't\\_%'`);
    // Asked after the list was read: whoever made one of these had signed up before.
    const live = liveUsers();
    const abandoned = rows.filter(({ datname }) => !live.has(Number(datname.split('_')[1])));
    for (const { datname } of abandoned) await client.query(`drop database if exists "${datname}" with (force)`);
  } finally {
    await client.end();
  }
}
