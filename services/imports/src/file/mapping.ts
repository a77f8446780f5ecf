import { validation, validationOf, type FieldError, type RowIssue } from '@caseledger/errors';
import { columnNotImportable, fieldOf, fieldsOf, findByHeader, recommendedAmong, roleKey, roleOfHeader, type FieldDefinition } from '@caseledger/fields';
import type { DateOrder } from '@caseledger/normalise';
import type { ColumnTarget, ImportOptions, ImportType } from '../import/import.events.js';

/** What the mapping needs to know of a column of the file. */
export interface MappedColumn {
  readonly column: number;
  readonly header: string;
  /** Filled cells of the whole file. */
  readonly filled: number;
  /** What the cells look like: TEXT, EMAIL, PHONE, DATE, NUMBER, YES_NO or CHOICE. */
  readonly likelyType: string;
  /** Of a column of dates: PROVEN_US, PROVEN_EU, ISO, UNPROVEN or MIXED_US, MIXED_EU; empty otherwise. */
  readonly dateOrder: string;
}

/** What is proposed for a column, and why (MAP-001). */
export interface Proposal {
  readonly column: number;
  /** Field key; empty when nothing is proposed. */
  readonly target: string;
  readonly confidence: number;
  readonly reason: string;
  /** Why the column can never be imported (MAP-010); empty when it can. */
  readonly notImportable: string;
}

/** From here on a proposal is taken without asking; below it is shown and left open (MAP-002). */
export const CHOSEN_FROM = 0.85;

/** Columns that Caseledger itself put into a failed file (LED-006); never data of a row (LED-007). */
const OWN_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['_import', 'it names the import this file came from'],
  ['_row', 'it names the row of the first file'],
  ['_error_code', 'it tells what was wrong'],
  ['_error', 'it tells what was wrong'],
  ['_suggestion', 'it tells what could stand there'],
]);

const CONFIDENCE = { 'same as label': 1, 'same as key': 0.98, 'known wording': 0.92, 'may mean several things': 0.7 } as const;
const CONTRADICTED = 0.7;

/** The two columns by which the corrected failed rows of an import are recognised, if the file has both (LED-007). */
export function retryColumns(headers: readonly string[]): { readonly importColumn: number; readonly rowColumn: number } | undefined {
  const importColumn = headers.findIndex((header) => header.trim() === '_import');
  const rowColumn = headers.findIndex((header) => header.trim() === '_row');
  return importColumn === -1 || rowColumn === -1 ? undefined : { importColumn, rowColumn };
}

/** Whether a header is one of Caseledger's own columns. */
export function isOwnColumn(header: string): boolean {
  return OWN_COLUMNS.has(header.trim());
}

/**
 * Proposes a target per column by label, key or known wording (MAP-002 (4)). Content that contradicts the name lowers
 * the confidence, and of two columns for one target the better one gets it: a wrong guess costs more than no guess.
 */
export function proposeMapping(columns: readonly MappedColumn[], type: ImportType): Proposal[] {
  const proposals = columns.map((column) => proposalOf(column, type));
  const best = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const rival = best.get(proposal.target);
    if (proposal.target !== '' && (rival === undefined || proposal.confidence > rival.confidence)) {
      best.set(proposal.target, proposal);
    }
  }
  return proposals.map((proposal) =>
    proposal.target === '' || best.get(proposal.target) === proposal
      ? proposal
      : { ...proposal, target: '', confidence: 0, reason: 'another column fits better' },
  );
}

/** The part of the proposals that becomes the mapping without being asked for. */
export function chosen(proposals: readonly Proposal[]): ColumnTarget[] {
  return proposals
    .filter(({ target, confidence }) => target !== '' && confidence >= CHOSEN_FROM)
    .map(({ column, target }) => ({ column, target }));
}

function proposalOf(column: MappedColumn, type: ImportType): Proposal {
  const base = { column: column.column, target: '', confidence: 0, reason: '', notImportable: '' };
  const own = OWN_COLUMNS.get(column.header.trim());
  if (own !== undefined) return { ...base, reason: 'made by Caseledger', notImportable: own };
  const notImportable = columnNotImportable(column.header, type);
  if (notImportable !== undefined) return { ...base, notImportable };
  const found = findByHeader(column.header, type);
  if (found === undefined) return base;
  const confidence = CONFIDENCE[found.reason];
  return contradicts(found.field, column)
    ? { ...base, target: found.field.key, confidence: CONTRADICTED, reason: `${found.reason}, but the cells look otherwise` }
    : { ...base, target: found.field.key, confidence, reason: found.reason };
}

/** A name that says e-mail, phone or date over cells that clearly are something else. */
function contradicts(field: FieldDefinition, column: MappedColumn): boolean {
  const expected = { email: 'EMAIL', phone: 'PHONE', date: 'DATE', day: 'DATE', dateTime: 'DATE' };
  const type = Object.hasOwn(expected, field.type) ? expected[field.type as keyof typeof expected] : undefined;
  const telling = ['EMAIL', 'PHONE', 'DATE'];
  return type !== undefined && column.filled > 0 && telling.includes(column.likelyType) && column.likelyType !== type;
}

