import type { targetsV1 } from '@caseledger/contracts';
import { Components } from './file/components.js';
import { decodeMatches, encodeMatch } from './file/row-objects.js';
import type { ImportContext } from './import.context.js';
import type { ImportTarget } from './import.target.js';
import type { RowDecision } from './import/import.js';
import { listObjects, placeOf, type ManifestEntry } from './objects/manifest.js';

/*
 * Which rows are tied: by exact keys they share, by existing records that any of their keys hits, by decisions (DESIGN
 * §4, "Components"). What the target answered is kept beside the plan, so that components can be built again and
 * changes found later.
 */

/** What ties are collected for: one plan's rows, known by their index in file order. */
export interface TieSubject {
  readonly tenant: string;
  readonly importId: string;
  readonly plan: string;
}

/**
 * Asks the target for the keys of a batch of rows, given without their cells; blank rows have none. Answers are in the order of the rows. A
 * record that a decision names counts as hit: it ties rows, and its changes make the plan stale.
 */
export async function matchBatch(
  target: ImportTarget,
  of: TieSubject,
  rows: readonly targetsV1.Row[],
  decisions: ReadonlyMap<number, RowDecision>,
): Promise<targetsV1.RowMatch[]> {
  const { tenant, importId } = of;
  const asked = rows.filter(({ blank }) => !blank);
  const reply = asked.length === 0 ? { rows: [] } : await target.match({ tenant, importId, rows: asked });
  const byRow = new Map(reply.rows.map((match) => [match.row, match]));
  return rows.map(({ row }) => {
    const match = byRow.get(row) ?? { row, keys: [], records: [] };
    const decided = decisions.get(row)?.record ?? '';
    return decided === '' || match.records.includes(decided) ? match : { ...match, records: [...match.records, decided] };
  });
}

/** Stores what the target answered for one object of rows. */
export async function storeMatches(
  context: ImportContext,
  of: TieSubject,
  at: { readonly generation: number; readonly seq: number },
  matches: readonly targetsV1.RowMatch[],
): Promise<ManifestEntry> {
  const numbers = matches.map(({ row }) => row);
  const entry = {
    setId: of.plan,
    kind: 'keys' as const,
    generation: at.generation,
    lane: 0,
    seq: at.seq,
    rows: matches.length,
    firstRow: Math.min(...numbers),
    lastRow: Math.max(...numbers),
  };
  const bytes = Buffer.concat(matches.map(encodeMatch));
  const { sha256 } = await context.objects.put(of.tenant, of.importId, placeOf(entry), bytes);
  return { ...entry, sha256 };
}

/** Ties the rows of a batch that begins at `firstIndex`, by what the target answered. */
export function tieBatch(components: Components, firstIndex: number, matches: readonly targetsV1.RowMatch[]): void {
  for (const [offset, match] of matches.entries()) tieRow(components, firstIndex + offset, match);
}

export function tieRow(components: Components, index: number, match: targetsV1.RowMatch): void {
  for (const key of match.keys) components.tie(index, `key ${key}`);
  for (const record of match.records) components.tie(index, `record ${record}`);
}

/** The components of a plan and what its rows' keys hit, as stored. */
export interface Ties {
  readonly components: Components;
  /** Row number by index. */
  readonly numbers: Int32Array;
  /** By index: the newest answer. */
  readonly matches: (targetsV1.RowMatch | undefined)[];
}

/** Builds the components of a plan again from the objects beside it, all generations in order. */
export async function readTies(context: ImportContext, of: TieSubject, rows: number): Promise<Ties> {
  const entries = await context.store.transaction(of.tenant, (tx) => listObjects(tx, of.plan, 'keys'));
  const components = new Components(rows);
  const numbers = new Int32Array(rows);
  const matches: (targetsV1.RowMatch | undefined)[] = [];
  const indexOf = new Map<number, number>();
  for (const entry of entries) {
    const bytes = await context.objects.get(of.tenant, of.importId, placeOf(entry), entry.sha256);
    for (const match of decodeMatches(bytes)) {
      const index = entry.generation === 1 ? indexOf.size : (indexOf.get(match.row) ?? 0);
      numbers[index] = match.row;
      if (entry.generation === 1) indexOf.set(match.row, index);
      tieRow(components, index, match);
      matches[index] = match;
    }
  }
  return { components, numbers, matches };
}
