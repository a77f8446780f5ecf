import { jest } from '@jest/globals';
import { eventually } from '@caseledger/testing';
import { StreamRunner, consume, type Consumption, type ConsumeOptions, type ConsumerStats, type StreamMessage, type ViewHandler } from '../index.js';
import type { HarnessMember, MakeHarness, StreamHarness } from './stream-harness.js';
import { record, tallyOf } from './tally.js';

// Members come and go in real time; on a loaded machine that takes its while. Every wait of a scene ends before this.
jest.setTimeout(60_000);

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Short waits between tries, so that faults pass quickly. */
const BACKOFF = { firstMs: 5, capMs: 50 };

export interface Player {
  readonly member: HarnessMember;
  readonly runner: StreamRunner;
}

export type PlayerOptions = Partial<Omit<ConsumeOptions, 'consumer' | 'source' | 'topic' | 'partitions'>> & {
  /** Called before the batch is recorded in the view, in the view's transaction. */
  readonly before?: ViewHandler;
  readonly consumer?: string;
};

/** One test's stage: a harness, and the members that take part. */
export class Scene {
  readonly players: Player[] = [];

  private constructor(readonly harness: StreamHarness) {}

  static async open(make: MakeHarness): Promise<Scene> {
    return new Scene(await make());
  }

  /** A member whose consumer records what it gets in the view. */
  async join(name: string, options: PlayerOptions = {}): Promise<Player> {
    const { before, consumer = 'tally', ...rest } = options;
    return this.play(name, ({ source, topic, partitions }) =>
      consume({ consumer, source, topic, partitions, ...rest }, async (batch, tx) => {
        await before?.(batch, tx);
        await record(consumer, name, batch, tx);
      }),
    );
  }

  /** A member with consumers of its own. */
  async play(name: string, ...consumers: ((harness: StreamHarness, member: HarnessMember) => Consumption)[]): Promise<Player> {
    const member = await this.harness.member(name);
    const runner = new StreamRunner({
      database: member.database,
      transport: member.transport,
      consumers: consumers.map((make) => make(this.harness, member)),
      logger: SILENT,
      member: name,
      backoff: BACKOFF,
    });
    const player = { member, runner };
    this.players.push(player);
    await runner.start();
    return player;
  }

  /** Waits until a player's consumers have worked off everything published so far. */
  async caughtUp({ runner }: Player, deadlineMs = 20_000): Promise<void> {
    const heads = await this.harness.heads();
    await runner.waitFor(
      heads.map((head) => ({ ...head, source: this.harness.source })),
      deadlineMs,
    );
  }

  tally({ member }: Player, consumer = 'tally'): Promise<Record<string, number[]>> {
    return tallyOf(member.database, consumer);
  }

  async close(): Promise<void> {
    await Promise.all(this.players.map(({ runner }) => runner.stop(2_000)));
    await this.harness.dispose();
  }
}

/** The counts of a player's first consumer. */
export function statsOf({ runner }: Player): ConsumerStats & { readonly partitions: readonly number[] } {
  const [stats] = runner.stats();
  if (stats === undefined) throw new Error('No consumer');
  return stats;
}

/** Waits until a player holds this many partitions. */
export async function holding(player: Player, partitions: number): Promise<void> {
  await eventually(() => statsOf(player).partitions.length === partitions);
}

/** A door in a handler: closed until opened, and it tells when someone stands before it. */
export class Gate {
  private open: () => void = () => undefined;
  private arrived: (batch: readonly StreamMessage[]) => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => (this.open = resolve));
  readonly reached = new Promise<readonly StreamMessage[]>((resolve) => (this.arrived = resolve));

  readonly pass = async (batch: readonly StreamMessage[]): Promise<void> => {
    this.arrived(batch);
    await this.opened;
  };

  release(): void {
    this.open();
  }
}
