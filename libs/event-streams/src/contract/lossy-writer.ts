import { TopicWriter } from '../kafka/topic-writer.js';
import type { WireMessage } from '../kafka/wire.js';
import type { Gate } from './scene.js';

/** A writer some of whose messages are acknowledged and never stored, as has been seen of brokers and clients. */
export class LossyWriter extends TopicWriter {
  private lost: ReadonlySet<string> = new Set();
  private toLose = 0;
  private failing = false;
  /** Writes stand before it. */
  gate: Gate | undefined;

  loseNext(count: number): void {
    this.toLose = count;
  }

  /** Chooses the events to lose among those about to be published: the first ones. */
  published(ids: readonly string[]): void {
    if (this.toLose > 0) this.lost = new Set(ids.slice(0, this.toLose));
    this.toLose = 0;
  }

  /** The next write finds its connection gone. */
  failOnce(): void {
    this.failing = true;
  }

  override async write(messages: readonly WireMessage[]): Promise<void> {
    const { gate, failing } = this;
    this.failing = false;
    if (failing) throw new Error('connection gone');
    // Nothing is in hand while the search alone moves on.
    if (messages.length > 0) await gate?.pass([]);
    return super.write(messages.filter(({ headers }) => !this.lost.has(headers['ce_id'] ?? '')));
  }
}
