import type { MatchKeyKind } from './match-keys.js';
import { namesClearlyDiffer, type MatchName } from './names.js';

/** What matching says of a row (DUP-003). */
export type Verdict = 'NONE' | 'MATCH' | 'REVIEW' | 'AMBIGUOUS';

/** A record that one of the row's keys hit. Records archived by a revert are left out by the caller (DUP-001). */
export interface HitRecord {
  readonly id: string;
  readonly name: MatchName;
  /** Archived by a person: matched, but only a person decides. */
  readonly archived: boolean;
}

/** The records that one kind of key of the row hit. */
export interface KeyHits {
  readonly kind: MatchKeyKind;
  readonly records: readonly HitRecord[];
}

/** What is known when a verdict is made. */
export interface MatchQuestion {
  /** The name in the row. */
  readonly name: MatchName;
  /** The kinds of keys the row has, hit or not. */
  readonly kinds: readonly MatchKeyKind[];
  readonly hits: readonly KeyHits[];
}

/** The verdict with the record it names. */
export interface MatchDecision {
  readonly verdict: Verdict;
  /** The kind of key that decided. */
  readonly key?: MatchKeyKind;
  /** The one record of `MATCH` and of `REVIEW`. */
  readonly record?: string;
  /** Every record that the deciding keys hit, sorted. */
  readonly records: readonly string[];
  readonly code?: 'DUP_NAME_CONFLICT' | 'DUP_AMBIGUOUS' | 'RECORD_NOT_FOUND';
  /** 1 for any exact key, 0 for none. */
  readonly score: number;
}

/** The levels of DUP-002: the first one with a hit decides; e-mail and phone decide together. */
const LEVELS: readonly (readonly MatchKeyKind[])[] = [['RECORD_ID'], ['EXTERNAL_ID'], ['EMAIL', 'PHONE']];

/**
 * The verdict on a row by its exact keys (DUP-002, DUP-003). A record id that hits nothing is `RECORD_NOT_FOUND` and no
 * other key is asked. Only an id overrules a name that clearly differs.
 */
export function decideMatch(question: MatchQuestion): MatchDecision {
  for (const level of LEVELS) {
    const hits = question.hits.filter((hit) => level.includes(hit.kind) && hit.records.length > 0);
    if (hits.length > 0) return decideLevel(level, hits, question.name);
    if (level.includes('RECORD_ID') && question.kinds.includes('RECORD_ID')) {
      return { verdict: 'NONE', key: 'RECORD_ID', records: [], code: 'RECORD_NOT_FOUND', score: 0 };
    }
  }
  return { verdict: 'NONE', records: [], score: 0 };
}

function decideLevel(level: readonly MatchKeyKind[], hits: readonly KeyHits[], name: MatchName): MatchDecision {
  const key = level.find((kind) => hits.some((hit) => hit.kind === kind));
  const found = new Map(hits.flatMap((hit) => hit.records).map((record) => [record.id, record]));
  const records = [...found.keys()].sort();
  const [record] = found.values();
  const decision = { ...(key === undefined ? {} : { key }), records, score: 1 };
  if (record === undefined || found.size > 1) return { ...decision, verdict: 'AMBIGUOUS', code: 'DUP_AMBIGUOUS' };

  const named = { ...decision, record: record.id };
  const isById = key === 'RECORD_ID' || key === 'EXTERNAL_ID';
  if (!isById && namesClearlyDiffer(name, record.name)) {
    return { ...named, verdict: 'REVIEW', code: 'DUP_NAME_CONFLICT' };
  }
  return { ...named, verdict: record.archived ? 'REVIEW' : 'MATCH' };
}
