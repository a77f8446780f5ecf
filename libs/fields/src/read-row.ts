import { isCode, severityOf, type Code, type RowIssue } from '@caseledger/errors';
import { countryCode, fold, hasStateCodes, stateCode, trimText, type Finding } from '@caseledger/normalise';
import { fieldByKey, fieldOf } from './catalogue.js';
import type { FieldDefinition, ImportType } from './field.js';
import { isErrorCode, isInvalid, readValue, type ValueContext, type ValueReading } from './read-value.js';
import type { Cell, ColumnMapping, FieldValue, ReadOptions, ReadRow } from './reading.js';

/** In a cell it empties the field, whatever the blank cells do (VAL-007). */
export const CLEAR_TOKEN = '<clear>';

const BLANK: Cell = { text: '' };

const NO_CONTEXT: ValueContext = {};

const NO_COLUMNS: ReadonlySet<number | undefined> = new Set();

/** A mapped column. */
interface Target {
  readonly field: FieldDefinition;
  readonly column: number;
}

/** A mapped cell of the row. */
interface Source extends Target {
  readonly cell: Cell;
}

interface Targets {
  readonly plain: readonly Target[];
  readonly standIns: readonly Target[];
}

/** The fields of a mapping, looked up once for all rows of an import. */
const targets = new WeakMap<readonly ColumnMapping[], Targets>();

/** Collects what a row says while its cells are read. */
interface Draft {
  readonly values: FieldValue[];
  readonly issues: RowIssue[];
  leftOut: boolean;
}

/**
 * The fields of one record by their columns (VAL-002 to VAL-007). Columns of a target that is not in the catalogue are
 * not read. `found` holds the issues the file reader has for the row; they come first, and a cell it refused is not read,
 * so that one fault has one code. Whether a required field is missing depends on what the row does and is asked of
 * `requiredMissing`.
 */
export function readColumns(
  cells: readonly Cell[],
  mapping: readonly ColumnMapping[],
  options: ReadOptions,
  found: readonly RowIssue[] = [],
): ReadRow {
  const draft: Draft = { values: [], issues: [...found], leftOut: false };
  const known = targetsOf(mapping, options.importType);
  // Spelled out here and below: spreading costs as much as all the rest of a plain cell.
  const sourceOf = ({ field, column }: Target): Source => ({ field, column, cell: cells[column] ?? BLANK });
  const plain = known.plain.map(sourceOf);
  const standIns = known.standIns.map(sourceOf);
  const refused = refusedColumns(found);
  for (const source of plain) if (!refused.has(source.column)) readPlain(source, plain, options, draft);
  for (const source of standIns) if (!refused.has(source.column)) readStandIn(source, plain, options, draft);
  checkCounts(draft);
  return draft;
}

function refusedColumns(found: readonly RowIssue[]): ReadonlySet<number | undefined> {
  if (found.length === 0) return NO_COLUMNS;
  return new Set(found.filter(({ severity }) => severity === 'ERROR').map(({ column }) => column));
}

function targetsOf(mapping: readonly ColumnMapping[], importType: ImportType): Targets {
  const known = targets.get(mapping);
  if (known !== undefined) return known;
  const all = mapping.flatMap(({ column, target }): Target[] => {
    const field = fieldOf(importType, target);
    return field === undefined ? [] : [{ field, column }];
  });
  const made: Targets = {
    plain: all.filter(({ field }) => field.standsInFor === undefined),
    standIns: all.filter(({ field }) => field.standsInFor !== undefined),
  };
  targets.set(mapping, made);
  return made;
}

function readPlain(source: Source, sources: readonly Source[], options: ReadOptions, draft: Draft): void {
  const { field, column, cell } = source;
  const text = trimText(cell.text);
  const clears = text.toLowerCase() === CLEAR_TOKEN;
  const broken = brokenCell(cell);
  if (broken !== undefined) return report(source, [broken], options, draft);
  if (clears || text === '') {
    if (clears || (options.blankCells === 'CLEAR' && canBeBlank(field, options)))
      clear(source, field.key, draft, false);
    return;
  }
  const reading = readValue(field, cell.text, options, contextOf(source, sources, options));
  report(source, reading.findings, options, draft);
  if (isInvalid(reading)) return;
  for (const { field: key, text: value } of reading.values) {
    draft.values.push({ field: key, text: value, original: cell.text, column, clear: false, derived: false });
  }
}

