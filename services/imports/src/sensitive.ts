import type { importsV1, targetsV1 } from '@caseledger/contracts';
import { fieldByKey, fieldOf } from '@caseledger/fields';
import { reachOf, type CallContext } from '@caseledger/service-kit';
import type { ImportView } from './projections/import-view.js';

/*
 * What of a file is kept from callers without `sensitive.read` (SEC-013): the cells of columns that feed a sensitive
 * field, and that field's values wherever they are told.
 */

/** Stands for a text that is there and not shown. It is no date, so a file with it is never imported by mistake. */
export const HIDDEN = '(hidden)';

/** What a caller does not get to see of an import. */
export interface Hiding {
  readonly isOn: boolean;
  /** 0-based. */
  readonly columns: ReadonlySet<number>;
}

/** Nobody's own import hides from those who may read what is theirs; a column counts by its target or by its proposal. */
export function hidingFrom(caller: CallContext, view: ImportView, analysis: importsV1.Analysis | undefined): Hiding {
  const reach = reachOf(caller.permissions, 'sensitive.read');
  const mayRead = caller.kind === 'service' || reach === 'all' || (reach === 'own' && view.createdBy === caller.subject);
  if (mayRead) return { isOn: false, columns: new Set() };
  const targets = [...view.mapping.columns, ...(analysis?.columns ?? [])];
  return { isOn: true, columns: new Set(targets.filter(({ target }) => isSensitive(target)).map(({ column }) => column)) };
}

export function shownRow(row: importsV1.RowEntry, hiding: Hiding): importsV1.RowEntry {
  if (!hiding.isOn) return row;
  const { cells, values, changes, issues } = row;
  return {
    ...row,
    cells: shownCells(cells, hiding),
    values: values.filter(({ field }) => !isSensitive(field)),
    changes: shownChanges(changes, hiding),
    issues: issues.map((issue) => shownIssue(issue, hiding)),
  };
}

export function shownCells(cells: readonly string[], { columns }: Hiding): string[] {
  return cells.map((text, column) => (text !== '' && columns.has(column) ? HIDDEN : text));
}

export function shownChanges(changes: targetsV1.FieldChange[], { isOn }: Hiding): targetsV1.FieldChange[] {
  return isOn ? changes.filter(({ field }) => !isSensitive(field)) : changes;
}

/** The code stays; the words that came out of the cell do not. */
export function shownIssue(issue: targetsV1.RowIssue, { isOn, columns }: Hiding): targetsV1.RowIssue {
  if (!isOn || !(columns.has(issue.column) || isSensitive(issue.field))) return issue;
  const { field } = issue.params;
  return { ...issue, text: HIDDEN, suggestion: '', params: field === undefined ? {} : { field } };
}

export function shownAnalysis(analysis: importsV1.Analysis, hiding: Hiding): importsV1.Analysis {
  if (!hiding.isOn) return analysis;
  const columns = analysis.columns.map((column) => (hiding.columns.has(column.column) ? { ...column, samples: [] } : column));
  return { ...analysis, columns, issues: analysis.issues.map((issue) => shownIssue(issue, hiding)) };
}

function isSensitive(field: string): boolean {
  return fieldByKey(field)?.sensitive === true || fieldOf('CASES', field)?.sensitive === true;
}
