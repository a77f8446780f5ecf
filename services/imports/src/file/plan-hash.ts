import { createHash, type Hash } from 'node:crypto';
import type { targetsV1 } from '@caseledger/contracts';
import type { RowDecision } from '../import/import.js';
import type { ColumnTarget, ImportOptions } from '../import/import.events.js';

/*
 * The hash of a plan (PRE-004), canonical form version 1. It depends on what was predicted and on nothing else: not on
 * the ids of records yet to be made (a new record is named by its row), not on lanes, workers or the time.
 *
 * Canonical form: every text is preceded by its length in UTF-8 bytes as an unsigned 32-bit big-endian number, lists
 * by their count, numbers are written as decimal texts. The plan's hash is SHA-256 over the head followed by the
 * digest of every row in ascending row order, each preceded by its row number.
 */
const CANONICAL_VERSION = '1';

/** What a plan rests on besides its rows. */
export interface PlanHead {
  readonly fileSha256: string;
  readonly mappingVersion: number;
  readonly columns: readonly ColumnTarget[];
  readonly options: ImportOptions;
  readonly normaliserVersion: number;
  readonly matcherVersion: number;
  readonly importDay: string;
  readonly decisions: ReadonlyMap<number, RowDecision>;
  /** Attempt 1 is the import itself. */
  readonly attempt: number;
}

/** Rows must be added in ascending order. */
export class PlanHash {
  private readonly hash = createHash('sha256');

  constructor(head: PlanHead) {
    write(this.hash, 'caseledger plan', CANONICAL_VERSION);
    write(this.hash, head.fileSha256, String(head.mappingVersion), String(head.columns.length));
    for (const { column, target } of head.columns) write(this.hash, String(column), target);
    writeOptions(this.hash, head.options);
    write(this.hash, String(head.normaliserVersion), String(head.matcherVersion), head.importDay, String(head.attempt));
    const decisions = [...head.decisions].sort(([a], [b]) => a - b);
    write(this.hash, String(decisions.length));
    for (const [row, decision] of decisions) write(this.hash, String(row), decision.action, decision.record);
  }

  addRow(row: number, digest: Buffer): void {
    write(this.hash, String(row));
    this.hash.update(digest);
  }

  /** Lower-case hex. Ends the hash. */
  digest(): string {
    return this.hash.digest('hex');
  }
}

/** The digest of one row's prediction, 32 bytes: outcome, match, effects, changes and issues. */
export function verdictDigest(verdict: targetsV1.RowVerdict): Buffer {
  const hash = createHash('sha256');
  const made = recordsMade(verdict);
  const name = (record: string): string => {
    const row = made.get(record);
    return row === undefined ? record : `row ${row}`;
  };
  const { match } = verdict;
  write(hash, verdict.outcome, verdict.reason);
  if (match === undefined) write(hash, '');
  else {
    // Candidates of an ambiguous match come in no particular order.
    const records = match.records.map(name).sort();
    write(hash, match.verdict, match.key, name(match.record), String(match.earlierRow), String(records.length), ...records);
  }
  write(hash, String(verdict.effects.length));
  for (const effect of verdict.effects) write(hash, effect.kind, name(effect.record));
  write(hash, String(verdict.changes.length));
  for (const change of verdict.changes) {
    const { field, before, after, column, keptBecause } = change;
    write(hash, name(change.record), field, before, after, String(column), keptBecause);
  }
  write(hash, String(verdict.issues.length));
  for (const issue of verdict.issues) write(hash, issue.code, issue.severity, String(issue.column), issue.field);
  return hash.digest();
}

/** Records that do not exist before the run, with the row that would make each: this row, or an earlier one it matches. */
function recordsMade({ row, match, effects }: targetsV1.RowVerdict): ReadonlyMap<string, number> {
  const made = new Map<string, number>();
  for (const { kind, record } of effects) if (kind.endsWith('_CREATED')) made.set(record, row);
  if (match !== undefined && match.earlierRow > 0 && match.record !== '') made.set(match.record, match.earlierRow);
  return made;
}

function writeOptions(hash: Hash, options: ImportOptions): void {
  const { defaults, dateFormat, ...texts } = options;
  for (const map of [defaults, dateFormat]) {
    const entries = Object.entries(map).sort(byKey);
    write(hash, String(entries.length), ...entries.flat());
  }
  const entries = Object.entries(texts).sort(byKey);
  write(hash, ...entries.flat());
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const LENGTH = Buffer.alloc(4);

function write(hash: Hash, ...texts: readonly string[]): void {
  for (const text of texts) {
    LENGTH.writeUInt32BE(Buffer.byteLength(text));
    hash.update(LENGTH).update(text, 'utf8');
  }
}
