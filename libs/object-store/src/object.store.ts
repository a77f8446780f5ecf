/** What a put answers. */
export interface PutResult {
  /** Bytes of the body. */
  readonly size: number;
  /** SHA-256 of the body, lower-case hex. */
  readonly sha256: string;
  /** True only for `ifNoneMatch`: an object of this key was there already and was left as it is. */
  readonly existed: boolean;
}

export interface PutOptions {
  /** Write only if no object of this key exists: of any number of racing puts exactly one is stored. */
  readonly ifNoneMatch?: boolean;
  readonly contentType?: string;
}

export interface ObjectHead {
  readonly size: number;
  /** Where the store keeps it; a folder does not. */
  readonly sha256?: string;
}

export interface ByteRange {
  /** First byte, counted from 0. */
  readonly offset?: number;
  /** Number of bytes; a range beyond the end of the object is cut there. */
  readonly length?: number;
}

export interface KeyPage {
  /** Keys in ascending order of their bytes. */
  readonly keys: readonly string[];
  /** Given as `after`, the next page; absent on the last one. */
  readonly next?: string;
}

/**
 * Objects by key, as S3 has them. An object is whole or absent, whatever is killed in the middle of a put.
 * Keys look like `tenants/{id}/…` (see `assertObjectKey`); an unknown key is `NOT_FOUND` in `get` and `read`.
 */
export interface ObjectStore {
  put(key: string, body: Buffer | AsyncIterable<Buffer>, options?: PutOptions): Promise<PutResult>;
  get(key: string): Promise<AsyncIterable<Buffer>>;
  read(key: string, range?: ByteRange): Promise<Buffer>;
  head(key: string): Promise<ObjectHead | undefined>;
  /** Keys that begin with `prefix`, after the key `after`, at most `limit` (1 to 1,000). */
  list(prefix: string, options: { readonly after?: string; readonly limit: number }): Promise<KeyPage>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
}

/** A store as processes open it: they make sure that it can be used, clear away what killed puts left behind, and close it. */
export interface KeptObjects extends ObjectStore {
  /** Asked once at start. @throws ObjectsMisconfigured with every fault at once */
  check(): Promise<void>;
  /** Removes what puts left behind that were killed, if older than this; answers how many. */
  sweep(olderThanMs: number): Promise<number>;
  close(): void;
}
