import { signServiceContext } from '@caseledger/service-kit';
import { DataSource } from 'typeorm';
import { StreamRunner, consume, feedClient, feedTransport } from '../index.js';
import type { MemberSetting } from './feed-harness.js';
import { record } from './tally.js';

/** A member as a process of its own, so that it can be killed and stopped; slow, so that it happens within a batch. */
const [argument = ''] = process.argv.slice(2);
// The spec that starts this process wrote the text.
const { name, databaseUrl, address, secret, leaseMs, topic } = JSON.parse(argument) as MemberSetting;
const database = await new DataSource({ type: 'postgres', url: databaseUrl, installExtensions: false, extra: { max: 4 }, poolErrorHandler: () => undefined }).initialize();
const feed = feedClient(address, () => signServiceContext(secret, 'following'));
const runner = new StreamRunner({
  database,
  transport: feedTransport(() => feed, { leaseMs, waitMs: 200 }),
  consumers: [
    consume({ consumer: 'tally', ...topic, batchMax: 25 }, async (batch, tx) => {
      await record('tally', name, batch, tx);
      process.stdout.write(`${batch.length} `);
      await tx.query('select pg_sleep(0.05)');
    }),
  ],
  logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  member: name,
});
await runner.start();
