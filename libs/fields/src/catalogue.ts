import { CASE_FIELDS } from './case.fields.js';
import { OFFERED_FIELDS, PART_FIELDS } from './case-parts.js';
import { CHANNEL_FIELDS } from './channel.fields.js';
import type { FieldDefinition, ImportType } from './field.js';
import { SINGLE_FIELDS } from './single.fields.js';

const FIELDS: readonly FieldDefinition[] = [...SINGLE_FIELDS, ...CHANNEL_FIELDS];

const BY_KEY = byKey(FIELDS);
const CASE_BY_KEY = byKey([...CASE_FIELDS, ...PART_FIELDS]);

/** Every field of clients and contacts (FLD-001), in the order they are offered. */
export function clientFields(): readonly FieldDefinition[] {
  return FIELDS;
}

/** What the columns of such a file can be mapped to, in the order they are offered (FLD-001, FLD-003). */
export function fieldsOf(importType: ImportType): readonly FieldDefinition[] {
  return importType === 'CASES' ? OFFERED_FIELDS : FIELDS;
}

/** The field with this key in such an import; undefined for any other text, `__proto__` included. */
export function fieldOf(importType: ImportType, key: string): FieldDefinition | undefined {
  return importType === 'CASES' ? CASE_BY_KEY.get(key) : BY_KEY.get(key);
}

/** The field of a contact with this key; undefined for any other text, `__proto__` included. */
export function fieldByKey(key: string): FieldDefinition | undefined {
  return BY_KEY.get(key);
}

/** What users call the field with this key in such an import; a key that is no field's is told as it is. */
export function labelOf(key: string, importType: ImportType = 'CLIENTS'): string {
  return fieldOf(importType, key)?.label ?? key;
}

function byKey(fields: readonly FieldDefinition[]): ReadonlyMap<string, FieldDefinition> {
  return new Map(fields.map((field) => [field.key, field]));
}
