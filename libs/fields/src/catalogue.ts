import { CHANNEL_FIELDS } from './channel.fields.js';
import type { FieldDefinition } from './field.js';
import { SINGLE_FIELDS } from './single.fields.js';

const FIELDS: readonly FieldDefinition[] = [...SINGLE_FIELDS, ...CHANNEL_FIELDS];

const BY_KEY: ReadonlyMap<string, FieldDefinition> = new Map(FIELDS.map((field) => [field.key, field]));

/** Every field of clients and contacts (FLD-001), in the order they are offered. */
export function clientFields(): readonly FieldDefinition[] {
  return FIELDS;
}

/** The field with this key; undefined for any other text, `__proto__` included. */
export function fieldByKey(key: string): FieldDefinition | undefined {
  return BY_KEY.get(key);
}
