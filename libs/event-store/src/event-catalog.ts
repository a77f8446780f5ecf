import { canonicalBytes, canonicalMembers } from './canonical-json.js';
import type { EventDefinition } from './event.types.js';
import type { JsonObject, JsonValue } from './json.types.js';
import { UnknownEvent } from './store-errors.js';

/** An event's data, taken apart for storing: both as canonical JSON. */
export interface SplitData {
  readonly clear: Buffer;
  /** Absent when none of the personal keys has a value. */
  readonly personal?: Buffer;
}

const EMPTY_OBJECT = '{}';

/** The event types a service knows. Its faults are found when it is made, all at once. */
export class EventCatalog {
  private readonly definitions = new Map<string, EventDefinition>();

  constructor(definitions: readonly EventDefinition[]) {
    const faults = definitions.flatMap((definition) => this.add(definition));
    if (faults.length > 0) throw new Error(`The event catalogue is wrong: ${faults.join('; ')}`);
  }

  /** The definition of a type; throws UnknownEvent. */
  definition(type: string): EventDefinition {
    const found = this.definitions.get(type);
    if (found === undefined) throw new UnknownEvent(`Unknown event type ${type}`);
    return found;
  }

  has(type: string): boolean {
    return this.definitions.has(type);
  }

  /** Separates what is sealed per person from what stays in clear. */
  split(type: string, data: object): SplitData {
    const keys = this.definition(type).personal ?? [];
    if (keys.length === 0) return { clear: canonicalBytes(data) };
    const personal = canonicalMembers(data, (key) => keys.includes(key));
    const clear = canonicalMembers(data, (key) => !keys.includes(key));
    return personal.length === EMPTY_OBJECT.length ? { clear } : { clear, personal };
  }

  /**
   * Brings data of an older version to the present one, step by step. Data of an erased person lack their personal
   * keys. Throws UnknownEvent for an unknown type or a version of the future.
   */
  upcast(type: string, schemaVersion: number, data: JsonObject): { schemaVersion: number; data: JsonObject } {
    const { schemaVersion: present, upcasts = {} } = this.definition(type);
    if (schemaVersion > present) throw new UnknownEvent(`${type} has version ${schemaVersion}; ${present} is known`);
    let upcast = data;
    for (let version = schemaVersion; version < present; version++) upcast = upcasts[version]?.(upcast) ?? upcast;
    return { schemaVersion: present, data: upcast };
  }

  private add(definition: EventDefinition): string[] {
    const { type, schemaVersion, upcasts = {} } = definition;
    const faults: string[] = [];
    if (this.definitions.has(type)) faults.push(`${type} is there twice`);
    if (!Number.isInteger(schemaVersion) || schemaVersion < 1) faults.push(`${type} has version ${schemaVersion}`);
    for (let version = 1; version < schemaVersion; version++) {
      if (upcasts[version] === undefined) faults.push(`${type} lacks the upcast from version ${version}`);
    }
    this.definitions.set(type, definition);
    return faults;
  }
}

/** A parsed JSON value that must be an object. */
export function asJsonObject(value: JsonValue | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('Not a JSON object');
  return value;
}

/** Parses text that must hold a JSON object. */
export function parseObject(text: string): JsonObject {
  const value: JsonValue = JSON.parse(text);
  return asJsonObject(value);
}
