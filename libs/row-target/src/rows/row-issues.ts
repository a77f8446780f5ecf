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
