import type { importsV1, targetsV1 } from '@caseledger/contracts';
import { isCode, messageFor } from '@caseledger/errors';
import { toProtoIssue } from './file/row-reading.js';
import type { ImportView } from './projections/import-view.js';
import type { IssueGroupRow } from './projections/plan.queries.js';

/** FIL-007: the same bytes were imported before, by whom and when. */
export function noticesOf(earlier: readonly ImportView[]): targetsV1.RowIssue[] {
  return earlier.map(({ id, createdAt, createdBy }) =>
    toProtoIssue({ code: 'FILE_ALREADY_IMPORTED', severity: 'WARNING', text: id, params: { date: createdAt.slice(0, 10), user: createdBy } }),
  );
}

/** Issues of a plan of one code and column, with the header and the message (LED-010). */
export function issueGroupReply(group: IssueGroupRow, analysis: importsV1.Analysis | undefined): importsV1.IssueGroup {
  const { code, severity, column, count, exampleRows } = group;
  const header = analysis?.columns.find((one) => one.column === column)?.header ?? '';
  return { code, severity, column, header, count, exampleRows, message: isCode(code) ? messageFor(code, header === '' ? {} : { column: header }) : '' };
}
