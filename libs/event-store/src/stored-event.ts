import { asJsonObject, parseObject, type EventCatalog } from './event-catalog.js';
import type { AppendContext, OriginKind, StoredEvent } from './event.types.js';
import type { JsonObject, JsonValue } from './json.types.js';
import { personKey } from './keys.js';
import { openPersonal, subjectOf } from './person-seal.js';
import type { SaltVault } from './store.types.js';

/** The columns that make a stored event; for queries that join \`es.event e\` with its \`es.batch b\`. */
export const EVENT_COLUMNS = `e.batch::text as batch, e.idx, e.tenant, e.stream, e.category, e.version, e.event_id, e.type,
e.schema_version, e.data, e.pii, e.meta, b.source_kind, b.source_id, b.actor, b.correlation, b.causation, b.traceparent, b.at`;

/** A row of EVENT_COLUMNS. */
export interface EventRecord {
  readonly [column: string]: unknown;
  readonly batch: string;
  readonly idx: number;
  readonly tenant: string;
  readonly stream: string;
  readonly category: string;
  readonly version: number;
  readonly event_id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: JsonValue;
  readonly pii: Buffer | null;
  readonly meta: JsonValue;
  readonly source_kind: OriginKind;
  readonly source_id: string | null;
  readonly actor: string | null;
  readonly correlation: string | null;
  readonly causation: string | null;
  readonly traceparent: string | null;
  readonly at: Date;
}

/** Makes events of rows: opened where the person's salt is still there, and of the present version. */
export class EventReader {
  constructor(
    private readonly catalog: EventCatalog,
    private readonly vault: SaltVault,
    private readonly tenantKeyOf: (tenant: string) => Buffer,
  ) {}

  /** Rows of one tenant; salts are fetched once for all of them. */
  async read(tenant: string, rows: readonly EventRecord[]): Promise<StoredEvent[]> {
    const subjects = new Set<string>();
    for (const row of rows) if (row.pii !== null) subjects.add(subjectOf(row.pii, row.stream));
    const keys = await this.keysOf(tenant, subjects);
    return rows.map((row) => this.open(row, keys));
  }

  /** An event just appended, as reading it would give it. */
  fresh(written: WrittenEvent): StoredEvent {
    return new FreshEvent(written);
  }

  private async keysOf(tenant: string, subjects: ReadonlySet<string>): Promise<Map<string, Buffer>> {
    if (subjects.size === 0) return new Map();
    const salts = await this.vault.find(tenant, [...subjects]);
    const key = this.tenantKeyOf(tenant);
    return new Map([...salts].map(([subject, salt]) => [subject, personKey(key, salt)]));
  }

  private open(row: EventRecord, keys: ReadonlyMap<string, Buffer>): StoredEvent {
    const { personal, erased } = openRow(row, keys);
    const written = merge(asJsonObject(row.data), personal);
    const { schemaVersion, data } = this.catalog.upcast(row.type, row.schema_version, written);
    return {
      id: row.event_id,
      type: row.type,
      schemaVersion,
      tenant: row.tenant,
      stream: row.stream,
      category: row.category,
      version: row.version,
      data,
      erased,
      meta: asJsonObject(row.meta),
      origin: { kind: row.source_kind, ...present('id', row.source_id ?? undefined) },
      ...present('actor', row.actor ?? undefined),
      ...present('correlation', row.correlation ?? undefined),
      ...present('causation', row.causation ?? undefined),
      at: row.at,
      batch: row.batch,
    };
  }
}

/** What an append knows of an event it has written. */
export interface WrittenEvent {
  readonly context: AppendContext;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly stream: string;
  readonly category: string;
  readonly version: number;
  /** Canonical JSON, as are the next two. */
  readonly clear: Buffer;
  readonly personal: Buffer | undefined;
  readonly meta: Buffer;
  readonly at: Date;
  readonly batch: string;
}

/** Parsed only when somebody looks: a projection that was given the folded records never does, 500 times an append. */
class FreshEvent implements StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly tenant: string;
  readonly stream: string;
  readonly category: string;
  readonly version: number;
  readonly erased = false;
  readonly origin: AppendContext['origin'];
  readonly actor?: string;
  readonly correlation?: string;
  readonly causation?: string;
  readonly at: Date;
  readonly batch: string;
  readonly #written: WrittenEvent;
  #data: JsonObject | undefined;
  #meta: JsonObject | undefined;

  constructor(written: WrittenEvent) {
    const { context } = written;
    this.id = written.id;
    this.type = written.type;
    this.schemaVersion = written.schemaVersion;
    this.tenant = context.tenant;
    this.stream = written.stream;
    this.category = written.category;
    this.version = written.version;
    this.origin = context.origin;
    if (context.actor !== undefined) this.actor = context.actor;
    if (context.correlation !== undefined) this.correlation = context.correlation;
    if (context.causation !== undefined) this.causation = context.causation;
    this.at = written.at;
    this.batch = written.batch;
    this.#written = written;
  }

  get data(): JsonObject {
    const { clear, personal } = this.#written;
    this.#data ??= merge(parseObject(clear.toString()), personal === undefined ? {} : parseObject(personal.toString()));
    return this.#data;
  }

  get meta(): JsonObject {
    this.#meta ??= parseObject(this.#written.meta.toString());
    return this.#meta;
  }
}

function openRow(row: EventRecord, keys: ReadonlyMap<string, Buffer>): { personal: JsonObject; erased: boolean } {
  if (row.pii === null) return { personal: {}, erased: false };
  const key = keys.get(subjectOf(row.pii, row.stream));
  if (key === undefined) return { personal: {}, erased: true };
  const place = { tenant: row.tenant, stream: row.stream, version: row.version, eventId: row.event_id };
  return { personal: parseObject(openPersonal(key, place, row.pii)), erased: false };
}

/** Own members only, whatever their names: `__proto__` is a key like any other. */
function merge(clear: JsonObject, personal: JsonObject): JsonObject {
  const members = Object.entries(personal);
  return members.length === 0 ? clear : Object.fromEntries([...Object.entries(clear), ...members]);
}

function present<K extends string>(key: K, value: string | undefined): { [key in K]?: string } | object {
  return value === undefined ? {} : { [key]: value };
}
