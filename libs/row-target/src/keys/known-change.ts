/** What a command that has already folded a record hands on, so that nothing is folded twice. */
export interface KnownChange<S> {
  readonly before: S | undefined;
  readonly after: S;
}

/** Under this key of the known states: the owners of match keys as locked, by hash. */
export const KNOWN_OWNERS = 'match-key owners';
/** Under this key: the hashes of match keys by their text, of as many as the command has hashed. */
export const KNOWN_HASHES = 'match-key hashes';
