import type { ManifestEntry } from './manifest.js';

/** As many as the threads that write files; each holds one object in memory. */
const AT_ONCE = 4;

/**
 * Stores objects while the next ones are made: an object waits for the disk much longer than it takes to cut it. At
 * most so many are on their way at once.
 */
export class StoringAside {
  private readonly stored: Promise<ManifestEntry>[] = [];

  constructor(private readonly atOnce = AT_ONCE) {}

  /** Begins to store an object, once there is room. @throws what storing an earlier one threw. */
  async add(store: () => Promise<ManifestEntry>): Promise<void> {
    await this.stored[this.stored.length - this.atOnce];
    const storing = store();
    // Told by `all`, or by a later `add`.
    storing.catch(() => undefined);
    this.stored.push(storing);
  }

  /** The entries in the order in which they were added, when all are stored. */
  all(): Promise<ManifestEntry[]> {
    return Promise.all(this.stored);
  }
}
