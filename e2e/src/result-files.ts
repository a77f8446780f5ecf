import type { Session } from './company.js';

export type ResultName = 'succeeded' | 'failed' | 'not-applied';

/** The records of a comma-separated text, read by the plain rules of quotes; shares nothing with the product's reader. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|\n|$)/y;
  for (pattern.lastIndex = text.startsWith('\ufeff') ? 1 : 0; pattern.lastIndex < text.length; ) {
    const [, cell = '', end = ''] = pattern.exec(text) ?? [];
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === ',' && pattern.lastIndex < text.length) continue;
    rows.push(cells);
    cells = [];
  }
  return rows;
}

/** The same the other way round, every cell quoted. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');
}

/** A result file as its header and its rows. */
export async function resultFile(company: Session, id: string, name: ResultName): Promise<{ header: string[]; rows: string[][] }> {
  const response = await company.send('GET', `/api/imports/${id}/results/${name}`);
  if (!response.ok) throw new Error(`${response.status} for ${name}`);
  // The bytes as they are: reading them as a text would drop the mark at their beginning.
  const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
  if (!text.startsWith('\ufeff')) throw new Error(`${name} has no byte order mark`);
  const [header = [], ...rows] = readCsv(text);
  return { header, rows };
}
