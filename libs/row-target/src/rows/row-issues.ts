import { isCode, type RowIssue } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';

/** The issues a row brings from reading; a code this build does not know is an internal fault, not dropped. */
export function issuesOfRow(row: targetsV1.Row): RowIssue[] {
  return row.issues.map(({ code, severity, column, field, text, suggestion, params }) => ({
    code: isCode(code) ? code : 'INTERNAL_ERROR',
    severity: severity === 'WARNING' ? 'WARNING' : 'ERROR',
    params,
    ...(column < 0 ? {} : { column }),
    ...(field === '' ? {} : { field }),
    ...(text === '' ? {} : { text }),
    ...(suggestion === '' ? {} : { suggestion }),
  }));
}

/** Errors with one code for each cause: a field that was refused is not told as missing too. */
export function oneCauseEach(errors: readonly RowIssue[]): RowIssue[] {
  const refused = new Set(errors.flatMap(({ code, field }) => (code === 'REQUIRED_MISSING' ? [] : [field])));
  return errors.filter(({ code, field }) => code !== 'REQUIRED_MISSING' || field === undefined || !refused.has(field));
}

/**
 * What may be kept and told of an issue's params where the values themselves may not: which field it is about, how much
 * there was, and how much is allowed.
 */
export function measuresOf({ params = {} }: Pick<RowIssue, 'params'>): Record<string, string> {
  const measures = ['field', 'standIn', 'n', 'limit', 'min', 'max'].filter((name) => Object.hasOwn(params, name));
  return Object.fromEntries(measures.map((name) => [name, String(params[name])]));
}
