import { isCode, issueMessage, messageFor, type Params, type RowIssue } from '@caseledger/errors';
import type { importsV1, targetsV1 } from '@caseledger/contracts';
import type { Counts, FieldDiff, RowIssue as RowIssueObject } from '../gen/resolvers.js';
import { globalId, type RecordType } from './global-id.js';

/** Protobuf has no null: an empty text means that there is no value. */
export function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}

/** Milliseconds since 1970 as ISO text; null when there is no time. */
export function timeOrNull(ms: number): string | null {
  return ms > 0 ? new Date(ms).toISOString() : null;
}

export function time(ms: number): string {
  return new Date(ms).toISOString();
}

/** Column headers by 0-based column, for everything that names a column. */
export type Headers = ReadonlyMap<number, string>;

export function headersOf(analysis: importsV1.Analysis | undefined): Headers {
  return new Map((analysis?.columns ?? []).map((column) => [column.column, column.header]));
}

export function toRowIssue(issue: targetsV1.RowIssue, headers: Headers): RowIssueObject {
  return {
    code: issue.code,
    severity: issue.severity === 'WARNING' ? 'WARNING' : 'ERROR',
    column: headers.get(issue.column) ?? null,
    field: textOrNull(issue.field),
    text: textOrNull(issue.text),
    message: messageOf(issue),
    suggestion: textOrNull(issue.suggestion),
  };
}

function messageOf(issue: targetsV1.RowIssue): string {
  if (!isCode(issue.code)) return issue.code;
  const known: RowIssue = {
    code: issue.code,
    severity: issue.severity === 'WARNING' ? 'WARNING' : 'ERROR',
    ...(issue.field === '' ? {} : { field: issue.field }),
    ...(issue.text === '' ? {} : { text: issue.text }),
    ...(issue.suggestion === '' ? {} : { suggestion: issue.suggestion }),
    params: issue.params,
  };
  return issueMessage(known);
}

/** The message of a code that stands alone, such as the reason an action is not available or a file was refused. */
export function codeMessage(code: string, params: Params = {}): string | null {
  return code !== '' && isCode(code) ? messageFor(code, params) : null;
}

/** What fills the message of an import's code; the wire carries it as a JSON object, or as nothing. */
export function paramsOf(text: string): Params {
  return text === '' ? {} : (JSON.parse(text) as Params);
}

export function toFieldDiff(change: targetsV1.FieldChange, headers: Headers, type: RecordType = 'Contact'): FieldDiff {
  return {
    record: change.record === '' ? '' : globalId(type, change.record),
    field: change.field,
    before: jsonOrNull(change.before),
    after: jsonOrNull(change.after),
    column: headers.get(change.column) ?? null,
    keptBecause: textOrNull(change.keptBecause),
  };
}

function jsonOrNull(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}

const NO_COUNTS: Counts = { read: 0, created: 0, updated: 0, merged: 0, unchanged: 0, skipped: 0, failed: 0, held: 0 };

export function toCounts(counts: importsV1.Counts | undefined): Counts {
  if (counts === undefined) return NO_COUNTS;
  const { read, created, updated, merged, unchanged, skipped, failed, held } = counts;
  return { read, created, updated, merged, unchanged, skipped, failed, held };
}

export function toKeyValues(map: Readonly<Record<string, string | number>>): { key: string; value: string }[] {
  return Object.entries(map).map(([key, value]) => ({ key, value: String(value) }));
}
