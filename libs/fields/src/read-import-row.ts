import type { RowIssue } from '@caseledger/errors';
import { partKey } from './case-parts.js';
import { fieldByKey, fieldOf } from './catalogue.js';
import { readColumns } from './read-row.js';
import type { Cell, ColumnMapping, FieldValue, ReadOptions, ReadRow } from './reading.js';

/**
 * A row of a file by its mapping. A case row holds several records: the case, and contacts whose columns are read as
 * those of a contact file are, so that the same text gives the same contact either way (NRM). `found` are the issues the
 * file reader has for the row; they come first and are not repeated.
 */
export function readRow(
  cells: readonly Cell[],
  mapping: readonly ColumnMapping[],
  options: ReadOptions,
  found: readonly RowIssue[] = [],
): ReadRow {
  if (options.importType !== 'CASES') return readColumns(cells, mapping, options, found);
  const { own, parts } = recordsOf(mapping);
  const read = readColumns(cells, own, options, found);
  const values = [...read.values];
  const issues = [...read.issues];
  let { leftOut } = read;
  for (const { part, columns } of parts) {
    const contact = readColumns(cells, columns, asContact(options));
    for (const value of contact.values) values.push({ ...value, field: partKey(part, value.field) });
    for (const issue of contact.issues) if (!isFound(issue, found)) issues.push(issueOfPart(issue, part));
    leftOut ||= contact.leftOut;
  }
  return { values, issues, leftOut };
}

/** An issue of a contact's field, told under the key and the label that the field has in a case row. */
export function issueOfPart<T extends RowIssue>(issue: T, part: number): T {
  const field = issue.field === undefined || issue.field === '' ? undefined : fieldByKey(issue.field);
  if (field === undefined) return issue;
  const key = partKey(part, field.key);
  const label = fieldOf('CASES', key)?.label ?? field.label;
  const told = Object.entries(issue.params ?? {}).map(([name, value]): [string, string | number] => {
    if (name === 'field') return [name, value === field.label ? label : value];
    return [name, name === 'standIn' ? standInLabel(part, String(value)) : value];
  });
  return { ...issue, field: key, ...(issue.params === undefined ? {} : { params: Object.fromEntries(told) }) };
}

function standInLabel(part: number, label: string): string {
  const key = label === fieldByKey('fullName')?.label ? 'fullName' : 'fullAddress';
  return fieldOf('CASES', partKey(part, key))?.label ?? label;
}

interface Records {
  readonly own: readonly ColumnMapping[];
  readonly parts: readonly { readonly part: number; readonly columns: readonly ColumnMapping[] }[];
}

/** Which columns tell of which record; looked up once for all rows of an import. */
const records = new WeakMap<readonly ColumnMapping[], Records>();

function recordsOf(mapping: readonly ColumnMapping[]): Records {
  const known = records.get(mapping);
  if (known !== undefined) return known;
  const own: ColumnMapping[] = [];
  const parts = new Map<number, ColumnMapping[]>();
  for (const { column, target } of mapping) {
    const of = fieldOf('CASES', target)?.of;
    if (of === undefined) own.push({ column, target });
    else parts.set(of.part, [...(parts.get(of.part) ?? []), { column, target: of.key }]);
  }
  const sorted = [...parts].sort(([a], [b]) => a - b).map(([part, columns]) => ({ part, columns }));
  const made = { own, parts: sorted };
  records.set(mapping, made);
  return made;
}

const contactOptions = new WeakMap<ReadOptions, ReadOptions>();

function asContact(options: ReadOptions): ReadOptions {
  const known = contactOptions.get(options);
  if (known !== undefined) return known;
  const made: ReadOptions = { ...options, importType: 'CLIENTS' };
  contactOptions.set(options, made);
  return made;
}

/** What the file reader said of a cell is said once, though the cell is looked at again. */
function isFound(issue: RowIssue, found: readonly RowIssue[]): boolean {
  return found.some((other) => other.code === issue.code && other.column === issue.column && other.field === undefined);
}

/** A value of one of a case row's contacts, under the contact's own key. */
export interface PartValue<T extends Pick<FieldValue, 'field'>> {
  readonly part: number;
  readonly value: T;
}

/** Whose value it is: that of a contact of the row under the contact's own key; undefined when it is the case's. */
export function ofPart<T extends Pick<FieldValue, 'field'>>(value: T): PartValue<T> | undefined {
  const of = fieldOf('CASES', value.field)?.of;
  return of === undefined ? undefined : { part: of.part, value: { ...value, field: of.key } };
}
