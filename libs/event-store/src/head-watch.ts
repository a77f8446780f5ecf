import type { DataSource } from 'typeorm';
import { Nap } from './nap.js';
import { withSession } from './session.js';
import type { WakeUps } from './wake-ups.js';

const LOOK_MS = 3_000;
const POLL_MIN_MS = 5;
const POLL_MAX_MS = 250;
const DEADLINE_MS = 10_000;

const HEADS = 'select l.id, l.epoch, h.shard, h.pos::float8 as pos from es.log_id l cross join es.head h order by h.shard';

/** Which log, which life of it, and how far each shard reaches. */
export interface LogHead {
  readonly logId: string;
  readonly epoch: number;
  readonly head: readonly { readonly shard: number; readonly position: number }[];
}

/** Reads the heads as committed; nothing is locked. */
export async function readHead(tail: DataSource): Promise<LogHead> {
  const { rows } = await withSession(tail, DEADLINE_MS, (session) =>
    session.query<{ id: string; epoch: number; shard: number; pos: number }>({ name: 'es_heads', text: HEADS }),
  );
  const [first] = rows;
  if (first === undefined) throw new Error('The log has no head');
  return { logId: first.id, epoch: first.epoch, head: rows.map(({ shard, pos }) => ({ shard, position: pos })) };
}

interface Waiter {
  /** What the waiter has seen of each shard it cares for. */
  readonly seen: ReadonlyMap<number, number>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Waits for the log to grow: one look for all who wait, when something was stored, by whichever process. Calls may be
 * lost, so it looks every 3 s as well, and from every 5 ms to every 250 ms while none are heard.
 */
export class HeadWatch {
  private readonly waiters = new Set<Waiter>();
  private readonly nap = new Nap();
  private intervalMs = POLL_MIN_MS;
  private watching = false;

  constructor(
    private readonly tail: DataSource,
    private readonly wakeUps: WakeUps,
  ) {}

  /** Resolves when a shard has gone beyond what was seen of it, when `waitMs` have passed, or when aborted. */
  async wait(seen: ReadonlyMap<number, number>, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (waitMs <= 0 || signal?.aborted === true) return;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.waiters.delete(waiter);
        // The watch ends with its last waiter.
        if (this.waiters.size === 0) this.nap.call();
        resolve();
      };
      const waiter: Waiter = {
        seen,
        resolve: done,
        reject: (error) => {
          done();
          reject(error);
        },
      };
      const timer = setTimeout(done, waitMs);
      signal?.addEventListener('abort', done, { once: true });
      this.waiters.add(waiter);
      // The log may have grown since the waiter looked.
      this.nap.call();
      if (!this.watching) void this.watch();
    });
  }

  private async watch(): Promise<void> {
    this.watching = true;
    const stopListening = this.wakeUps.on('log', () => {
      this.intervalMs = POLL_MIN_MS;
      this.nap.call();
    });
    try {
      while (this.waiters.size > 0) await this.look();
    } finally {
      this.watching = false;
      stopListening();
    }
  }

  private async look(): Promise<void> {
    this.nap.answer();
    try {
      const { head } = await readHead(this.tail);
      const positions = new Map(head.map(({ shard, position }) => [shard, position]));
      const satisfied = [...this.waiters].filter(({ seen }) => [...seen].some(([shard, at]) => (positions.get(shard) ?? 0) > at));
      for (const waiter of satisfied) waiter.resolve();
      this.intervalMs = satisfied.length > 0 ? POLL_MIN_MS : Math.min(POLL_MAX_MS, this.intervalMs * 2);
    } catch (error) {
      for (const waiter of [...this.waiters]) waiter.reject(error);
    }
    if (this.waiters.size > 0) await this.nap.take(this.wakeUps.isHearing ? LOOK_MS : this.intervalMs);
  }
}
