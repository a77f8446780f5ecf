/** The store did not do it within its tries, or does not let us: doing it later is right, and nobody's data are at fault. */
export class ObjectsUnavailable extends Error {
  override readonly name = 'ObjectsUnavailable';
  /** Read by whoever decides whether a failure may pass. */
  readonly transient = true;

  constructor(
    readonly what: string,
    /** What the store or the network called it, such as `SlowDown`, `ECONNREFUSED`. */
    readonly code: string,
    /** The access key may not do this; asking again at once would change nothing. */
    readonly isRefused: boolean,
  ) {
    super(`${what}: ${isRefused ? 'refused' : 'failed at every try'} (${code})`);
  }
}

/** The store cannot be used as it is configured; holds every fault that was found, and never a secret. */
export class ObjectsMisconfigured extends Error {
  override readonly name = 'ObjectsMisconfigured';

  constructor(readonly faults: readonly string[]) {
    super(`The object store cannot be used: ${faults.join('; ')}.`);
  }
}

/** An answer ended before all of it had come. */
export class CutShort extends Error {
  override readonly name = 'CutShort';
}

/**
 * What an answer of S3 means for the call: `missing` and `exists` are answers, `beyond` is a range past the end,
 * `passing` is tried again, `refused` is the access key, `wrong` the call itself.
 */
export type S3Fault = 'missing' | 'exists' | 'beyond' | 'passing' | 'refused' | 'wrong';

/** Told with a 4xx status, and passing all the same: the first two are of clocks, which the client corrects as it is told. */
const PASSING = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'RequestTimeout', 'SlowDown', 'TooManyRequestsException', 'OperationAborted']);
const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);
const OF_STATUS: ReadonlyMap<number, S3Fault> = new Map([
  [401, 'refused'],
  [403, 'refused'],
  [408, 'passing'],
  // Two conditional writes met; which of them stands is seen by asking again.
  [409, 'passing'],
  [412, 'exists'],
  [416, 'beyond'],
  [429, 'passing'],
]);

export function s3FaultOf(thrown: unknown): S3Fault {
  const name = s3CodeOf(thrown);
  const status = statusOf(thrown);
  if (MISSING.has(name)) return 'missing';
  if (PASSING.has(name)) return 'passing';
  // Without a status nothing was answered: cut, refused, too slow.
  if (status === undefined || status >= 500) return 'passing';
  return OF_STATUS.get(status) ?? 'wrong';
}

/** The name that S3 gives a fault, such as `NoSuchBucket`; the code of the network or the error's name where nothing answered. */
export function s3CodeOf(thrown: unknown): string {
  if (thrown instanceof ObjectsUnavailable) return thrown.code;
  const code = statusOf(thrown) === undefined ? textOf(thrown, 'code') : '';
  return code === '' ? textOf(thrown, 'name') : code;
}

/** Errors of sockets may come from another realm, so they are known by what they hold and not by their class. */
function textOf(thrown: unknown, key: 'code' | 'name'): string {
  if (typeof thrown !== 'object' || thrown === null) return '';
  const held: { readonly code?: unknown; readonly name?: unknown } = thrown;
  const text = held[key];
  return typeof text === 'string' ? text : '';
}

function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('$metadata' in thrown)) return undefined;
  const metadata: unknown = thrown.$metadata;
  const status: unknown = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