/**
 * Checks a mapping given by hand: known fields, existing columns, one target per column and one column per target
 * unless the target holds several values (MAP-003). Columns left out are dropped from the answer.
 * @throws DomainError naming every fault.
 */
export function readMapping(given: readonly ColumnTarget[], columns: number, type: ImportType): ColumnTarget[] {
  const faults: FieldError[] = [];
  const mapping: ColumnTarget[] = [];
  const seenColumns = new Set<number>();
  const seenTargets = new Set<string>();
  for (const one of given) {
    const place = `columns.${one.column}`;
    const field = offered(type, one.target);
    if (one.column < 0 || one.column >= columns) {
      faults.push({ field: place, code: 'FIELD_UNKNOWN', params: { field: `column ${one.column}` } });
    } else if (seenColumns.has(one.column)) {
      faults.push({ field: place, code: 'DUPLICATE_VALUE', params: { value: `Column ${one.column}` } });
    } else if (one.target !== '' && field === undefined) {
      faults.push({ field: place, code: 'FIELD_UNKNOWN', params: { field: one.target } });
    } else if (field !== undefined && seenTargets.has(field.key) && !takesSeveral(field)) {
      faults.push({ field: place, code: 'DUPLICATE_VALUE', params: { value: field.label } });
    } else if (field !== undefined) {
      mapping.push({ column: one.column, target: field.key });
      seenTargets.add(field.key);
    }
    seenColumns.add(one.column);
  }
  const [first, ...others] = faults;
  if (first !== undefined) throw validationOf([first, ...others]);
  return mapping.sort((a, b) => a.column - b.column);
}

/** A part of a further contact's name comes out of the name alone; no column gives it. */
function offered(type: ImportType, key: string): FieldDefinition | undefined {
  return fieldsOf(type).find((field) => field.key === key);
}

/** Phones, e-mails and tags take any number of columns; the parts of an address belong to one address each. */
function takesSeveral(field: FieldDefinition): boolean {
  return field.group === 'phone' || field.group === 'email' || field.group === 'tags';
}

/** What tells when something was opened, long before it came in. */
const ORIGINAL_DATES: readonly string[] = ['openedOn', 'originalCreatedAt'];

/** The columns that are read under these options: without original dates, unless they are kept (OPT `keepOriginalDates`). */
export function columnsInForce(
  mapping: readonly ColumnTarget[],
  { keepOriginalDates }: Pick<ImportOptions, 'keepOriginalDates'>,
  type: ImportType,
): readonly ColumnTarget[] {
  if (keepOriginalDates === 'ON') return mapping;
  return mapping.filter(({ target }) => !ORIGINAL_DATES.includes(fieldOf(type, target)?.of?.key ?? target));
}

/** What keeps an import from being planned, and what should only be known. */
export interface PlanReadiness {
  readonly faults: readonly FieldError[];
  readonly warnings: readonly RowIssue[];
  /** Headers of columns that hold data and are not imported (MAP-006). */
  readonly ignoredColumns: readonly string[];
  /** Roles of further contacts that the headers of their names tell, where neither a column nor a default does. */
  readonly roles: Readonly<Record<string, string>>;
  /** The order of every mapped date column, as chosen or as its whole column proves it (OPT-002). */
  readonly dateOrders: Readonly<Record<number, DateOrder>>;
}

/** Checks what must stand before a plan is made (MAP-007, OPT-002) and names every column left out. */
export function planReadiness(
  all: readonly ColumnTarget[],
  options: ImportOptions,
  columns: readonly MappedColumn[],
  type: ImportType,
): PlanReadiness {
  const mapping = columnsInForce(all, options, type);
  const given = new Set([...mapping.map(({ target }) => target), ...Object.keys(options.defaults)]);
  const targets = new Map(mapping.map(({ column, target }) => [column, target]));
  const orders = dateOrdersOf(mapping, options, columns, type);
  const label = (field: string): string => fieldOf(type, field)?.label ?? field;
  const missing = requiredMissing(given, options, type).map((field): FieldError => ({ field, code: 'MAPPING_REQUIRED_MISSING', params: { field: label(field) } }));
  return {
    faults: [...missing, ...listWithoutType(options), ...orders.faults],
    warnings: recommendedMissing(given, type),
    ignoredColumns: columns
      .filter(({ column, filled, header }) => filled > 0 && !targets.has(column) && !isOwnColumn(header))
      .map(({ header }) => header),
    roles: rolesOf(mapping, columns, given),
    dateOrders: orders.orders,
  };
}

