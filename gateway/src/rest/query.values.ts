import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { isCode, limit, validation, validationOf } from '@caseledger/errors';
import type { Request } from 'express';
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

/** The size of a page. @throws DomainError PAGE_SIZE_EXCEEDED over 500, VALUE_NOT_ALLOWED for what is no size */
export function pageOf(text: unknown): number {
  const size = Number(text ?? PAGE);
  if (!Number.isInteger(size) || size < 1) throw validation('VALUE_NOT_ALLOWED', { text: String(text).slice(0, 100), field: 'limit' }, 'limit');
  if (size > PAGE_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: PAGE_MAX });
  return size;
}

/** The parameters of a query string, each given at most once. */
export type Asked = Readonly<Record<string, string | undefined>>;

/**
 * The query string of a list, that may hold these parameters and no others: a filter that is silently ignored is taken
 * for an answer.
 * @throws DomainError FIELD_UNKNOWN, VALUE_NOT_ALLOWED
 */
export function askedOf(query: Readonly<Record<string, unknown>>, known: readonly string[]): Asked {
  const entries = Object.entries(query);
  const unknown = entries.filter(([name]) => !known.includes(name)).map(([field]) => ({ field, code: 'FIELD_UNKNOWN' as const, params: { field: field.slice(0, 100) } }));
  const [first, ...rest] = unknown;
  if (first !== undefined) throw validationOf([first, ...rest]);
  return Object.fromEntries(entries.map(([name, value]) => [name, onceGiven(value, name)]));
}

function onceGiven(value: unknown, field: string): string {
  if (typeof value === 'string') return value;
  throw validation('VALUE_NOT_ALLOWED', { text: String(value).slice(0, 100), field }, field);
}

/** The query string of a request for a list, checked by `askedOf`. */
export const AskedParam = createParamDecorator((known: readonly string[], context: ExecutionContext): Asked => askedOf(context.switchToHttp().getRequest<Request>().query, known));
