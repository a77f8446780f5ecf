import type { targetsV1 } from '@caseledger/contracts';
import { isWritten, partsOfVerdicts, withParts } from './join-parts.js';
import type { SplitRow } from './split-row.js';

/*
 * Contacts are judged before the case, and the case decides whether anything of its row is written: what a row writes
 * depends on its own end, what it finds on rows before it. So the two are asked in rounds, each with what the round
 * before said of which rows are not written. A row's verdict rests on the rows before it alone, therefore each round
 * settles at least the first row that was still wrong, and where a round changes nothing all verdicts are those of one
 * reader who takes row after row. Whether a contact that would not be written anyway is withheld changes nothing.
 */

/** The two judges, each asked about all rows of a chunk at once. */
export interface Judges {
  contacts(parts: targetsV1.Row[]): Promise<targetsV1.JudgeReply>;
  cases(rows: targetsV1.Row[]): Promise<targetsV1.JudgeReply>;
}

export interface JointJudgement {
  readonly contacts: targetsV1.JudgeReply;
  readonly cases: targetsV1.JudgeReply;
  /** Rows whose contacts are not to be written. */
  readonly withheld: ReadonlySet<number>;
  /** The parts as they are to be written: with decisions, and marked where they are withheld. */
  readonly parts: readonly targetsV1.Row[];
}

/**
 * Judges the rows of a chunk in both services. With `isHeld` a row that would end otherwise than its plan says counts as
 * not written: neither service will write it (PRE-005).
 */
export async function judgeJointly(split: readonly SplitRow[], judges: Judges, isHeld: boolean): Promise<JointJudgement> {
  let withheld = new Set<number>();
  let decisions = new Map<string, targetsV1.RowDecision>();
  // Each round settles a row for good; then each of at most two kinds of decision is settled once.
  for (let round = 0; round <= (split.length + 1) * 2; round += 1) {
    const contacts = await judges.contacts(marked(split, withheld, decisions));
    const answers = partsOfVerdicts(split, contacts.verdicts);
    const cases = await judges.cases(withParts(split, answers));
    const next = unwritten(split, contacts.verdicts, cases.verdicts, isHeld);
    const isRight = isWithheldRightly(contacts.verdicts, withheld, next);
    withheld = next;
    if (!isRight) continue;
    const decided = decidedParts(split, contacts.verdicts, decisions);
    if (decided.size === decisions.size) return { contacts, cases, withheld, parts: marked(split, withheld, decisions) };
    decisions = decided;
  }
  throw new Error('The judges of a case chunk do not agree with themselves');
}

/** The parts of all rows, marked where they are withheld. */
export function marked(split: readonly SplitRow[], withheld: ReadonlySet<number>, decisions: ReadonlyMap<string, targetsV1.RowDecision> = new Map()): targetsV1.Row[] {
  return split.flatMap(({ parts }) => parts.map((part) => ({ ...part, withheld: withheld.has(part.row), decision: decisions.get(placeOf(part)) })));
}

/**
 * Whether outcomes are the end of judging jointly: the contacts withheld are those of rows that are not written, no
 * decision is left to a contact, and no row is stale, of which it would not be known how it ends.
 */
export function isSettled(
  split: readonly SplitRow[],
  withheld: ReadonlySet<number>,
  contacts: readonly targetsV1.RowOutcome[],
  cases: readonly targetsV1.RowOutcome[],
): boolean {
  if ([...contacts, ...cases].some(({ reason }) => reason === 'PLAN_ROW_STALE')) return false;
  return isWithheldRightly(contacts, withheld, notWritten(cases)) && decidedParts(split, contacts, new Map()).size === 0;
}

/** What the two services say of a row, as prediction or as outcome. */
type Judged = Pick<targetsV1.RowVerdict, 'row' | 'part' | 'outcome' | 'reason' | 'match'>;

// Whether a contact that would not be written anyway is withheld changes nothing.
function isWithheldRightly(contacts: readonly Judged[], withheld: ReadonlySet<number>, unwritten: ReadonlySet<number>): boolean {
  return contacts.every(({ row, outcome }) => !isWritten(outcome) || unwritten.has(row) === withheld.has(row));
}

/** A case that has all the row says is written as far as its contacts go: theirs may still be news. */
function notWritten(cases: readonly Judged[]): Set<number> {
  return new Set(cases.filter(({ outcome }) => !isWritten(outcome) && outcome !== 'UNCHANGED').map(({ row }) => row));
}

function unwritten(
  split: readonly SplitRow[],
  contacts: readonly targetsV1.RowVerdict[],
  cases: readonly targetsV1.RowVerdict[],
  isHeld: boolean,
): Set<number> {
  const rows = notWritten(cases);
  if (!isHeld) return rows;
  const expected = new Map(split.flatMap(({ row, parts }) => [[String(row.row), row.expected], ...parts.map((part) => [placeOf(part), part.expected] as const)]));
  for (const verdict of cases) if (!isAsExpected(verdict, expected.get(String(verdict.row)))) rows.add(verdict.row);
  for (const verdict of contacts) if (!isAsExpected(verdict, expected.get(placeOf(verdict)))) rows.add(verdict.row);
  return rows;
}

/** Whether a prediction made now is that of the confirmed plan, as the services themselves will see it. */
function isAsExpected({ outcome, reason, record, match, pinnedVersion }: targetsV1.RowVerdict, expected: targetsV1.RowExpectation | undefined): boolean {
  if (expected === undefined) return true;
  const named = [record, match?.record ?? ''];
  return (
    outcome === expected.outcome &&
    reason === expected.reason &&
    pinnedVersion === expected.version &&
    (expected.record === '' || named.includes(expected.record))
  );
}

/**
 * A decision on a row is about its case, unless a contact is what holds the row: then it is about that contact
 * (DUP-011). One that names a record decides the contact for which it is a candidate.
 */
function decidedParts(
  split: readonly SplitRow[],
  verdicts: readonly Judged[],
  before: ReadonlyMap<string, targetsV1.RowDecision>,
): Map<string, targetsV1.RowDecision> {
  const decisions = new Map(before);
  const decisionOf = new Map(split.map(({ row }) => [row.row, row.decision]));
  for (const verdict of verdicts) {
    const decision = decisionOf.get(verdict.row);
    if (decision === undefined || !TAKEN_BY_CONTACTS.includes(decision.action) || !isHeldBy(verdict)) continue;
    const isOthers = decision.record !== '' && verdict.match?.records.includes(decision.record) !== true;
    if (!isOthers) decisions.set(placeOf(verdict), decision);
  }
  return decisions;
}

const TAKEN_BY_CONTACTS: readonly string[] = ['CREATE', 'UPDATE', 'MERGE'];

function isHeldBy({ reason, match }: Judged): boolean {
  return reason === 'HELD_FOR_REVIEW' && (match?.verdict === 'REVIEW' || match?.verdict === 'AMBIGUOUS');
}

function placeOf({ row, part }: { readonly row: number; readonly part: number }): string {
  return `${row}/${part}`;
}