function rolesOf(mapping: readonly ColumnTarget[], columns: readonly MappedColumn[], given: ReadonlySet<string>): Record<string, string> {
  const headers = new Map(columns.map(({ column, header }) => [column, header]));
  const told = mapping.flatMap(({ column, target }): [string, string][] => {
    const of = fieldOf('CASES', target)?.of;
    const role = of?.key === 'fullName' && of.part > 0 ? roleOfHeader(headers.get(column) ?? '') : undefined;
    return of === undefined || role === undefined || given.has(roleKey(of.part)) ? [] : [[roleKey(of.part), role]];
  });
  return Object.fromEntries(told);
}

/** @throws DomainError with every fault, when there is one. */
export function assertReady(readiness: PlanReadiness): void {
  const [first, ...others] = readiness.faults;
  if (first !== undefined) throw validationOf([first, ...others]);
}

/** The one-of rules of FLD-002 and VAL-002; a file that names its records may be an update file without names (MAP-007). */
function requiredMissing(given: ReadonlySet<string>, options: ImportOptions, type: ImportType): string[] {
  if (given.has('recordId') || given.has('externalId')) return [];
  if (type === 'CASES') return caseMissing(given, options);
  if (given.has('fullName') || given.has('companyName')) return [];
  return ['firstName', 'lastName'].filter((field) => !given.has(field));
}

/** Ways in which a case file can name a client. */
const CLIENT_BY: readonly (readonly string[])[] = [
  ['clientName'],
  ['clientFirstName', 'clientLastName'],
  ['clientCompanyName'],
  ['clientRecordId'],
  ['clientExternalId'],
];

function caseMissing(given: ReadonlySet<string>, { cases }: ImportOptions): string[] {
  const hasType = given.has('caseType') || (cases !== undefined && cases.caseType.id !== '');
  const hasClient = CLIENT_BY.some((way) => way.every((field) => given.has(field)));
  return [...(given.has('caseName') ? [] : ['caseName']), ...(hasType ? [] : ['caseType']), ...(hasClient ? [] : ['clientName'])];
}

/** A list made by an import is bound to one type, and one that exists may be (OPT-005). */
function listWithoutType({ cases }: ImportOptions): FieldError[] {
  const wantsList = cases !== undefined && (cases.list.id !== '' || cases.newList !== '');
  return wantsList && cases.caseType.id === '' ? [{ field: 'caseType', code: 'CASE_TYPE_REQUIRED_FOR_LIST' }] : [];
}

function recommendedMissing(given: ReadonlySet<string>, type: ImportType): RowIssue[] {
  return recommendedAmong([...given], type).map((field) => ({
    code: 'MAPPING_RECOMMENDED_MISSING',
    severity: 'WARNING',
    field: field.key,
    params: { field: field.label },
  }));
}

function dateOrdersOf(
  mapping: readonly ColumnTarget[],
  options: ImportOptions,
  columns: readonly MappedColumn[],
  importType: ImportType,
): { orders: Record<number, DateOrder>; faults: FieldError[] } {
  const orders: Record<number, DateOrder> = {};
  const faults: FieldError[] = [];
  for (const { column, target } of mapping) {
    const type = fieldOf(importType, target)?.type;
    if (type !== 'date' && type !== 'day' && type !== 'dateTime') continue;
    const profile = columns.find((one) => one.column === column);
    const order = orderOf(options.dateFormat[String(column)] ?? options.dateFormat['*'] ?? 'AUTOMATIC', profile?.dateOrder ?? '');
    if (order === undefined) {
      const header = profile?.header ?? String(column);
      faults.push({ field: `dateFormat.${column}`, code: 'DATE_ORDER_UNPROVEN', params: { column: header } });
    } else {
      orders[column] = order;
    }
  }
  return { orders, faults };
}

/** Undefined when nothing in the column shows the order and nobody chose one. */
function orderOf(chosenFormat: string, proof: string): DateOrder | undefined {
  switch (chosenFormat) {
    case 'ISO':
    case 'US':
    case 'EU':
    case 'SERIAL':
      return chosenFormat;
    default:
      break;
  }
  switch (proof) {
    case 'UNPROVEN':
      return undefined;
    case 'PROVEN_US':
    case 'MIXED_US':
      return 'PROVEN_US';
    case 'PROVEN_EU':
    case 'MIXED_EU':
      return 'PROVEN_EU';
    default:
      return 'AUTOMATIC';
  }
}

const DATE_FORMATS = new Set(['AUTOMATIC', 'ISO', 'US', 'EU', 'SERIAL']);

/** Refuses an unknown date format or a column that does not exist; other options are checked by their types. */
export function checkDateFormats(formats: Readonly<Record<string, string>>, columns: number): void {
  for (const [column, format] of Object.entries(formats)) {
    const isColumn = column === '*' || (/^\d{1,4}$/.test(column) && Number(column) < columns);
    if (!isColumn) throw validation('VALUE_NOT_ALLOWED', { text: column, field: 'column' }, `dateFormat.${column}`);
    if (!DATE_FORMATS.has(format)) throw validation('VALUE_NOT_ALLOWED', { text: format, field: 'date format' }, `dateFormat.${column}`);
  }
}
