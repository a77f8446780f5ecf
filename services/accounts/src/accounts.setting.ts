import type { AppendContext, EventStore, JsonValue, StoreTransaction } from '@caseledger/event-store';
import { denied } from '@caseledger/errors';
import type { CallContext } from '@caseledger/service-kit';
import type { DataSource } from 'typeorm';
import type { AccountsKeys } from './accounts.keys.js';
import type { Passwords } from './password.js';

/** What the commands of accounts work with. */
export interface AccountsSetting {
  readonly store: EventStore;
  /** The service's own database, as the app role. */
  readonly app: DataSource;
  /** Reads across companies: where sign-in begins, the company is not known yet. */
  readonly tail: DataSource;
  readonly keys: AccountsKeys;
  readonly passwords: Passwords;
  readonly contextSecret: string;
  readonly sessionSecret: string;
}

/** A command as it came in. */
export interface Command {
  readonly caller: CallContext;
  /** Empty when the caller gave none: then a repetition happens twice. */
  readonly idempotencyKey: string;
  readonly traceparent?: string;
}

/** The company the caller acts in. @throws DomainError FORBIDDEN for a service that acts for none */
export function tenantOf(caller: CallContext): string {
  if (caller.tenant === '') throw denied();
  return caller.tenant;
}

/** Who caused an append (EVT-004). */
export function causeOf(tenant: string, { caller, traceparent }: Pick<Command, 'caller' | 'traceparent'>): AppendContext {
  const trace = traceparent === undefined ? {} : { traceparent };
  if (caller.kind === 'service') return { tenant, origin: { kind: 'system', id: caller.subject }, actor: caller.subject, ...trace };
  const origin = caller.apiKeyId === undefined ? { kind: 'user' as const, id: caller.subject } : { kind: 'api' as const, id: caller.apiKeyId };
  return { tenant, origin, actor: caller.subject, ...trace };
}

/**
 * Does the work of a command once per key (API-004): a repetition gets the stored ids. The result holds ids only, since
 * it is kept for a day beside the log.
 */
export async function onceOf<T extends JsonValue>(tx: StoreTransaction, command: Command, request: JsonValue, work: () => Promise<T>): Promise<{ result: T; replayed: boolean }> {
  if (command.idempotencyKey === '') return { result: await work(), replayed: false };
  return tx.once(command.idempotencyKey, request, work);
}
