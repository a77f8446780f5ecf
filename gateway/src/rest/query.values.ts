import { isCode, limit, validation } from '@caseledger/errors';
import type { ImportState, ImportStatus, ImportType, Outcome, RowsOf } from '../gen/resolvers.js';

/** PRODUCT §6: the largest REST page. */
const PAGE_MAX = 500;
const PAGE = 100;

// Written as records, so that the compiler finds a value of the schema that is missing here.
const TYPES: Readonly<Record<ImportType, true>> = { CLIENTS: true, CONTACTS: true, CASES: true };
const STATUSES: Readonly<Record<ImportStatus, true>> = { WORKED: true, PARTIALLY_WORKED: true, FAILED: true };
const OUTCOMES: Readonly<Record<Outcome, true>> = { CREATED: true, UPDATED: true, MERGED: true, SKIPPED: true, UNCHANGED: true, FAILED: true };
const ROWS: Readonly<Record<RowsOf, true>> = { PREVIEW: true, PLAN: true, LEDGER: true };
const STATES: Readonly<Record<ImportState, true>> = {
  DRAFT: true,
  UPLOADING: true,
  ANALYSING: true,
  MAPPING: true,
  PLANNING: true,
  AWAITING_CONFIRMATION: true,
  CONFIRMED: true,
  QUEUED: true,
  RUNNING: true,
  PAUSED: true,
  PAUSED_RESOURCE: true,
  PAUSED_ACCESS: true,
  CANCELLING: true,
  CANCELLED: true,
  COMPLETED: true,
  REJECTED: true,
  DISCARDED: true,
  EXPIRED: true,
  FAILED: true,
};
const ALLOWED = { type: TYPES, state: STATES, status: STATUSES, outcome: OUTCOMES, of: ROWS, format: { CSV: true, XLSX: true } };

/**
 * One value of a query string that has to be one of a few words, in capitals; empty when it was not given. A word that
 * is none of them is refused, because a filter that silently finds nothing is taken for an answer.
 * @throws DomainError VALUE_NOT_ALLOWED
 */
export function wordOf(text: unknown, field: keyof typeof ALLOWED): string {
  if (text === undefined || text === '') return '';
  const word = typeof text === 'string' ? text.toUpperCase().replace('-', '_') : '';
  if (Object.hasOwn(ALLOWED[field], word)) return word;
  throw validation('VALUE_NOT_ALLOWED', { text: String(text).slice(0, 100), field }, field);
}

/** A filter by code: any of the catalogue. @throws DomainError VALUE_NOT_ALLOWED */
export function codeOf(text: unknown, field: string): string {
  if (text === undefined || text === '') return '';
  if (typeof text === 'string' && isCode(text)) return text;
  throw validation('VALUE_NOT_ALLOWED', { text: String(text).slice(0, 100), field }, field);
}

/** A row number to go on after; 0 at the start. @throws DomainError VALUE_NOT_ALLOWED */
export function rowCursorOf(text: unknown): number {
  if (text === undefined || text === '') return 0;
  const row = Number(text);
  if (Number.isSafeInteger(row) && row >= 0) return row;
  throw validation('VALUE_NOT_ALLOWED', { text: String(text).slice(0, 100), field: 'cursor' }, 'cursor');
}

/** The size of a page. @throws DomainError PAGE_SIZE_EXCEEDED */
export function pageOf(text: unknown): number {
  const size = Number(text ?? PAGE);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: PAGE_MAX });
  return size;
}
