import { csvOf, dressed, person, pick, randomOf } from './client-rows.js';

export const CASE_HEADERS = ['Case Name', 'Case Type', 'Status', 'Client First Name', 'Client Last Name', 'Client Phone', 'Client Email', 'Opened On', 'External ID', 'Description'] as const;

const TYPES = ['Personal Injury', "Workers' Compensation", 'Family Law', 'Criminal Defense'];
const STATUSES = ['New Lead', 'In Review', 'Active', 'Awaiting Documents', 'In Negotiation'];
const OPPONENTS = ['Quarry Logistics', 'Harbor Transit', 'Mill Lane Foods', 'Juniper Rentals', 'Orchard Health', 'Alder Insurance'];
const DESCRIPTIONS = ['Fell on the stairs of the loading dock', 'Rear-ended at a red light', 'Asked for a second opinion on the settlement', 'Referred by the union'];
const FIRST_DAY = Date.UTC(2024, 0, 2);
const DAY_MS = 86_400_000;

export interface CaseRowsOptions {
  readonly rows: number;
  readonly seed: number;
  /** People before this number are contacts of the company already. */
  readonly existing: number;
  /** Of the rows, how many name one of these as their client. */
  readonly matching: number;
  /** Of the rows, how many are a further case of the client of one of the last hundred rows. */
  readonly repeating: number;
}

const RECENT = 100;

/** Rows of a case file with a client each. No two rows are the same case: names and external ids differ. */
export function* caseRows({ rows, seed, existing, matching, repeating }: CaseRowsOptions): Generator<string[]> {
  const random = randomOf(seed);
  const chance = (share: number): boolean => random(1_000_000) < share * 1_000_000;
  const recent: number[] = [];
  for (let at = 0; at < rows; at += 1) {
    const isFurther = chance(repeating) && recent.length > 0;
    const isKnown = chance(matching) && existing > 0;
    const whose = isFurther ? pick(recent, random(recent.length)) : isKnown ? random(existing) : existing + at;
    recent[at % RECENT] = whose;
    const client = person(whose);
    yield [
      `${client.last} v. ${pick(OPPONENTS, random(OPPONENTS.length))} No. ${at}`,
      pick(TYPES, random(TYPES.length)),
      pick(STATUSES, random(STATUSES.length)),
      client.first,
      client.last,
      dressed(client.phone, random(8)),
      at % 2 === 0 ? client.email : client.email.toUpperCase(),
      new Date(FIRST_DAY + random(900) * DAY_MS).toISOString().slice(0, 10),
      `K-${at}`,
      pick(DESCRIPTIONS, random(DESCRIPTIONS.length)),
    ];
  }
}

/** The rows of cases as a file. */
export function casePieces(options: CaseRowsOptions): Generator<string> {
  return csvOf(CASE_HEADERS, caseRows(options));
}
