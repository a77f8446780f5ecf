import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Logger } from './logger.js';

const LOOK_MS = 500;
const SAY_MS = 30_000;

/**
 * Waits until every migration that this program knows has been applied by whoever may: a process without the owner's
 * address changes no schema. Migrations it does not know are those of a later version, and no hindrance.
 */
export async function untilMigrated(app: DataSource, names: readonly string[], logger?: Pick<Logger, 'warn'>): Promise<void> {
  let said = 0;
  for (;;) {
    const applied = await appliedTo(app);
    const missing = names.filter((name) => !applied.has(name));
    if (missing.length === 0) return;
    if (Date.now() - said >= SAY_MS) {
      said = Date.now();
      logger?.warn({ missing: missing.length, first: missing[0] }, 'The schema is not up to date; waiting for the migrations to be applied');
    }
    await pause(LOOK_MS);
  }
}

async function appliedTo(app: DataSource): Promise<Set<string>> {
  try {
    const rows: { name: string }[] = await app.query('select name from schema_migration');
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    // The table comes with the first migration, and the right to read it with the last.
    if (isNotThere(error)) return new Set();
    throw error;
  }
}

/** 42P01: there is no such table. 42501: not yet ours to read. */
function isNotThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && (error.code === '42P01' || error.code === '42501');
}
