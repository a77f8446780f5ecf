import type { RowIssue } from '@caseledger/errors';
import { clientFields, fieldByKey } from './catalogue.js';
import type { FieldDefinition, ImportType } from './field.js';
import { isInvalid, readValue } from './read-value.js';
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
  const isBusiness = filled.get('contactType') === 'BUSINESS';
  const required = clientFields().filter((field) => isRequired(field, importType, isBusiness));
  return required.filter((field) => !filled.has(field.key)).map((field) => issue('REQUIRED_MISSING', field));
}

/** What would be good to have: one warning for each recommended field without any value of its kind (VAL-001). */
export function recommendedMissing(values: readonly HeldValue[], importType: ImportType): RowIssue[] {
  const groups = new Set(
    values.filter((value) => value.clear !== true && value.text !== '').map((value) => fieldByKey(value.field)?.group),
  );
  const recommended = clientFields().filter((field) => field.levels[importType] === 'RECOMMENDED');
  return recommended.filter((field) => !groups.has(field.group)).map((field) => issue('RECOMMENDED_MISSING', field));
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
    const field = fieldByKey(key);
    const reading = field === undefined ? undefined : readValue(field, text, options);
    const isRefused = field === undefined || reading === undefined || isInvalid(reading) || field.type === 'recordId';
    if (isRefused) {
      const params = { value: text, field: field?.label ?? key };
      issues.push({ code: 'DEFAULT_INVALID', severity: 'ERROR', field: key, text, params });
      continue;
    }
    for (const value of reading.values) if (!values.has(value.field)) values.set(value.field, value.text);
  }
  return { values, issues };
}

function isRequired(field: FieldDefinition, importType: ImportType, isBusiness: boolean): boolean {
  if (isBusiness) return field.key === 'companyName';
  return field.levels[importType] === 'REQUIRED';
}

function issue(code: 'REQUIRED_MISSING' | 'RECOMMENDED_MISSING', field: FieldDefinition): RowIssue {
  const severity = code === 'REQUIRED_MISSING' ? 'ERROR' : 'WARNING';
  return { code, severity, field: field.key, params: { field: field.label } };
}