/** A stand-in fills what the separate columns leave blank; where both speak, they win (VAL-002). */
function readStandIn(source: Source, plain: readonly Source[], options: ReadOptions, draft: Draft): void {
  const { field, column, cell } = source;
  const keys = field.standsInFor ?? [];
  const text = trimText(cell.text);
  const isMapped = (key: string): boolean => plain.some((other) => other.field.key === key);
  const broken = brokenCell(cell);
  if (broken !== undefined) return report(source, [broken], options, draft);
  if (text === '' || text.toLowerCase() === CLEAR_TOKEN) {
    clearParts(
      source,
      keys.filter((key) => !isMapped(key)),
      options,
      draft,
    );
    return;
  }
  const own = new Map(draft.values.filter((value) => !value.clear).map((value) => [value.field, value.text]));
  const whole = readWhole(field, cell.text, own.get('contactType') === 'BUSINESS', options);
  const reading = isStreetOnly(field, plain) ? withoutCode(whole, 'ADDRESS_NOT_SPLIT') : whole;
  // The columns already say who or where it is: a stand-in that cannot be read takes nothing away.
  const isNeedless = isInvalid(reading) && saysEnough(field, own);
  report(
    source,
    isNeedless ? reading.findings.filter((each) => !isErrorCode(each.code)) : reading.findings,
    options,
    draft,
  );
  if (isInvalid(reading)) return;
  const cleared = new Set(
    draft.values.filter((value) => value.clear && value.original !== '').map((value) => value.field),
  );
  for (const value of reading.values) {
    const separate = own.get(value.field);
    if (separate !== undefined && fold(separate) !== fold(value.text)) differs(source, value.field, draft);
    if (separate !== undefined || cleared.has(value.field)) continue;
    dropBlankClear(value.field, draft);
    draft.values.push({ field: value.field, text: value.text, original: cell.text, column, clear: false, derived: true });
  }
}

/** Where the city or the ZIP has a column of its own, a full address holds the street and nothing is left to split. */
function isStreetOnly(field: FieldDefinition, plain: readonly Source[]): boolean {
  const keys = field.standsInFor ?? [];
  const isPlace = (type: string, key: string): boolean => type === 'zip' || /city$/i.test(key);
  return (
    field.type === 'fullAddress' && plain.some(({ field: { key, type } }) => keys.includes(key) && isPlace(type, key))
  );
}

function withoutCode(reading: ValueReading, code: Code): ValueReading {
  return { ...reading, findings: reading.findings.filter((finding) => finding.code !== code) };
}

/** The full name of a contact whose type says business is the company's name, however it looks. */
function readWhole(field: FieldDefinition, text: string, isBusiness: boolean, options: ReadOptions): ValueReading {
  const company = fieldByKey('companyName');
  if (field.type !== 'fullName' || !isBusiness || company === undefined) return readValue(field, text, options);
  return readValue(company, text, options);
}

/** A part derived from the stand-in fills the blank of its own column (VAL-003). */
function dropBlankClear(key: string, draft: Draft): void {
  const at = draft.values.findIndex((value) => value.field === key && value.clear);
  if (at >= 0) draft.values.splice(at, 1);
}

/** `<clear>` in Full address empties its parts; a name cannot be emptied, only its optional parts can. */
function clearParts(source: Source, keys: readonly string[], options: ReadOptions, draft: Draft): void {
  const isToken = trimText(source.cell.text) !== '';
  if (!isToken && (options.blankCells !== 'CLEAR' || source.field.type === 'fullName')) return;
  for (const key of keys) {
    const field = fieldByKey(key);
    const isName = key === 'contactType' || key === 'companyName';
    if (field !== undefined && !isName) clear(source, key, draft, true);
  }
}

function clear(source: Source, field: string, draft: Draft, derived: boolean): void {
  draft.values.push({ field, text: '', original: source.cell.text, column: source.column, clear: true, derived });
}

/** A required field is never emptied by a blank cell: the existing value stays (VAL-001). */
function canBeBlank(field: FieldDefinition, options: ReadOptions): boolean {
  return field.levels[options.importType] !== 'REQUIRED' && field.type !== 'recordId';
}

function saysEnough(field: FieldDefinition, own: ReadonlyMap<string, string>): boolean {
  if (field.type !== 'fullName') return (field.standsInFor ?? []).some((key) => own.has(key));
  return (own.has('firstName') && own.has('lastName')) || own.has('companyName');
}

