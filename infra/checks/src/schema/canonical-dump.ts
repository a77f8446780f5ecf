import { CATALOGUE } from './catalogue.sql.js';

/** Anything that runs a query and gives its rows. */
export interface Queries {
  query<R extends object>(sql: string): Promise<{ rows: R[] }>;
}

/**
 * A text of everything migrations made in a database: the same text for the same structure whatever the order in which
 * it was made, so two databases are compared by comparing texts. Data is not part of it.
 */
export async function canonicalDump(database: Queries): Promise<string> {
  // Types and expressions are written with their schema whatever the login's settings are.
  await database.query(`set search_path to ''`);
  const objects = new Map<string, string[]>();
  for (const sql of CATALOGUE) {
    const { rows } = await database.query<{ object: string; line: string | null }>(sql);
    for (const { object, line } of rows) {
      const lines = objects.get(object) ?? [];
      objects.set(object, line === null ? lines : [...lines, line]);
    }
  }
  const chapters = [...objects].sort(([a], [b]) => compare(a, b)).map(([object, lines]) => `${object}\n${lines.sort(compare).map(written).join('')}`);
  return `${chapters.join('\n')}`;
}

/** Leading numbers only order the lines of an object; bodies of functions keep their own lines, further in. */
function written(line: string): string {
  const [first = '', ...rest] = line.replace(/^\d /, '').replace(/^column \d+/, 'column').trimEnd().split('\n');
  return [`  ${first}`, ...rest.map((text) => `    ${text}`)].map((text) => `${text.trimEnd()}\n`).join('');
}

/** By code unit: the same on every machine, which the database's collation is not. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
