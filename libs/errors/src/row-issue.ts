import { kindOf, type Code } from './catalogue.js';
import { messageFor, type Params } from './message.js';

/** An error stops its row, a warning never does (VAL-009). */
export type Severity = 'ERROR' | 'WARNING';

/** A fault or a remark on a row or a cell (LED-010). */
export interface RowIssue {
  readonly code: Code;
  readonly severity: Severity;
  /** The column in the file, counted from 0; absent when the row as a whole is meant. */
  readonly column?: number;
  /** The key of the field the column feeds. */
  readonly field?: string;
  /** The text at fault, as read. */
  readonly text?: string;
  readonly params?: Params;
  /** A value that could stand there instead. */
  readonly suggestion?: string;
  /** Whether accepting the suggestion removes the issue. */
  readonly fixes?: boolean;
}

/** The severity a code has by itself: kind W warns, anything else is an error. */
export function severityOf(code: Code): Severity {
  return kindOf(code) === 'W' ? 'WARNING' : 'ERROR';
}

/** The English message of an issue; text, field and suggestion fill the template where `params` do not. */
export function issueMessage(issue: RowIssue): string {
  const { text, field, suggestion, params } = issue;
  return messageFor(issue.code, {
    ...(text === undefined ? {} : { text, value: text }),
    ...(field === undefined ? {} : { field }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...params,
  });
}
