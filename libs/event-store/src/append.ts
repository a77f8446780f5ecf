import { canonicalBytes } from './canonical-json.js';
import { contentHash, type BatchHeader, type EventRow } from './content-hash.js';
import type { EventCatalog } from './event-catalog.js';
import type { AppendContext, ExpectedVersion, NewEvent, StreamAppend } from './event.types.js';
import { isUuid, uuid7 } from './ids.js';
import { personKey } from './keys.js';
import { partitionOf } from './murmur2.js';
import { sealPersonal } from './person-seal.js';
import { pgArray } from './pg-array.js';
import { StreamsAppeared, SubjectErased, WrongExpectedVersion } from './store-errors.js';
import type { SaltVault, StoreTransaction } from './store.types.js';
import type { WrittenEvent } from './stored-event.js';
import type { StreamLocks } from './stream-locks.js';

/** A transaction larger than this holds the head too long and a feed's answer too big. */
const BATCH_EVENTS_MAX = 10_000;

/** What an append needs of the store around it. */
export interface AppendSetting {
  readonly catalog: EventCatalog;
  readonly vault: SaltVault;
  readonly shards: number;
  tenantKeyOf(tenant: string): Buffer;
}

/** An event on its way: what it will be, before its stream's version is known. */
interface Draft {
  readonly stream: string;
  readonly category: string;
  readonly subject: string;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** Canonical JSON, as are the next two. */
  readonly clear: Buffer;
  readonly personal: Buffer | undefined;
  readonly meta: Buffer;
}

/**
 * Appends to many streams in one statement group: versions under lock, salts, sealing, batch with content hash,
 * events by `unnest` (DESIGN 5). Events keep the order given; streams are locked in sorted order.
 * Throws WrongExpectedVersion for the first stream that differs, SubjectErased for personal data of the erased.
 */
export async function appendEvents(
  tx: StoreTransaction,
  locks: StreamLocks,
  setting: AppendSetting,
  context: AppendContext,
  appends: readonly StreamAppend[],
): Promise<{ batch: string; versions: Map<string, number>; events: WrittenEvent[] }> {
  check(tx, context, appends);
  const drafts = appends.flatMap((append) => append.events.map((event) => draft(setting.catalog, append, event)));
  // Two databases, at the same time: salts are made in the vault while the streams are locked and moved on here.
  const [keys, versions] = await Promise.all([
    keysOf(setting, context.tenant, drafts),
    locks.lock(needLock(appends)).then((present) => raise(locks, present, appends)),
  ]);
  const rows = seal(context.tenant, drafts, startingVersions(appends, versions), keys);
  const header = headerOf(context, tx.now, partitionOf(context.tenant, setting.shards));
  const batch = await insert(tx, header, rows);
  const events = drafts.map((draft, at) => written(context, tx.now, batch, draft, rows[at]?.version ?? 0));
  return { batch, versions, events };
}

function check(tx: StoreTransaction, context: AppendContext, appends: readonly StreamAppend[]): void {
  if (context.tenant !== tx.tenant) throw new Error('An append belongs to the tenant of its transaction');
  const events = appends.reduce((sum, append) => sum + append.events.length, 0);
  if (events < 1 || events > BATCH_EVENTS_MAX) throw new Error(`An append has 1 to ${BATCH_EVENTS_MAX} events, not ${events}`);
  for (const { stream, subject = stream, events: ofStream } of appends) {
    if (!isUuid(stream) || !isUuid(subject)) throw new Error(`Streams and subjects are uuids in lower case, not ${stream}`);
    if (ofStream.length === 0) throw new Error(`No events for stream ${stream}`);
    for (const { id } of ofStream) if (id !== undefined && !isUuid(id)) throw new Error(`Event ids are uuids in lower case, not ${id}`);
  }
}

function draft(catalog: EventCatalog, append: StreamAppend, event: NewEvent): Draft {
  const { stream, category, subject = stream } = append;
  const { type } = event;
  const { schemaVersion } = catalog.definition(type);
  const { clear, personal } = catalog.split(type, event.data);
  return { stream, category, subject, id: event.id ?? uuid7(), type, schemaVersion, clear, personal, meta: canonicalBytes(event.meta ?? {}) };
}

/** New streams need no lock: their insertion decides. */
function needLock(appends: readonly StreamAppend[]): string[] {
  return appends.filter((append) => append.expected !== 'none').map((append) => append.stream);
}

/** A key per person, derived once however many events the person has. */
async function keysOf(setting: AppendSetting, tenant: string, drafts: readonly Draft[]): Promise<Map<string, Buffer>> {
  const subjects = new Set<string>();
  for (const { personal, subject } of drafts) if (personal !== undefined) subjects.add(subject);
  if (subjects.size === 0) return new Map();
  const salts = await setting.vault.ensure(tenant, [...subjects]);
  const erased = [...subjects].filter((subject) => !salts.has(subject));
  if (erased.length > 0) throw new SubjectErased(erased);
  const key = setting.tenantKeyOf(tenant);
  return new Map([...salts].map(([subject, salt]) => [subject, personKey(key, salt)]));
}

