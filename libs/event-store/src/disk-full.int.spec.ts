import { statSync } from 'node:fs';
import { uuid7 } from './ids.js';
import { added, person } from './spec/people.js';
import { ownCluster, type OwnCluster } from './spec/own-cluster.js';
import { smallDisk, type SmallDisk } from './spec/small-disk.js';
import { ResourceExhausted } from './store-errors.js';

const MEGABYTE = 1_048_576;

describe('E10: a full disk', () => {
  let cluster: OwnCluster;
  let disk: SmallDisk;

  beforeAll(async () => {
    cluster = await ownCluster({ shared_buffers: '32MB' });
    const server = statSync(`/proc/${cluster.pid()}`);
    disk = await smallDisk(6 * MEGABYTE, 3 * MEGABYTE, server);
    const superuser = await cluster.superuser();
    await superuser.query(`create tablespace small location '${disk.dir}'`);
    await superuser.query('alter table es.event set tablespace small');
  }, 60_000);
  afterAll(async () => {
    await cluster.stop();
    disk.remove();
  }, 60_000);

  const acknowledged: string[] = [];

  /** Appends batches of 50 events until the disk is full, at most so many; returns what ended it. */
  const fill = async (batches: number): Promise<unknown> => {
    for (let n = 0; n < batches; n++) {
      const streams = Array.from({ length: 50 }, () => uuid7());
      const appends = streams.map((stream) => person([added('x'.repeat(900))], { stream }));
      try {
        await cluster.store.transaction(cluster.tenant, (tx) => tx.append({ tenant: cluster.tenant, origin: { kind: 'import', id: 'full' } }, appends));
      } catch (error) {
        return error;
      }
      acknowledged.push(...streams);
    }
    return undefined;
  };

  const expectStored = async (): Promise<void> => {
    const { rows } = await cluster.store.transaction(cluster.tenant, (tx) => tx.query<{ stream: string }>('select stream from es.event'));
    expect(new Set(rows.map(({ stream }) => stream))).toEqual(new Set(acknowledged));
    expect(await cluster.store.verify()).toMatchObject({ ok: true, events: acknowledged.length });
  };

  it('is told as such and stores nothing by halves; what was acknowledged outlives a crash; with room it goes on', async () => {
    const full = await fill(500);
    expect(full).toBeInstanceOf(ResourceExhausted);
    expect(full).toMatchObject({ resource: 'disk' });
    expect(acknowledged.length).toBeGreaterThan(500);
    await expectStored();
    expect(await fill(1)).toMatchObject({ resource: 'disk' });

    cluster.kill();
    await cluster.restart();
    await expectStored();
    expect(await fill(1)).toMatchObject({ resource: 'disk' });

    disk.free();
    expect(await fill(10)).toBeUndefined();
    await expectStored();
  }, 120_000);
});
