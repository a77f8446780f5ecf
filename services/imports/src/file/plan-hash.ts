import { createHash, hash } from 'node:crypto';
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
const GATHERED_BYTES = 32_768;

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
  /** Rows that are not hashed yet: a call for each would cost more than the hash. */
  private readonly rows = new CanonicalForm();

  constructor(head: PlanHead) {
    const form = new CanonicalForm();
    form.write('caseledger plan', CANONICAL_VERSION);
    form.write(head.fileSha256, String(head.mappingVersion), String(head.columns.length));
    for (const { column, target } of head.columns) form.write(String(column), target);
    writeOptions(form, head.options);
    form.write(String(head.normaliserVersion), String(head.matcherVersion), head.importDay, String(head.attempt));
    const decisions = [...head.decisions].sort(([a], [b]) => a - b);
    form.write(String(decisions.length));
    for (const [row, decision] of decisions) form.write(String(row), decision.action, decision.record);
    this.hash.update(form.bytes());
  }

  addRow(row: number, digest: Buffer): void {
    this.rows.write(String(row));
    this.rows.append(digest);
    if (this.rows.bytes().length >= GATHERED_BYTES) this.flush();
  }

  /** Lower-case hex. Ends the hash. */
  digest(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private flush(): void {
    this.hash.update(this.rows.bytes());
    this.rows.begin();
  }
}

/** Names of records yet to be made, by id: a lane's rows are given the same, for a later one may build on an earlier one's. */
export type NamesOfNew = Map<string, string>;

/**
 * The digest of one row's prediction, 32 bytes: outcome, match, effects, changes and issues. Records that the row makes
 * are added to `names`.
 */
export function verdictDigest(verdict: targetsV1.RowVerdict, names: NamesOfNew = new Map()): Buffer {
  const form = ROW.begin();
  nameNew(verdict, names);
  const name = (record: string): string => names.get(record) ?? record;
  const { match } = verdict;
  form.write(verdict.outcome, verdict.reason);
  if (match === undefined) form.write('');
  else {
    // Candidates of an ambiguous match come in no particular order.
    const records = match.records.map(name).sort();
    form.write(match.verdict, match.key, name(match.record), String(match.earlierRow), String(records.length), ...records);
  }
  form.write(String(verdict.effects.length));
  for (const effect of verdict.effects) form.write(effect.kind, name(effect.record));
  form.write(String(verdict.changes.length));
  for (const change of verdict.changes) {
    const { field, before, after, column, keptBecause } = change;
    form.write(name(change.record), field, before, after, String(column), keptBecause);
  }
  form.write(String(verdict.issues.length));
  for (const issue of verdict.issues) form.write(issue.code, issue.severity, String(issue.column), issue.field);
  return hash('sha256', form.bytes(), 'buffer');
}

/** Records that do not exist before the run are named by the row that would make them: this one, or an earlier one it matches. */
function nameNew({ row, match, effects }: targetsV1.RowVerdict, names: NamesOfNew): void {
  const made = effects.filter(({ kind }) => kind.endsWith('_CREATED'));
  // A case row may make several; the last one is its case.
  for (const [at, { record }] of made.reverse().entries()) names.set(record, at === 0 ? `row ${row}` : `row ${row}/${at}`);
  if (match !== undefined && match.earlierRow > 0 && match.record !== '' && !names.has(match.record)) names.set(match.record, `row ${match.earlierRow}`);
}

function writeOptions(form: CanonicalForm, options: ImportOptions): void {
  const { defaults, dateFormat, cases, ...texts } = options;
  for (const map of [defaults, dateFormat]) {
    const entries = Object.entries(map).sort(byKey);
    form.write(String(entries.length), ...entries.flat());
  }
  const entries = Object.entries(texts).sort(byKey);
  form.write(...entries.flat());
  if (cases === undefined) return;
  const { caseType, list, newList, addSkipped, clientDuplicatePolicy } = cases;
  // Of what lies with others the id counts: a type that is renamed is the same type.
  form.write('cases', caseType.id, list.id, newList, String(addSkipped), clientDuplicatePolicy);
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const LENGTH_BYTES = 4;
const SHORT_MAX = 48;
const ASCII_MAX = 0x7f;
const FORM_BYTES_FIRST = 4_096;

/** Texts in canonical form, gathered in one buffer that is used again: hashing a row's texts one by one costs six times as much. */
class CanonicalForm {
  private buffer = Buffer.allocUnsafe(FORM_BYTES_FIRST);
  private end = 0;

  /** Forgets what was written, by a row that was broken off too. */
  begin(): this {
    this.end = 0;
    return this;
  }

  write(...texts: readonly string[]): void {
    for (const text of texts) {
      this.reserve(LENGTH_BYTES + text.length * BYTES_PER_UNIT_MAX);
      const length = this.writeShort(text, this.end + LENGTH_BYTES) ?? this.buffer.write(text, this.end + LENGTH_BYTES);
      this.buffer.writeUInt32BE(length, this.end);
      this.end += LENGTH_BYTES + length;
    }
  }

  /** Bytes as they are, without their number. */
  append(bytes: Buffer): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }

  /** Most texts are short and plain, and handing them to the encoder costs more than writing them; undefined for others. */
  private writeShort(text: string, at: number): number | undefined {
    if (text.length > SHORT_MAX) return undefined;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > ASCII_MAX) return undefined;
      this.buffer[at + index] = code;
    }
    return text.length;
  }

  /** What has been written, good until the next beginning. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  private reserve(more: number): void {
    if (this.end + more <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe((this.end + more) * 2);
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}

/** A UTF-16 unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;

/** The form of the row at hand. */
const ROW = new CanonicalForm();