function differs(source: Source, key: string, draft: Draft): void {
  const field = fieldByKey(key)?.label ?? key;
  draft.issues.push({
    code: 'PARTS_DIFFER',
    severity: 'WARNING',
    column: source.column,
    field: key,
    text: source.cell.text,
    params: { standIn: source.field.label, field },
  });
}

/** States and ZIPs are read with the country of their own address, dates with the order of their column. */
function contextOf(source: Source, sources: readonly Source[], options: ReadOptions): ValueContext {
  const { field, column } = source;
  if (field.type === 'date' || field.type === 'day' || field.type === 'dateTime') return { dateOrder: options.dateOrders[column] ?? 'AUTOMATIC', column: field.label };
  if (field.type !== 'state' && field.type !== 'zip') return NO_CONTEXT;
  const textOf = (type: string): string =>
    trimText(sources.find((other) => other.field.type === type && other.field.slot === field.slot)?.cell.text ?? '');
  const written = textOf('state');
  const named = countryCode(textOf('country'));
  const isCanadian =
    named === undefined && stateCode(written, 'US') === undefined && stateCode(written, 'CA') !== undefined;
  const country = named ?? (isCanadian && hasStateCodes(options.defaultCountry) ? 'CA' : options.defaultCountry);
  return { country, state: stateCode(written, country) ?? '' };
}

/** What the file reader could not make a text of (FIL-010). */
function brokenCell(cell: Cell): Finding | undefined {
  const text = cell.display ?? cell.text;
  if (cell.invalid !== undefined)
    return { code: isCode(cell.invalid) ? cell.invalid : 'CELL_INVALID_CHAR', params: { text } };
  if (cell.kind === 'error') return { code: 'CELL_ERROR_VALUE', params: { value: text } };
  return cell.kind === 'formula-no-value' ? { code: 'FORMULA_NO_VALUE' } : undefined;
}

/** Turns findings into issues; an invalid value of a field that is not required may be left out (VAL-004). */
function report(source: Source, findings: readonly Finding[], options: ReadOptions, draft: Draft): void {
  if (findings.length === 0) return;
  const isLeftOut = options.invalidOptionalValue === 'LEAVE_OUT' && !isNeeded(source.field, options);
  const errors = findings.filter((finding) => isErrorCode(finding.code));
  for (const finding of findings) {
    if (isErrorCode(finding.code) && isLeftOut) continue;
    draft.issues.push(issueOf(finding.code, finding, source, options));
  }
  if (errors.length > 0 && isLeftOut) {
    draft.leftOut = true;
    const params = { field: source.field.label, text: source.cell.text };
    draft.issues.push(issueOf('VALUE_LEFT_OUT', { params }, source, options));
  }
}

/** A full name stands in for required fields: an invalid one fails the row. */
function isNeeded(field: FieldDefinition, options: ReadOptions): boolean {
  return field.levels[options.importType] === 'REQUIRED' || field.type === 'fullName' || field.type === 'recordId';
}

function issueOf(code: Code, finding: Omit<Finding, 'code'>, source: Source, options: ReadOptions): RowIssue {
  const { suggestion, params } = finding;
  const isError = isErrorCode(code);
  return {
    code,
    severity: severityOf(code),
    column: source.column,
    field: source.field.key,
    text: source.cell.text,
    ...(params === undefined ? {} : { params }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(suggestion === undefined || !isError
      ? {}
      : { fixes: !isInvalid(readValue(source.field, suggestion, options)) }),
  };
}

/** At most so many phones, e-mails and tags in a row (PRODUCT §6). */
function checkCounts(draft: Draft): void {
  const counts = new Map<string, { limit: number; last: FieldValue; n: number }>();
  for (const value of draft.values) {
    const field = fieldByKey(value.field);
    if (value.clear || field?.valuesMax === undefined) continue;
    counts.set(field.group, { limit: field.valuesMax, last: value, n: (counts.get(field.group)?.n ?? 0) + 1 });
  }
  for (const [group, { limit, last, n }] of counts) {
    if (n <= limit) continue;
    const { column, field, original: text } = last;
    draft.issues.push({
      code: 'TOO_MANY_VALUES',
      severity: 'ERROR',
      column,
      field,
      text,
      params: { limit, field: group === 'tags' ? 'tag' : group },
    });
  }
}
