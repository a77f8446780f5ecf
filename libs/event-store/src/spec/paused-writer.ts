import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A client in a process of its own that has inserted everything and was stopped just before COMMIT. */
export interface PausedWriter {
  /** Kills the process; a stopped one too. */
  kill(): void;
}

/**
 * What the append of one event sends, statement by statement, without the store: the process stops itself where the
 * store would commit.
 */
const PROGRAM = `
import pg from 'pg';
const [url, tenant] = process.argv.slice(1);
const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query('begin');
await client.query("select set_config('app.tenant', $1, true)", [tenant]);
const { rows: [{ stream }] } = await client.query('insert into es.stream values ($1, gen_random_uuid(), $2, 1) returning stream', [tenant, 'person']);
await client.query(\`with h as (insert into es.batch (shard, tenant, n, content_hash, source_kind, at)
  values (0, $1, 1, sha256('x'), 'user', now()) returning id)
  insert into es.event (batch, idx, tenant, stream, category, version, event_id, type, schema_version, data, meta)
  select id, 0, $1, $2, 'person', 1, gen_random_uuid(), 'PersonTagged', 1, '{}', '{}' from h\`, [tenant, stream]);
process.stdout.write('inserted');
process.kill(process.pid, 'SIGSTOP');
await client.query('commit');
`;

export async function spawnPausedWriter(url: string, tenant: string): Promise<PausedWriter> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, url, tenant], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The writer ended with ${code}: ${said}`)));
  });
  return { kill: () => void child.kill('SIGKILL') };
}
