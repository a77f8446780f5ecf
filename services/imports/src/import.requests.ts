import type { importsV1 } from '@caseledger/contracts';
import { limit, validation } from '@caseledger/errors';
import { isUuid } from '@caseledger/event-store';
import { characterCount, trimText } from '@caseledger/normalise';
import type { CaseWishes } from './case-choices.js';
import type { RowsQuery } from './import.rows.js';
import type { DecisionAction, ImportOptions, ImportType, RetrySelection } from './import/import.events.js';
import type { ResultFormat, ResultKind } from './result-file.js';

/* Requests read into the service's own types, with every word of theirs checked. */

const PAGE_MAX = 500;
const PAGE_DEFAULT = 50;
/** Rows are small and fetched by programs too. */
const ROWS_PAGE_MAX = 1_000;

export function typeOf(text: string): ImportType {
  return oneOf(text, ['CLIENTS', 'CONTACTS', 'CASES'], 'type');
}

/** Options as given; what is left empty takes its default (PRODUCT 2.5). */
export function optionsOf(given: importsV1.ImportOptions | undefined, present: ImportOptions | null): ImportOptions {
  if (given === undefined) throw validation('REQUIRED_MISSING', { field: 'options' }, 'options');
  const country = given.defaultCountry.toUpperCase();
  return {
    defaults: given.defaults,
    dateFormat: given.dateFormat,
    defaultCountry: country === '' ? (present?.defaultCountry ?? 'US') : country,
    duplicatePolicy: oneOf(or(given.duplicatePolicy, 'SKIP'), ['SKIP', 'UPDATE', 'CREATE', 'MERGE'], 'duplicatePolicy'),
    blankCells: oneOf(or(given.blankCells, 'KEEP'), ['KEEP', 'CLEAR', 'FILL'], 'blankCells'),
    invalidOptionalValue: oneOf(or(given.invalidOptionalValue, 'FAIL'), ['FAIL', 'LEAVE_OUT'], 'invalidOptionalValue'),
    onReview: oneOf(or(given.onReview, 'HOLD'), ['HOLD', 'CREATE'], 'onReview'),
    apply: oneOf(or(given.apply, 'EXACT_PLAN'), ['EXACT_PLAN', 'CURRENT_STATE'], 'apply'),
    keepOriginalDates: oneOf(or(given.keepOriginalDates, 'ON'), ['ON', 'OFF'], 'keepOriginalDates'),
  };
}

/** What is asked for beside, of a case import; names are looked up where they are known. */
export function caseWishesOf(given: importsV1.ImportOptions | undefined, type: ImportType): CaseWishes | undefined {
  if (given === undefined) return undefined;
  const { caseType, caseList, newCaseList, addSkippedToList, clientDuplicatePolicy } = given;
  const foreign = [
    ['caseType', caseType],
    ['caseList', caseList],
    ['newCaseList', newCaseList],
    ['addSkippedToList', addSkippedToList],
    ['clientDuplicatePolicy', clientDuplicatePolicy],
  ].find(([, text]) => text !== '');
  if (type !== 'CASES') {
    const [field = ''] = foreign ?? [];
    if (foreign !== undefined) throw validation('FIELD_UNKNOWN', { field }, field);
    return undefined;
  }
  return {
    caseType: caseType.trim(),
    list: caseList.trim(),
    newList: nameOf(newCaseList),
    addSkipped: oneOf(or(addSkippedToList, 'ON'), ['ON', 'OFF'], 'addSkippedToList') === 'ON',
    clientDuplicatePolicy: oneOf(or(clientDuplicatePolicy, 'SKIP'), ['SKIP', 'UPDATE', 'CREATE', 'MERGE'], 'clientDuplicatePolicy'),
  };
}

const LIST_NAME_MAX = 200;

function nameOf(text: string): string {
  const name = trimText(text);
  if (characterCount(name) > LIST_NAME_MAX) throw validation('TEXT_TOO_LONG', { n: characterCount(name), field: 'newCaseList', limit: LIST_NAME_MAX }, 'newCaseList');
  return name;
}

export function decisionOf(request: importsV1.DecideRowsRequest): { action: DecisionAction; record: string } {
  const action = oneOf(request.action, ['', 'SKIP', 'UPDATE', 'MERGE', 'CREATE', 'EXCLUDE'], 'action');
  if (request.record !== '' && !isUuid(request.record)) throw validation('RECORD_NOT_FOUND', { id: request.record }, 'record');
  if (request.record === '' && action === 'MERGE') throw validation('REQUIRED_MISSING', { field: 'record' }, 'record');
  return { action, record: request.record };
}

export function choiceOf(rows: importsV1.RowSelection | undefined): Omit<RetrySelection, 'continueCancelled'> {
  return rows ?? { rows: [], outcome: '', reason: '', code: '' };
}

export function selectionOf(request: importsV1.RetryRowsRequest): RetrySelection {
  const { rows, outcome, reason, code } = choiceOf(request.rows);
  return { rows, outcome, reason, code, continueCancelled: request.continueCancelled };
}

export function rowsQueryOf(request: importsV1.ListRowsRequest): RowsQuery {
  const { outcome, reason, code, rows, allAttempts, afterRow, brief } = request;
  const of = oneOf(or(request.of, 'LEDGER'), ['PREVIEW', 'PLAN', 'LEDGER'], 'of');
  const first = pageSize(request.first, ROWS_PAGE_MAX);
  // Column 0 is the default of the wire, so whether the column is meant is said apart.
  const column = request.filterColumn || request.column > 0 ? { column: request.column } : {};
  return { of, outcome, reason, code, rows, allAttempts, afterRow, brief, first, ...column };
}

export function pageOf(first: number): number {
  return pageSize(first, PAGE_MAX);
}

/** A cursor of the history: when the last import shown was made, and its id. */
export function cursorOf(after: string): { createdAt: string; id: string } | undefined {
  if (after === '') return undefined;
  const [createdAt = '', id = ''] = Buffer.from(after, 'base64url').toString('utf8').split(' ');
  if (Number.isNaN(Date.parse(createdAt)) || !isUuid(id)) throw validation('VALUE_NOT_ALLOWED', { text: after, field: 'cursor' }, 'after');
  return { createdAt, id };
}

export function cursorFor(view: { readonly createdAt: string; readonly id: string }): string {
  return Buffer.from(`${view.createdAt} ${view.id}`).toString('base64url');
}

export function resultOf(request: importsV1.ResultFileRequest): { kind: ResultKind; format: ResultFormat } {
  return {
    kind: oneOf(or(request.result, 'FAILED'), ['SUCCEEDED', 'FAILED', 'NOT_APPLIED'], 'result'),
    format: oneOf(or(request.format, 'CSV'), ['CSV', 'XLSX'], 'format'),
  };
}

function pageSize(first: number, max: number): number {
  if (first > max) throw limit('PAGE_SIZE_EXCEEDED', { limit: max });
  return first <= 0 ? Math.min(PAGE_DEFAULT, max) : first;
}

function or(text: string, otherwise: string): string {
  return text === '' ? otherwise : text;
}

function oneOf<const T extends string>(text: string, allowed: readonly T[], field: string): T {
  const found = allowed.find((word) => word === text);
  if (found === undefined) throw validation('VALUE_NOT_ALLOWED', { text, field }, field);
  return found;
}
