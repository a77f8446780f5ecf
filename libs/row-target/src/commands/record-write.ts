import {
  isUuid,
  type AppendContext,
  type EventStore,
  type JsonValue,
  type StoreTransaction,
  type StreamAppend,
} from '@caseledger/event-store';
import { denied } from '@caseledger/errors';
import type { CallContext } from '@caseledger/service-kit';
import type { KeyHasher } from '../keys/key-hasher.js';
import { KNOWN_OWNERS, type KnownChange } from '../keys/known-change.js';
import { KeyTakenMeanwhile, lockKeys, readKeys, type KeysOf } from '../keys/match-key.projection.js';
import { startingOver } from '../rows/apply-rows.js';
import type { DecidedEvent } from '../rows/row-kind.js';

/** A command of a person or a script as it came in. */
export interface Command {
  readonly caller: CallContext;
  /** Empty when the caller gave none: then a repetition happens twice. */
  readonly idempotencyKey: string;
  readonly traceparent?: string;
}

/** Events of one record that are about to be written, computed on the version given; 0 makes the record. */
export interface RecordWrite<S> {
  readonly id: string;
  readonly version: number;
  readonly before: S | undefined;
  readonly events: readonly DecidedEvent[];
}

/** What writing records of a kind needs to be told of it. */
export interface WrittenKind<S> {
  readonly hasher: KeyHasher;
  readonly category: string;
  readonly keysOf: KeysOf<S>;
  /** The state after these events, `origin` being who causes them. */
  after(before: S | undefined, events: readonly DecidedEvent[], origin: AppendContext['origin']): S;
}

/** Owners of match keys by hash, as a command read them before it decided; none where nobody had the key. */
export type SeenOwners = Map<string, readonly string[]>;

/** Reads owners, nothing locked, and notes what was seen, so that `writeRecords` can hold it against the truth. */
export async function seeOwners(
  tx: StoreTransaction,
  hashes: readonly string[],
  seen: SeenOwners,
): Promise<Map<string, string[]>> {
  const owners = await readKeys(tx, hashes);
  for (const hash of hashes) seen.set(hash, owners.get(hash) ?? []);
  return owners;
}

/** The company the caller acts in. @throws DomainError FORBIDDEN for a service that acts for none */
export function tenantOf(caller: CallContext): string {
  if (caller.tenant === '') throw denied();
  return caller.tenant;
}

/** Who caused an append (EVT-004). */
export function causeOf({ caller, traceparent }: Omit<Command, 'idempotencyKey'>): AppendContext {
  const tenant = tenantOf(caller);
  const trace = traceparent === undefined ? {} : { traceparent };
  const { kind, subject, apiKeyId } = caller;
  if (kind === 'service') return { tenant, origin: { kind: 'system', id: subject }, actor: subject, ...trace };
  const origin =
    apiKeyId === undefined ? ({ kind: 'user', id: subject } as const) : ({ kind: 'api', id: apiKeyId } as const);
  return { tenant, origin, actor: subject, ...trace };
}

/**
 * Writes records in the order every writer keeps (DESIGN §4, Locks): the keys they have or would have and those that
 * the command was decided by (`seen`), sorted, then their streams; another owner than the one seen, or a version that is
 * not the one computed on, starts the whole over. `beside` is appended with them.
 */
export async function writeRecords<S>(
  tx: StoreTransaction,
  kind: WrittenKind<S>,
  context: AppendContext,
  writes: readonly RecordWrite<S>[],
  seen: ReadonlyMap<string, readonly string[]>,
  beside: readonly StreamAppend[] = [],
): Promise<void> {
  const changed = writes.filter(({ events }) => events.length > 0);
  if (changed.length === 0 && beside.length === 0) return;
  const known = new Map<string, unknown>();
  const keys = new Set(seen.keys());
  for (const { id, before, events } of changed) {
    const after = kind.after(before, events, context.origin);
    known.set(id, { before, after } satisfies KnownChange<S>);
    const all = [...(before === undefined ? [] : kind.keysOf(before)), ...kind.keysOf(after)];
    for (const key of all) keys.add(kind.hasher.hash(tx.tenant, key));
  }
  const hashes = [...keys].sort();
  const owners = await lockKeys(tx, hashes);
  known.set(KNOWN_OWNERS, new Map(hashes.map((hash) => [hash, owners.get(hash) ?? []])));
  for (const [hash, before] of seen) {
    const now = owners.get(hash) ?? [];
    if (now.join() !== before.join()) throw new KeyTakenMeanwhile('A key changed hands while a command was computed');
  }
  const versions = await tx.lockStreams(changed.map(({ id }) => id));
  for (const { id, version } of changed) {
    if ((versions.get(id) ?? 0) !== version) throw new KeyTakenMeanwhile(`${id} changed while a command was computed`);
  }
  const appends = changed.map(({ id, version, events }): StreamAppend => ({
    stream: id,
    category: kind.category,
    expected: version === 0 ? 'none' : version,
    events: events.map(({ type, data }) => ({ type, data })),
  }));
  await tx.append(context, [...appends, ...beside], { known });
}

/**
 * Does a command in one transaction, once per idempotency key, and over again when somebody else was faster. What it
 * answers is kept for a day: ids and codes only, as plain JSON.
 */
export function doOnce<T extends object>(
  store: EventStore,
  command: Command,
  request: JsonValue,
  work: (tx: StoreTransaction, seen: SeenOwners) => Promise<T>,
): Promise<{ readonly result: T; readonly replayed: boolean }> {
  return startingOver(() =>
    store.transaction(tenantOf(command.caller), async (tx) => {
      const seen: SeenOwners = new Map();
      if (command.idempotencyKey === '') return { result: await work(tx, seen), replayed: false };
      const asked = { by: command.caller.subject, request };
      const { result, replayed } = await tx.once(command.idempotencyKey, asked, async () => asJson(await work(tx, seen)));
      // Written by this function under the same request.
      return { result: result as object as T, replayed };
    }),
  );
}

const NOBODY_ID = '00000000-0000-0000-0000-000000000000';

/** An id that can be asked for: what is no uuid names nothing. */
export function uuidOrNone(id: string): string {
  const lower = id.toLowerCase();
  return isUuid(lower) ? lower : NOBODY_ID;
}

/** A message as plain JSON, for idempotency. */
export function asJson(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