/** Checks every expectation, then moves the streams' versions on. A stream named twice is checked in order. */
async function raise(
  locks: StreamLocks,
  present: ReadonlyMap<string, number>,
  appends: readonly StreamAppend[],
): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  const categories = new Map<string, string>();
  for (const { stream, category, expected, events } of appends) {
    const version = versions.get(stream) ?? present.get(stream) ?? 0;
    requireVersion(stream, expected, version);
    versions.set(stream, version + events.length);
    categories.set(stream, category);
  }
  const taken = await locks.raise(versions, categories, present);
  for (const { stream, expected } of appends) {
    const version = taken.get(stream);
    if (version !== undefined && expected === 'none') throw new WrongExpectedVersion(stream, expected, version);
  }
  if (taken.size > 0) throw new StreamsAppeared([...taken.keys()]);
  return versions;
}

function requireVersion(stream: string, expected: ExpectedVersion, actual: number): void {
  if (expected === 'any') return;
  const holds = expected === 'none' ? actual === 0 : expected === 'exists' ? actual > 0 : actual === expected;
  if (!holds) throw new WrongExpectedVersion(stream, expected, actual);
}

/** The version each stream had before this append. */
function startingVersions(appends: readonly StreamAppend[], versions: ReadonlyMap<string, number>): Map<string, number> {
  const starting = new Map(versions);
  for (const { stream, events } of appends) starting.set(stream, (starting.get(stream) ?? 0) - events.length);
  return starting;
}

function seal(
  tenant: string,
  drafts: readonly Draft[],
  versions: Map<string, number>,
  keys: ReadonlyMap<string, Buffer>,
): EventRow[] {
  return drafts.map(({ stream, category, subject, id: eventId, type, schemaVersion, clear: data, personal, meta }) => {
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const key = keys.get(subject);
    const pii =
      personal === undefined || key === undefined ? null : sealPersonal(key, subject, { tenant, stream, version, eventId }, personal);
    return { stream, category, version, eventId, type, schemaVersion, data, pii, meta };
  });
}

function headerOf(context: AppendContext, at: Date, shard: number): BatchHeader {
  const { tenant, origin, actor = null, correlation = null, causation = null, traceparent = null } = context;
  const { kind: sourceKind, id: sourceId = null } = origin;
  return { tenant, shard, sourceKind, sourceId, actor, correlation, causation, traceparent, atMs: at.getTime() };
}

/** Header and events in one round trip; the seal counts them again inside COMMIT. */
const INSERT = `
with header as (
  insert into es.batch (shard, tenant, n, content_hash, source_kind, source_id, actor, correlation, causation, traceparent, at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id
), events as (
  insert into es.event (batch, idx, tenant, stream, category, version, event_id, type, schema_version, data, pii, meta)
  select h.id, u.o - 1, $2, u.stream, u.category, u.version, u.event_id, u.type, u.schema_version, u.data, u.pii, u.meta
  from header h, unnest($12::uuid[], $13::text[], $14::int4[], $15::uuid[], $16::text[], $17::int2[], $18::json[], $19::bytea[], $20::json[])
    with ordinality u(stream, category, version, event_id, type, schema_version, data, pii, meta, o)
)
select id::text from header`;

async function insert(tx: StoreTransaction, header: BatchHeader, rows: readonly EventRow[]): Promise<string> {
  const { rows: inserted } = await tx.query<{ id: string }>({
    name: 'es_append',
    text: INSERT,
    values: [
      header.shard,
      header.tenant,
      rows.length,
      contentHash(header, rows),
      header.sourceKind,
      header.sourceId,
      header.actor,
      header.correlation,
      header.causation,
      header.traceparent,
      new Date(header.atMs),
      pgArray('uuid', rows.map((row) => row.stream)),
      pgArray('text', rows.map((row) => row.category)),
      pgArray('int4', rows.map((row) => row.version)),
      pgArray('uuid', rows.map((row) => row.eventId)),
      pgArray('text', rows.map((row) => row.type)),
      pgArray('int2', rows.map((row) => row.schemaVersion)),
      pgArray('json', rows.map((row) => row.data)),
      pgArray('bytea', rows.map((row) => row.pii)),
      pgArray('json', rows.map((row) => row.meta)),
    ],
  });
  const batch = inserted[0]?.id;
  if (batch === undefined) throw new Error('The batch was not inserted');
  return batch;
}

function written(context: AppendContext, at: Date, batch: string, draft: Draft, version: number): WrittenEvent {
  const { id, type, schemaVersion, stream, category, clear, personal, meta } = draft;
  return { context, id, type, schemaVersion, stream, category, version, clear, personal, meta, at, batch };
}
