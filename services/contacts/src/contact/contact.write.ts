import { isUuid, type AppendContext, type JsonValue, type StoreTransaction } from '@caseledger/event-store';
import { denied } from '@caseledger/errors';
import {
  KNOWN_OWNERS,
  KeyTakenMeanwhile,
  keyText,
  lockKeys,
  readKeys,
  type KeyHasher,
  type KnownChange,
} from '@caseledger/row-target';
import type { CallContext } from '@caseledger/service-kit';
import { keysOfRecord } from '../rows/record-keys.js';
import { evolveAll, initial, type ContactState } from './contact.js';
import type { ContactEvent } from './contact.events.js';
import { CONTACT_CATEGORY } from './stored-contact.js';

/** A command as it came in. */
export interface Command {
  readonly caller: CallContext;
  /** Empty when the caller gave none: then a repetition happens twice. */
  readonly idempotencyKey: string;
  readonly traceparent?: string;
}

/** Events of one contact that are about to be written, computed on the version given; 0 makes the contact. */
export interface ContactWrite {
  readonly id: string;
  readonly version: number;
  readonly before: ContactState | undefined;
  readonly events: readonly ContactEvent[];
}

/** Owners of match keys by hash, as a command read them before it decided; none where nobody had the key. */
export type SeenOwners = Map<string, readonly string[]>;

/** Reads owners, nothing locked, and notes what was seen, so that `writeContacts` can hold it against the truth. */
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
 * Writes contacts in the order every writer keeps (DESIGN §4, Locks): the keys they have or would have and those that
 * the command was decided by (`seen`), sorted, then their streams; another owner than the one seen, or a version that is
 * not the one computed on, starts the whole over.
 */
export async function writeContacts(
  tx: StoreTransaction,
  hasher: KeyHasher,
  context: AppendContext,
  writes: readonly ContactWrite[],
  seen: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const changed = writes.filter(({ events }) => events.length > 0);
  if (changed.length === 0) return;
  const known = new Map<string, unknown>();
  const keys = new Set(seen.keys());
  for (const { id, before, events } of changed) {
    const after = evolveAll(
      before ?? initial(),
      events.map((event) => ({ event, source: { origin: context.origin } })),
    );
    known.set(id, { before, after } satisfies KnownChange<ContactState>);
    const all = [...(before === undefined ? [] : keysOfRecord(before)), ...keysOfRecord(after)];
    for (const key of all) keys.add(hasher.hashText(tx.tenant, keyText(key)));
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
  const appends = changed.map(({ id, version, events }) => ({
    stream: id,
    category: CONTACT_CATEGORY,
    expected: version === 0 ? ('none' as const) : version,
    events: events.map(({ type, data }) => ({ type, data })),
  }));
  await tx.append(context, appends, { known });
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
