import { validation, validationOf, type FieldError, type RowIssue } from '@caseledger/errors';
import { CLEAR_TOKEN, fieldByKey, readRow, type ReadOptions, type ReadRow } from '@caseledger/fields';
import { oneCauseEach } from '@caseledger/row-target';
import type { contactsV1, targetsV1 } from '@caseledger/contracts';

/** How values given by people and scripts are read: the rules of imports, with the defaults of the installation. */
export interface InputSetting {
  /** ISO 3166 code for numbers and addresses without a country. */
  readonly defaultCountry: string;
  /** IANA zone for times without one. */
  readonly timeZone: string;
}

/** Reads values by the rules every way in shares (RST-003). Throws FIELD_UNKNOWN for a field that does not exist. */
export function readInput(
  fields: readonly contactsV1.FieldInput[],
  setting: InputSetting,
  now: Date,
  isClient: boolean,
): ReadRow {
  const unknown = fields.find(({ field }) => fieldByKey(field) === undefined);
  if (unknown !== undefined) throw validation('FIELD_UNKNOWN', { field: unknown.field }, unknown.field);
  const cells = fields.map(({ text, clear }) => ({ text: clear ? CLEAR_TOKEN : text }));
  const mapping = fields.map(({ field }, column) => ({ column, target: field }));
  return readRow(cells, mapping, optionsOf(setting, now, isClient));
}

/** The options of reading outside an import. */
export function optionsOf({ defaultCountry, timeZone }: InputSetting, now: Date, isClient: boolean): ReadOptions {
  return {
    importType: isClient ? 'CLIENTS' : 'CONTACTS',
    defaultCountry,
    dateOrders: {},
    blankCells: 'KEEP',
    invalidOptionalValue: 'FAIL',
    nameCase: 'KEEP',
    singleName: 'FAIL',
    couples: 'KEEP',
    importDay: now.toISOString().slice(0, 10),
    timeZone,
  };
}

/** Refuses input with errors, all of them together, each with its field; gives back the warnings. */
export function warningsOf(issues: readonly RowIssue[]): RowIssue[] {
  const errors = oneCauseEach(issues.filter(({ severity }) => severity === 'ERROR')).map(fieldError);
  const [first, ...rest] = errors;
  if (first !== undefined) throw validationOf([first, ...rest]);
  return issues.filter(({ severity }) => severity === 'WARNING');
}

function fieldError({ code, field = '', text, params }: RowIssue): FieldError {
  return { field, code, params: { ...(text === undefined ? {} : { text, value: text }), ...params } };
}

/** Values as read, in the form in which rows carry them; nothing came from a column. */
export function valuesOf(read: ReadRow): targetsV1.RowValue[] {
  return read.values.map(({ field, text, clear, derived, original }) => ({
    field,
    text,
    // A person's own spelling is nobody's file: it is not kept as provenance.
    original: clear ? original : '',
    column: -1,
    clear,
    derived,
  }));
}

/** A warning as a reply carries it. */
export function wireIssue(issue: RowIssue): targetsV1.RowIssue {
  const { code, severity, column = -1, field = '', text = '', suggestion = '', params = {} } = issue;
  const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return { code, severity, column, field, text, suggestion, params: texts };
}
