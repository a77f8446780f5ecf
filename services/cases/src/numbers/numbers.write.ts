import { uuid8, type StoreTransaction, type StreamAppend } from '@caseledger/event-store';
import { NUMBERS_CATEGORY } from '../projections/case-number.projection.js';
import { initial, reserveNumbers, type ReserveNumbers } from './numbers.decider.js';

/** Numbers about to be given away: where they begin, and what has to be appended for it. */
export interface Reservation {
  readonly year: number;
  readonly first: number;
  readonly appends: readonly StreamAppend[];
}

/** Where an import's numbers are: row n has `first + n - 1`. */
export interface NumberBlock {
  readonly year: number;
  readonly first: number;
  readonly count: number;
}

/** One stream per company and year: its lock makes two reservations wait for each other. */
export function numbersStream(tenant: string, year: number): string {
  return uuid8('case-numbers', tenant, String(year));
}

/**
 * Gives away the next numbers of a year; they count once the appends are appended in this same transaction. Taken before
 * any key or stream of a case is locked, so that nobody who holds one of those waits for numbers.
 */
export async function reserve(tx: StoreTransaction, command: ReserveNumbers): Promise<Reservation> {
  const stream = numbersStream(tx.tenant, command.year);
  const version = (await tx.lockStreams([stream])).get(stream);
  const sql = 'select next from app.case_number where tenant = $1 and year = $2';
  const { rows } = await tx.query<{ next: number }>(sql, [tx.tenant, command.year]);
  const state = rows[0] ?? initial();
  const events = reserveNumbers(command, state);
  const appends = { stream, category: NUMBERS_CATEGORY, expected: version ?? ('none' as const), events };
  return { year: command.year, first: state.next, appends: events.length === 0 ? [] : [appends] };
}

/** The block that an import has got; undefined before its first run was opened. */
export async function blockOf(tx: StoreTransaction, importId: string): Promise<NumberBlock | undefined> {
  const sql = 'select year, first, count from app.case_number_block where tenant = $1 and import = $2';
  const { rows } = await tx.query<NumberBlock>(sql, [tx.tenant, importId]);
  return rows[0];
}

/** What gives an import its block when a run of it is opened: nothing when it has one, as every retry does (RUN-015). */
export async function blockFor(
  tx: StoreTransaction,
  { importId, rows, importDay }: { readonly importId: string; readonly rows: number; readonly importDay: string },
): Promise<readonly StreamAppend[]> {
  if (rows < 1 || (await blockOf(tx, importId)) !== undefined) return [];
  const year = Number(importDay.slice(0, 4));
  return (await reserve(tx, { year, count: rows, import: importId })).appends;
}
