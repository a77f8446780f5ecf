import {
  CommitUnknown,
  DeadlineExceeded as StoreDeadlineExceeded,
  ResourceExhausted,
  StoreUnavailable,
  isTransient as isTransientInStore,
} from '@caseledger/event-store';

/** Thrown by a handler for an event it can never take: the event's stream is parked without further tries. */
export class PoisonEvent extends Error {
  constructor(readonly eventId: string, reason: string) {
    super(reason);
    this.name = 'PoisonEvent';
  }
}

/** Thrown inside the checkpoint's transaction when another member holds the partition: nothing may be stored. */
export class Fenced extends Error {
  constructor(what: string) {
    super(`Another member is ahead: ${what}`);
    this.name = 'Fenced';
  }
}

/** The owner could not be asked for missing events, or has not searched far enough: it is asked again for ever. */
export class NotRefilled extends Error {
  readonly transient = true;

  constructor(topic: string, options?: ErrorOptions) {
    super(`Missing events of ${topic} are not there yet`, options);
    this.name = 'NotRefilled';
  }
}

/** A transaction or a call took longer than its deadline; whether it took effect is unknown. */
export class DeadlineExceeded extends Error {
  constructor(what: string, deadlineMs: number) {
    super(`${what} took longer than ${deadlineMs} ms`);
    this.name = 'DeadlineExceeded';
  }
}

export type HaltReason =
  | 'LOG_EPOCH_MISMATCH'
  | 'UNKNOWN_EVENT_TYPE'
  | 'TOO_MANY_PARKED_STREAMS'
  | 'HANDLER_HALTED'
  | 'CHECKPOINT_NOT_STORED';

/** Stops a consumer until someone acts: going on would lose or falsify something. A handler may throw it too. */
export class ConsumerHalted extends Error {
  constructor(readonly reason: HaltReason, detail: string) {
    super(`${reason}: ${detail}`);
    this.name = 'ConsumerHalted';
  }
}

/** 40001 serialisation, 40P01 deadlock, 53xxx resources, 55P03 lock timeout, 57xxx intervention, 08xxx connection, 25P03/25P04 and 57014 timeouts. */
const TRANSIENT_SQLSTATE = /^(40001|40P01|55P03|25P0[34]|(08|53|57)[0-9A-Z]{3})$/;
const TRANSIENT_SYSTEM = /^(ECONN|EPIPE|ETIMEDOUT|EAI_|EHOST|ENET|ENOTFOUND|ENOTCONN|ERR_STREAM|ABORT_ERR)/;
/** gRPC: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE, UNAUTHENTICATED (a context that aged). */
const TRANSIENT_GRPC: ReadonlySet<number> = new Set([1, 4, 8, 10, 14, 16]);
/** What pg says without a code when its connection goes away under a query. */
const TRANSIENT_MESSAGE = /connection terminated|connection error|not queryable|client was closed|pool after calling end|timeout exceeded when trying to connect|driver not connected|query runner already released|read timeout/i;

/** What the event store and this library throw when a later try may succeed; every handler's work can be repeated. */
const PASSING = [DeadlineExceeded, StoreDeadlineExceeded, ResourceExhausted, StoreUnavailable, CommitUnknown];

/**
 * Whether trying the same again may help (CORRECTNESS §7, class transient and resource): such a failure never parks
 * an event and has no limit of tries.
 */
export function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (PASSING.some((kind) => thrown instanceof kind) || isTransientInStore(thrown)) return true;
  if ('transient' in thrown && thrown.transient === true) return true;
  const causes = [thrown, 'driverError' in thrown ? thrown.driverError : undefined, thrown.cause];
  return causes.some((cause) => cause instanceof Error && looksTransient(cause));
}

function looksTransient(cause: Error): boolean {
  const code = 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string') return TRANSIENT_SQLSTATE.test(code) || TRANSIENT_SYSTEM.test(code);
  if (typeof code === 'number') return 'metadata' in cause && TRANSIENT_GRPC.has(code);
  return TRANSIENT_MESSAGE.test(cause.message);
}

/**
 * Where and how something failed, without its message, which may quote a person's data: the error's name, its code
 * and the innermost place in the stack.
 */
export function describeFault(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const code = 'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number') ? ` ${thrown.code}` : '';
  const frame = /\n\s+at (?:async )?([^\n]*?)\(?[^\n(]*?([^/\\\n]+:\d+):\d+\)?/.exec(thrown.stack ?? '');
  const place = frame === null ? '' : ` at ${[frame[1]?.trim(), frame[2]].filter(Boolean).join(' ')}`;
  return `${thrown.name}${code}${place}`.slice(0, 300);
}
