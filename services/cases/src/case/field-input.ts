import { validation, validationOf, type FieldError, type RowIssue } from '@caseledger/errors';
import { CLEAR_TOKEN, fieldOf, isInvalid, readRow, readValue, type ReadOptions, type ReadRow } from '@caseledger/fields';
import { oneCauseEach } from '@caseledger/row-target';
import type { casesV1, contactsV1, targetsV1 } from '@caseledger/contracts';
import type { CaseLists } from './case.decider.js';

/** How values given by people and scripts are read: the rules of imports, with the defaults of the installation. */
export interface InputSetting {
  /** ISO 3166 code for numbers and addresses without a country. */
  readonly defaultCountry: string;
  /** IANA zone for times without one, and for what day it is. */
  readonly timeZone: string;
}

/** Fields that a case has by its columns in a file, and by other calls otherwise. */
const STANDING_FIELDS: readonly string[] = ['caseType', 'caseStatus'];

/**
 * Reads values by the rules every way in shares (RST-003). `byScript` values may name type and status as well. Throws
 * FIELD_UNKNOWN for a field that a case does not have.
 */
export function readInput(
  fields: readonly contactsV1.FieldInput[],
  setting: InputSetting,
  now: Date,
  { byScript = false } = {},
): ReadRow {
  const unknown = fields.find(({ field }) => !isOwn(field) || (!byScript && STANDING_FIELDS.includes(field)));
  if (unknown !== undefined) throw validation('FIELD_UNKNOWN', { field: unknown.field }, unknown.field);
  const cells = fields.map(({ text, clear }) => ({ text: clear ? CLEAR_TOKEN : text }));
  const mapping = fields.map(({ field }, column) => ({ column, target: field }));
  return readRow(cells, mapping, optionsOf(setting, now));
}

function isOwn(key: string): boolean {
  const field = fieldOf('CASES', key);
  return field !== undefined && field.of === undefined && key !== 'recordId' && !/^contact\d/.test(key);
}

/** The options of reading outside an import. */
function optionsOf({ defaultCountry, timeZone }: InputSetting, now: Date): ReadOptions {
  return {
    importType: 'CASES',
    defaultCountry,
    dateOrders: {},
    blankCells: 'KEEP',
    invalidOptionalValue: 'FAIL',
    nameCase: 'KEEP',
    singleName: 'FAIL',
    couples: 'KEEP',
    importDay: dayIn(timeZone, now),
    timeZone,
  };
}

/** The day it is in a zone, as an ISO date. */
export function dayIn(timeZone: string, now: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
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

/** An issue as a row or a reply carries it. */
export function wireIssue(issue: RowIssue): targetsV1.RowIssue {
  const { code, severity, field = '', text = '', suggestion = '', params = {} } = issue;
  const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return { code, severity, column: -1, field, text, suggestion, params: texts };
}

/** Whole lists as a client gives them; absent ones stay as they are. */
export interface GivenLists {
  readonly keyDates?: readonly casesV1.KeyDate[];
  readonly tags?: readonly string[];
  readonly primaryContact?: string;
}

const LABEL_MAX = 200;

/** Lists in their stored form, read by the rules of cells; throws every fault at once, each with its element. */
export function readLists(lists: GivenLists, setting: InputSetting, now: Date): CaseLists {
  const faults: FieldError[] = [];
  const options = optionsOf(setting, now);
  const texts = (field: string, text: string, path: string): string[] => {
    const definition = fieldOf('CASES', field);
    const reading = definition === undefined ? undefined : readValue(definition, text, options);
    if (reading === undefined) return [];
    if (!isInvalid(reading)) return reading.values.map((value) => value.text);
    for (const { code, params } of reading.findings) faults.push({ field: path, code, params: { text, ...params } });
    return [];
  };
  const keyDate = ({ id, label, kind, at, reminderDays }: casesV1.KeyDate, index: number) => {
    const path = `keyDates/${index}`;
    const before = faults.length;
    const [moment = ''] = texts('otherDate', at, `${path}/at`);
    if (moment === '' && faults.length === before) faults.push({ field: `${path}/at`, code: 'DATE_INVALID', params: { text: at, hint: '' } });
    const isLong = label.length > LABEL_MAX;
    if (isLong) faults.push({ field: `${path}/label`, code: 'TEXT_TOO_LONG', params: { n: label.length, field: 'label', limit: LABEL_MAX } });
    return { id, label: label.trim(), kind: kind === '' ? 'OTHER' : kind, at: moment, reminderDays };
  };
  const read: CaseLists = {
    ...(lists.keyDates === undefined ? {} : { keyDates: lists.keyDates.map(keyDate) }),
    ...(lists.tags === undefined ? {} : { tags: lists.tags.flatMap((tag, at) => texts('tags', tag, `tags/${at}`)) }),
    ...(lists.primaryContact === undefined ? {} : { primaryContact: lists.primaryContact }),
  };
  const [first, ...rest] = faults;
  if (first !== undefined) throw validationOf([first, ...rest]);
  return read;
}
