import type { ImportContext } from './import.context.js';
import type { TargetPosition } from './import/import.events.js';
import type { Ties } from './plan.ties.js';

/* What changed in the targets since a plan's positions, of all that the plan rests on (DESIGN §4, PRE-005). */

/** Records or keys of one question to a target. */
const ASKED_MAX = 5_000;

export interface StalenessQuestion {
  readonly positions: readonly TargetPosition[];
  /** What the plan's rows hit, a megabyte for every few thousand rows: fetched only where something has moved. */
  readonly ties: () => Promise<Ties>;
  /** Changes made by this run itself do not count; empty when there is none. */
  readonly run: string;
}

/**
 * The marks that changed, as `<target> record <id>` and `<target> key <hash>`; empty when the plan still holds. A
 * target whose log has not moved is not asked any further.
 */
export async function changedSince(context: ImportContext, tenant: string, question: StalenessQuestion): Promise<Set<string>> {
  const changed = new Set<string>();
  for (const [number, target] of context.targets.entries()) {
    const positions = question.positions.filter((position) => position.target === target.name);
    const now = await target.positions({});
    const hasMoved = now.positions.some(({ shard, position }) => position > (positions.find((one) => one.shard === shard)?.position ?? 0));
    if (!hasMoved) continue;
    const { keys, records } = marksOf(await question.ties(), number);
    const since = positions.map(({ shard, position }) => ({ shard, position }));
    for (let at = 0; at < Math.max(keys.length, records.length); at += ASKED_MAX) {
      const reply = await target.changedSince({
        tenant,
        positions: since,
        run: question.run,
        keys: keys.slice(at, at + ASKED_MAX),
        records: records.slice(at, at + ASKED_MAX),
      });
      for (const record of reply.records) changed.add(`${number} record ${record}`);
      for (const key of reply.keys) changed.add(`${number} key ${key}`);
    }
  }
  return changed;
}

/** The rows, by index, that have one of these marks. */
export function markedRows(ties: Ties, marks: ReadonlySet<string>): number[] {
  const rows: number[] = [];
  for (const [target, matches] of ties.matches.entries()) {
    for (const [index, match] of matches.entries()) {
      const isMarked =
        match !== undefined &&
        (match.keys.some((key) => marks.has(`${target} key ${key}`)) || match.records.some((record) => marks.has(`${target} record ${record}`)));
      if (isMarked) rows.push(index);
    }
  }
  return rows;
}

function marksOf(ties: Ties, target: number): { keys: string[]; records: string[] } {
  const keys = new Set<string>();
  const records = new Set<string>();
  for (const match of ties.matches[target] ?? []) {
    for (const key of match?.keys ?? []) keys.add(key);
    for (const record of match?.records ?? []) records.add(record);
  }
  return { keys: [...keys], records: [...records] };
}
