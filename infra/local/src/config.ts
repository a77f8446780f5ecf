import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `npm start` is told from outside. */
export interface LaunchConfig {
  /** Root of the repository. */
  readonly root: string;
  /** Folder of the installation. */
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly address: string;
  /** What every child process gets of our own environment: enough to run, no secrets of the user. */
  readonly inherited: Readonly<Record<string, string>>;
  /** Where objects are kept and how many connections a process opens: kept with the installation, for programs that join it. */
  readonly kept: Readonly<Record<string, string>>;
  /** A PostgreSQL to use in place of the embedded one, as somebody who may make roles and databases there. */
  readonly postgresAdminUrl?: string;
  /** What is said of the transport of events: `EVENT_STREAMS` and `KAFKA_…`. */
  readonly eventStreams: Readonly<Record<string, string>>;
}

const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'GATEWAY_REQUESTS_PER_MINUTE'];

const OBJECTS = ['OBJECT_STORE', 'S3_BUCKET', 'S3_REGION', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY', 'S3_PATH_STYLE'];
const POOLS = ['ACCOUNTS_DATABASE_POOL', 'CONTACTS_DATABASE_POOL', 'CASES_DATABASE_POOL', 'IMPORTS_DATABASE_POOL'];

/** @throws Error that says how to put it right. */
export function readLaunchConfig(): LaunchConfig {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const port = Number(process.env['CASELEDGER_PORT'] ?? 4000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('CASELEDGER_PORT must be a port, 1 to 65535.');
  const host = process.env['CASELEDGER_HOST'] ?? '127.0.0.1';
  return {
    root,
    home: process.env['CASELEDGER_HOME'] || join(root, '.caseledger'),
    host,
    port,
    address: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
    inherited: given(INHERITED),
    kept: given([...OBJECTS, ...POOLS]),
    ...(process.env['POSTGRES_ADMIN_URL'] ? { postgresAdminUrl: process.env['POSTGRES_ADMIN_URL'] } : {}),
    eventStreams: Object.fromEntries(Object.entries(process.env).filter((pair): pair is [string, string] => /^(EVENT_STREAMS$|KAFKA_)/.test(pair[0]) && pair[1] !== undefined)),
  };
}

function given(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
