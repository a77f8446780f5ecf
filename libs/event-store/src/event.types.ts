import type { JsonObject } from './json.types.js';

/** What a decider returns: a fact that has happened, not yet stored. */
export interface Fact<T extends string = string, D extends object = object> {
  readonly type: T;
  readonly data: D;
}

/** Who or what caused a batch of events (EVT-004). */
export type OriginKind = 'user' | 'import' | 'revert' | 'sync' | 'api' | 'portal' | 'system';

export interface Origin {
  readonly kind: OriginKind;
  /** The import, revert, sync run or key; for every attempt of an import the import itself (DESIGN §4, Revert). */
  readonly id?: string;
}

/**
 * The version a stream must have for an append to be accepted.
 * `none`: it must not exist. `exists`: at least one event. `any`: no expectation. A number: exactly that version.
 */
export type ExpectedVersion = number | 'any' | 'none' | 'exists';

/** Everything a batch says about itself; stored once per batch, in clear. */
export interface AppendContext {
  readonly tenant: string;
  readonly origin: Origin;
  /** Id of the user, API key or service that acts. */
  readonly actor?: string;
  readonly correlation?: string;
  readonly causation?: string;
  readonly traceparent?: string;
}

/** An event to append. Without `id` it gets a time-ordered one; work that may be repeated gives its own (DESIGN 13). */
export interface NewEvent {
  readonly id?: string;
  readonly type: string;
  readonly data: object;
  /** Facts about the event that are not the event: run, row, ordinal. Never personal. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** New events of one stream. `stream` and `subject` are uuids; `subject` is whose personal data the events hold. */
export interface StreamAppend {
  readonly stream: string;
  readonly category: string;
  /** Default: the stream itself. */
  readonly subject?: string;
  readonly expected: ExpectedVersion;
  readonly events: readonly NewEvent[];
}

/** An event as it is read: decrypted and brought to the present schema version. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly tenant: string;
  readonly stream: string;
  readonly category: string;
  /** Counted from 1 without gaps in each stream. */
  readonly version: number;
  readonly data: JsonObject;
  /** True when the event held personal data whose salt is gone: its personal keys are missing from `data`. */
  readonly erased: boolean;
  readonly meta: JsonObject;
  readonly origin: Origin;
  readonly actor?: string;
  readonly correlation?: string;
  readonly causation?: string;
  /** Time of the appending transaction by the database's clock, to the millisecond. */
  readonly at: Date;
  readonly batch: string;
}

/** One type of event: its present version, its personal keys and how older versions become the present one. */
export interface EventDefinition {
  readonly type: string;
  /** The version written today, from 1. */
  readonly schemaVersion: number;
  /** Top-level keys of `data` that are sealed with the person's key (DESIGN 23). */
  readonly personal?: readonly string[];
  /** `upcasts[n]` turns data of version n into data of version n + 1; every n below `schemaVersion` has one. */
  readonly upcasts?: Readonly<Record<number, (data: JsonObject) => JsonObject>>;
  /** A reader that does not know the type may pass over it. */
  readonly ignorable?: boolean;
}
