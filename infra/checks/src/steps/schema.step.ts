import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareSnapshot } from '../schema/compare-snapshot.js';
import { findSchemas } from '../schema/databases.js';
import { migratedDumps } from '../schema/migrated-dump.js';
import { absent, verdict, type Step } from './step.js';

/** The schema after all migrations equals the committed snapshot, for every database (STYLE §6). */
export const schemaStep: Step = {
  name: 'schema snapshots',
  run: async (root) => {
    const schemas = findSchemas(root);
    if (schemas.length === 0) return absent('no service has migrations');
    const dumps = await migratedDumps(root, schemas);
    const faults = dumps.flatMap((one) => {
      const { snapshot } = one.schema;
      if ('fault' in one) return [`${snapshot}: ${one.fault}`];
      if (!existsSync(join(root, snapshot))) return [`${snapshot}: is missing`];
      return compareSnapshot(readFileSync(join(root, snapshot), 'utf8'), one.dump).map((difference) => `${snapshot}: ${difference}`);
    });
    const advice = ['when the migrations are right, run `npm run schema:update` and read what it changed'];
    return verdict(faults.length === 0 ? [] : [...faults, ...advice], schemas.map(({ name }) => name).join(', '));
  },
};

/** Writes every snapshot anew; the paths that changed, and why others could not be made. */
export async function updateSnapshots(root: string): Promise<{ changed: string[]; faults: string[] }> {
  const changed: string[] = [];
  const faults: string[] = [];
  for (const one of await migratedDumps(root, findSchemas(root))) {
    const file = join(root, one.schema.snapshot);
    if ('fault' in one) faults.push(`${one.schema.snapshot}: ${one.fault}`);
    else if (!existsSync(file) || readFileSync(file, 'utf8') !== one.dump) {
      writeFileSync(file, one.dump);
      changed.push(one.schema.snapshot);
    }
  }
  return { changed, faults };
}
