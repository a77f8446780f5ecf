import type { RowIssue } from '@caseledger/errors';
import { partKey } from './case-parts.js';
import { clientFields, fieldByKey, fieldOf, fieldsOf } from './catalogue.js';
import type { FieldDefinition, ImportType } from './field.js';
import { isInvalid, readValue, type ValueReading } from './read-value.js';
import type { ReadOptions } from './reading.js';

/** A value as these checks need it: of a row, of a form, or of a record. */
export interface HeldValue {
  readonly field: string;
  readonly text: string;
  readonly clear?: boolean;
}

/**
 * What is missing for a record to be created, after defaults (VAL-001, FLD-002): first and last name of a person, the
 * company name of a business. An individual with only a company name lacks its names.
 */
export function requiredMissing(values: readonly HeldValue[], importType: ImportType): RowIssue[] {
  const filled = new Map(
    values.filter((value) => value.clear !== true && value.text !== '').map((value) => [value.field, value.text]),
  );
  if (importType === 'CASES') return caseMissing(filled);
  const isBusiness = filled.get('contactType') === 'BUSINESS';
  const required = clientFields().filter((field) => isRequired(field, importType, isBusiness));
  return required.filter((field) => !filled.has(field.key)).map((field) => issue('REQUIRED_MISSING', field));
}

/** What would be good to have: one warning for each recommended field without any value of its kind (VAL-001). */
export function recommendedMissing(values: readonly HeldValue[], importType: ImportType): RowIssue[] {
  const filled = values.filter((value) => value.clear !== true && value.text !== '').map(({ field }) => field);
  return recommendedAmong(filled, importType).map((field) => issue('RECOMMENDED_MISSING', field));
}

/** Recommended fields for which none of these gives a value of the same kind: a mobile phone is a phone. */
export function recommendedAmong(keys: readonly string[], importType: ImportType): FieldDefinition[] {
  const kinds = new Set(keys.map((key) => kindOf(fieldOf(importType, key))));
  return fieldsOf(importType).filter((field) => isRecommended(field, importType) && !kinds.has(kindOf(field)));
}

/** Of a case row's contacts only the client is asked for more than a name (FLD-003). */
function isRecommended({ levels, of }: FieldDefinition, importType: ImportType): boolean {
  return levels[importType] === 'RECOMMENDED' && (of === undefined || of.part === 0);
}

function kindOf(field: FieldDefinition | undefined): string {
  return field === undefined ? '' : `${field.of?.part ?? ''} ${field.group}`;
}

/** A case to be made needs its name and a client, whichever way the row names one (VAL-002); its type is its own rule. */
function caseMissing(filled: ReadonlyMap<string, string>): RowIssue[] {
  const hasClient = [...filled.keys()].some((key) => fieldOf('CASES', key)?.of?.part === 0);
  return ['caseName', 'clientName']
    .filter((key) => (key === 'clientName' ? !hasClient : !filled.has(key)))
    .flatMap((key) => fieldOf('CASES', key) ?? [])
    .map((field) => issue('REQUIRED_MISSING', field));
}

/**
 * The defaults of an import in stored form (OPT-003), by field key; stand-ins become their parts. Each default that is
 * not valid, or whose field does not exist, is an issue `DEFAULT_INVALID` and is not in the values.
 */
export function readDefaults(
  defaults: Readonly<Record<string, string>>,
  options: ReadOptions,
): { values: Map<string, string>; issues: RowIssue[] } {
  const values = new Map<string, string>();
  const issues: RowIssue[] = [];
  for (const [key, text] of Object.entries(defaults)) {
    const field = fieldOf(options.importType, key);
    const reading = field === undefined ? undefined : readDefault(field, text, options);
    // What every row would say of its further contacts would be said of nobody.
    const isOfOthers = (field?.of?.part ?? 0) > 0;
    const isRefused = field === undefined || reading === undefined || isInvalid(reading) || field.type === 'recordId' || isOfOthers;
    if (isRefused) {
      const params = { value: text, field: field?.label ?? key };
      issues.push({ code: 'DEFAULT_INVALID', severity: 'ERROR', field: key, text, params });
      continue;
    }
    for (const value of reading.values) if (!values.has(value.field)) values.set(value.field, value.text);
  }
  return { values, issues };
}

/** A default for a contact of a case row is read as a contact's own. */
function readDefault(field: FieldDefinition, text: string, options: ReadOptions): ValueReading {
  const { of } = field;
  const own = of === undefined ? field : fieldByKey(of.key);
  const reading = readValue(own ?? field, text, options);
  if (of === undefined) return reading;
  return { ...reading, values: reading.values.map((value) => ({ ...value, field: partKey(of.part, value.field) })) };
}

function isRequired(field: FieldDefinition, importType: ImportType, isBusiness: boolean): boolean {
  if (isBusiness) return field.key === 'companyName';
  return field.levels[importType] === 'REQUIRED';
}

function issue(code: 'REQUIRED_MISSING' | 'RECOMMENDED_MISSING', field: FieldDefinition): RowIssue {
  const severity = code === 'REQUIRED_MISSING' ? 'ERROR' : 'WARNING';
  return { code, severity, field: field.key, params: { field: field.label } };
}
