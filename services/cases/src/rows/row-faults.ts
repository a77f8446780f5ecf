import type { RowIssue } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';
import { CLIENT } from '../case/case.js';

/*
 * A row that fails by what was read of it, or by one of its contacts, tells at once what is wrong with its case as well
 * (VAL-005), as far as that is certain.
 */

/** Codes that say that something is not there. */
const MISSING: readonly string[] = ['REQUIRED_MISSING', 'CASE_TYPE_MISSING'];

/**
 * What is wrong with the case beside the errors that end its row. A cell that could not be read is not missing, and where
 * it may have held the type nothing is said that rests on another one.
 */
export function faultsBeside(found: readonly RowIssue[], ofCase: readonly RowIssue[]): RowIssue[] {
  const errors = found.filter(({ severity }) => severity === 'ERROR');
  const refused = new Set(errors.map(({ field }) => field));
  // The reader of the file knows columns, not the fields they feed.
  const isAnyField = errors.some(({ field, column }) => field === undefined && column !== undefined);
  const isTold = (field: string | undefined): boolean => isAnyField || refused.has(field);
  return ofCase.filter(({ severity, code, field }) => {
    if (severity !== 'ERROR') return false;
    if (MISSING.includes(code)) return !isTold(field);
    return !(restsOnType(code, field) && isTold('caseType'));
  });
}

function restsOnType(code: string, field: string | undefined): boolean {
  return field === 'caseStatus' || code === 'LIST_CASE_TYPE_MISMATCH';
}

/** A row of a file that could not be read has no contacts yet: whether it has a client is no question then. */
export function withAnyClient(row: targetsV1.Row, { source }: { readonly source: 'IMPORT' | 'API' }): targetsV1.Row {
  return source === 'API' || row.parts.length > 0 ? row : { ...row, parts: [ANY_CLIENT] };
}

const ANY_CLIENT: targetsV1.RowPart = {
  part: 0,
  record: '',
  outcome: 'UNCHANGED',
  reason: '',
  effects: [],
  codes: [],
  match: undefined,
  role: CLIENT,
};
