import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Network } from '@caseledger/testing';
import { escapeIdentifier, type Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { openDatabase } from './database-meter.js';

/** A table that an import writes, with its primary key. */
export interface CopiedTable {
  readonly database: string;
  readonly table: string;
  readonly key: readonly string[];
}

/** What a row of a client file leaves behind: its stream, its events, its state, its match keys and its person's salt. */
export const CLIENT_TABLES: readonly CopiedTable[] = [
  { database: 'contacts', table: 'es.stream', key: ['tenant', 'stream'] },
  { database: 'contacts', table: 'es.event', key: ['batch', 'idx'] },
  { database: 'contacts', table: 'app.contact', key: ['tenant', 'id'] },
  { database: 'contacts', table: 'app.match_key', key: ['tenant', 'key'] },
  { database: 'vault', table: 'vault.salt', key: ['tenant', 'subject'] },
];

/** What a row of a case file leaves behind: the same of its client and of its case, and the link between them. */
export const CASE_TABLES: readonly CopiedTable[] = [
  ...CLIENT_TABLES,
  { database: 'cases', table: 'es.stream', key: ['tenant', 'stream'] },
  { database: 'cases', table: 'es.event', key: ['batch', 'idx'] },
  { database: 'cases', table: 'app.case_state', key: ['tenant', 'id'] },
  { database: 'cases', table: 'app.case_contact', key: ['tenant', 'contact', 'case_id', 'role'] },
  { database: 'cases', table: 'app.match_key', key: ['tenant', 'key'] },
];
const SCRATCH = 'bench_scratch';

export interface RawCopy {
  readonly seconds: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * The measure beside the import: the same rows, taken out of the tables that the import wrote, go by COPY into plain
 * tables of a scratch database on the same server, one table after the other and one transaction each. Each table has
 * its primary key and nothing else: no second index, no trigger, no policy.
 * @param since transaction number from which on rows count; '0' for all of them
 */
export async function rawCopy(network: Network, tables: readonly CopiedTable[], since = '0'): Promise<RawCopy> {
  const dir = mkdtempSync(join(tmpdir(), 'caseledger-bench-copy-'));
  const server = await openDatabase(network, 'postgres');
  try {
    await server.query(`drop database if exists ${SCRATCH}`);
    await server.query(`create database ${SCRATCH}`);
    const scratch = await openDatabase(network, SCRATCH);
    try {
      let sum: RawCopy = { seconds: 0, rows: 0, bytes: 0 };
      for (const one of tables) {
        const copied = await copyTable(network, scratch, { ...one, since, file: join(dir, `${one.database}.${one.table}`) });
        sum = { seconds: sum.seconds + copied.seconds, rows: sum.rows + copied.rows, bytes: sum.bytes + copied.bytes };
      }
      return sum;
    } finally {
      await scratch.end();
    }
  } finally {
    await server.query(`drop database if exists ${SCRATCH} with (force)`);
    await server.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface TableCopy extends CopiedTable {
  readonly since: string;
  /** Where the rows lie in between. */
  readonly file: string;
}

/** Only the way in is timed; the file in between is read from memory. */
async function copyTable(network: Network, scratch: Client, { database, table, key, since, file }: TableCopy): Promise<RawCopy> {
  const source = await openDatabase(network, database);
  const target = escapeIdentifier(`${database}.${table}`);
  try {
    await scratch.query(`create table ${target} (${await columnsOf(source, table)}, primary key (${key.map(escapeIdentifier).join(', ')}))`);
    await pipeline(source.query(copyTo(`copy (select * from ${table} where xmin::text::bigint >= ${BigInt(since)}) to stdout (format binary)`)), createWriteStream(file));
  } finally {
    await source.end();
  }
  const input = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const begun = performance.now();
  const sink = scratch.query(copyFrom(`copy ${target} from stdin (format binary)`));
  await pipeline(input, sink);
  return { seconds: (performance.now() - begun) / 1000, rows: sink.rowCount, bytes: input.bytesRead };
}

async function columnsOf(client: Client, table: string): Promise<string> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows.map(({ name, type }) => `${escapeIdentifier(name)} ${type}`).join(', ');
}
