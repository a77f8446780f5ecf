import { Gauge, type Registry } from 'prom-client';
import type { StreamRunner } from './runner.js';
import type { ConsumerStats } from './stats.js';

const COUNTS: Readonly<Record<keyof ConsumerStats, string>> = {
  handled: 'Messages worked off',
  duplicates: 'Messages dropped because they had been worked off before',
  gaps: 'Times that events were missing and had to be fetched from their owner',
  refilled: 'Messages fetched to close gaps',
  fenced: 'Batches not stored because another member was ahead',
  parked: 'Messages parked',
  retries: 'Repeated tries of a batch',
};
const LABELS = ['consumer', 'source', 'topic'];

/** Publishes a runner's counts, lag and parked streams (CORRECTNESS §10); read when the registry is scraped. */
export function registerStreamMetrics(registry: Registry, runner: StreamRunner): void {
  for (const [name, help] of Object.entries(COUNTS)) {
    gauge(registry, `es_consumer_${name}_total`, help, async () =>
      runner.stats().map(({ consumer, source, topic, ...stats }) => ({
        labels: { consumer, source, topic },
        value: Object.entries(stats).reduce((sum, [key, value]) => (key === name && typeof value === 'number' ? value : sum), 0),
      })),
    );
  }
  gauge(registry, 'es_consumer_lag_events', 'Positions between the head of the log and the slowest partition', async () =>
    (await runner.lag()).map(({ consumer, source, topic, lagEvents }) => ({ labels: { consumer, source, topic }, value: lagEvents })),
  );
  gauge(registry, 'es_consumer_lag_seconds', 'Age of the oldest message at work', async () =>
    (await runner.lag()).map(({ consumer, source, topic, lagMs }) => ({ labels: { consumer, source, topic }, value: lagMs / 1_000 })),
  );
  gauge(registry, 'es_consumer_parked_streams', 'Streams that wait for their consumer to be repaired', async () =>
    (await runner.parkedStreams()).map(({ streams, ...labels }) => ({ labels: { ...labels }, value: streams })),
  );
  gauge(registry, 'es_consumer_halted', '1 for a consumer that stopped for good', async () =>
    runner.halted().map(({ consumer, source, topic }) => ({ labels: { consumer, source, topic }, value: 1 })),
  );
}

type Sample = { readonly labels: Record<string, string>; readonly value: number };

function gauge(registry: Registry, name: string, help: string, read: () => Promise<readonly Sample[]>): void {
  const metric = new Gauge({
    name,
    help,
    labelNames: LABELS,
    registers: [registry],
    collect: async () => {
      // A database that is away must not take the other metrics of the process with it.
      const samples = await read().catch(() => []);
      metric.reset();
      for (const { labels, value } of samples) metric.set(labels, value);
    },
  });
}
