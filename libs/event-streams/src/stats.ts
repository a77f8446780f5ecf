/** What one consumer of one member has counted since its start. */
export interface ConsumerStats {
  /** Messages whose handler succeeded and whose checkpoint is stored. */
  handled: number;
  /** Messages dropped because their position was passed before. */
  duplicates: number;
  /** Times that a message showed that events before it had not arrived. */
  gaps: number;
  /** Messages fetched from the owner to close gaps. */
  refilled: number;
  /** Batches not stored because another member was ahead. */
  fenced: number;
  /** Messages parked. */
  parked: number;
  /** Tries of a batch after a failure. */
  retries: number;
}

export function emptyStats(): ConsumerStats {
  return { handled: 0, duplicates: 0, gaps: 0, refilled: 0, fenced: 0, parked: 0, retries: 0 };
}
