import type { ImportTarget } from './import.target.js';
import type { TargetPosition } from './import/import.events.js';
import type { Ties } from './plan.ties.js';

/* What changed in the targets since a plan's positions, of all that the plan rests on (DESIGN §4, PRE-005). */

export interface StalenessQuestion {
  readonly positions: readonly TargetPosition[];
  /** What the plan's rows hit, a megabyte for every few thousand rows: fetched only where something has moved. */
  readonly ties: () => Promise<Ties>;
  /** Changes made by this run itself do not count; empty when there is none. */
  readonly run: string;
}

/**
 * The marks that changed, as `record <id>` and `key <hash>`; empty when the plan still holds. Targets whose logs have not
 * moved are not asked any further.
 */
export async function changedSince(target: ImportTarget, tenant: string, question: StalenessQuestion): Promise<Set<string>> {
  const { positions, run } = question;
  const now = await target.positions();
  const hasMoved = now.some((at) => at.position > (positions.find((one) => one.target === at.target && one.shard === at.shard)?.position ?? 0));
  if (!hasMoved) return new Set();
  const changed = await target.changedSince({ tenant, run, positions, ...marksOf(await question.ties()) });
  return new Set([...changed.records.map((record) => `record ${record}`), ...changed.keys.map((key) => `key ${key}`)]);
}

/** The rows, by index, that have one of these marks. */
export function markedRows({ matches }: Pick<Ties, 'matches'>, marks: ReadonlySet<string>): number[] {
  const rows: number[] = [];
  for (const [index, match] of matches.entries()) {
    const isMarked =
      match !== undefined && (match.keys.some((key) => marks.has(`key ${key}`)) || match.records.some((record) => marks.has(`record ${record}`)));
    if (isMarked) rows.push(index);
  }
  return rows;
}

function marksOf({ matches }: Ties): { keys: string[]; records: string[] } {
  const keys = new Set<string>();
  const records = new Set<string>();
  for (const match of matches) {
    for (const key of match?.keys ?? []) keys.add(key);
    for (const record of match?.records ?? []) records.add(record);
  }
  return { keys: [...keys], records: [...records] };
}
