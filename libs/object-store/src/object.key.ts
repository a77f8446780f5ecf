/** S3 takes 1,024 bytes of key; a file name takes 255, of which the folder store needs one. */
const KEY_BYTES_MAX = 1_024;
const SEGMENT_BYTES_MAX = 254;
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const LIST_PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._/-]*$/;

/** A key that no store accepts. It is a fault of the caller's code, never of a user's input. */
export class InvalidObjectKey extends Error {
  constructor(reason: string) {
    super(`Object key refused: ${reason}`);
    this.name = 'InvalidObjectKey';
  }
}

/**
 * Accepts `tenants/{id}/…` made of letters, digits, `.`, `_` and `-`. The tenant leads every key, so that one
 * company's objects can be granted, counted and removed together. `..`, absolute paths, empty segments, NUL and
 * names that begin with a dot cannot be written in this alphabet.
 */
export function assertObjectKey(key: string): void {
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) throw new InvalidObjectKey(`longer than ${KEY_BYTES_MAX} bytes`);
  const segments = key.split('/');
  if (segments[0] !== 'tenants' || segments.length < 3) throw new InvalidObjectKey('it does not begin with tenants/{id}/');
  for (const segment of segments) {
    if (segment.length > SEGMENT_BYTES_MAX || !SEGMENT.test(segment)) {
      throw new InvalidObjectKey('a part is empty, too long or holds a character outside A-Z a-z 0-9 . _ -');
    }
  }
}

/** Accepts the beginning of a key, `tenants/` at least. */
export function assertKeyPrefix(prefix: string): void {
  const isPlain = LIST_PREFIX.test(prefix) && prefix.startsWith('tenants/') && Buffer.byteLength(prefix) <= KEY_BYTES_MAX;
  const climbs = prefix.split('/').some((segment, index, all) => segment.startsWith('.') || (segment === '' && index < all.length - 1));
  if (!isPlain || climbs) throw new InvalidObjectKey('a prefix begins with tenants/ and is the beginning of a key');
}
