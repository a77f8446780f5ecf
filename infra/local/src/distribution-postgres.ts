import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DISTRIBUTION = '/usr/lib/postgresql';
const MAJOR_MIN = 15;

/** The folder with the programs of the distribution's newest PostgreSQL, as Debian lays it out; undefined where there is none. */
export function distributionPostgres(): string | undefined {
  if (!existsSync(DISTRIBUTION)) return undefined;
  const majors = readdirSync(DISTRIBUTION)
    .map(Number)
    .filter((major) => major >= MAJOR_MIN && existsSync(join(DISTRIBUTION, String(major), 'bin', 'initdb')));
  return majors.length === 0 ? undefined : join(DISTRIBUTION, String(Math.max(...majors)), 'bin');
}
