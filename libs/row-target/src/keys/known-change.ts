/** What a command that has already folded a record hands on, so that nothing is folded twice. */
export interface KnownChange<S> {
  readonly before: S | undefined;
  readonly after: S;
}

/** Under this key of the known states: the owners of match keys as locked, by hash. */
export const KNOWN_OWNERS = 'match-key owners';
