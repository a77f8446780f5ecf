/** Work on the same partition one after the other, on different ones side by side. */
export class PartitionLanes {
  private readonly tails = new Map<number, Promise<unknown>>();

  /** Whether nothing is at work on a partition. */
  isFree(partition: number): boolean {
    return !this.tails.has(partition);
  }

  /** Runs `work` once everything begun before on any of these partitions has settled. */
  run<T>(partitions: readonly number[], work: () => Promise<T>): Promise<T> {
    const before = Promise.all(partitions.map((partition) => this.tails.get(partition)));
    const running = before.then(work);
    const tail = running.then(
      () => undefined,
      () => undefined,
    );
    for (const partition of partitions) this.tails.set(partition, tail);
    void tail.then(() => {
      for (const partition of partitions) if (this.tails.get(partition) === tail) this.tails.delete(partition);
    });
    return running;
  }
}
