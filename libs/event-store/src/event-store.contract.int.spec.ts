import { randomUUID } from 'node:crypto';
import { DomainError } from '@caseledger/errors';
import { uuid7, uuid8 } from './ids.js';
import { SubjectErased, UnknownEvent, WrongExpectedVersion } from './store-errors.js';
import { added, person, tagged } from './spec/people.js';
import { at, storeHarness, type StoreHarness } from './spec/store-harness.js';

/** The manual of the event store: what it does, in the order one meets it. */
describe('the event store', () => {
  let harness: StoreHarness;

  beforeAll(async () => {
    harness = await storeHarness('contract');
  });
  afterAll(() => harness.drop());

  it('passes its boot check', async () => {
    await harness.store.check();
  });

  describe('append', () => {
    it('stores events of a new stream, and they are read back as they were', async () => {
      const { append, store, tenant } = harness;
      const stream = uuid7();
      const actor = randomUUID();
      const { versions } = await append([person([added('Grace Murray'), tagged('vip', { meta: { row: 7 } })], { stream })], {
        actor,
        origin: { kind: 'import', id: 'an-import' },
        correlation: 'a-correlation',
      });
      expect(versions).toEqual(new Map([[stream, 2]]));

      const events = await store.readStream(tenant, stream);
      expect(events.map(({ version, type, schemaVersion }) => ({ version, type, schemaVersion }))).toEqual([
        { version: 1, type: 'PersonAdded', schemaVersion: 1 },
        { version: 2, type: 'PersonTagged', schemaVersion: 1 },
      ]);
      expect(at(events, 0).data).toEqual({ name: 'Grace Murray', email: 'ada@analytical.example', kind: 'INDIVIDUAL' });
      expect(at(events, 1)).toMatchObject({
        tenant,
        stream,
        category: 'person',
        data: { tag: 'vip' },
        meta: { row: 7 },
        erased: false,
        actor,
        origin: { kind: 'import', id: 'an-import' },
        correlation: 'a-correlation',
      });
      expect(Math.abs(at(events, 0).at.getTime() - Date.now())).toBeLessThan(60_000);
    });

    it('takes many streams at once, some new and some not, in any order', async () => {
      const { append, store, tenant } = harness;
      const streams = Array.from({ length: 20 }, () => randomUUID());
      await append(streams.slice(0, 10).map((stream) => person([added()], { stream })));
      const mixed = streams.map((stream, index) =>
        index < 10 ? person([tagged('a'), tagged('b')], { stream, expected: 1 }) : person([added()], { stream }),
      );
      const { versions } = await append(mixed.reverse());
      expect(streams.map((stream) => versions.get(stream))).toEqual(streams.map((_, index) => (index < 10 ? 3 : 1)));
      expect((await store.readStream(tenant, streams[0] ?? '')).map(({ version }) => version)).toEqual([1, 2, 3]);
    });

    it('takes one stream twice, checking the second against the first', async () => {
      const { append, store, tenant } = harness;
      const stream = uuid7();
      await append([person([added()], { stream }), person([tagged('x')], { stream, expected: 1 })]);
      expect(await store.readStream(tenant, stream)).toHaveLength(2);
      await expect(
        append([person([tagged('y')], { stream, expected: 2 }), person([tagged('z')], { stream, expected: 2 })]),
      ).rejects.toThrow(WrongExpectedVersion);
      expect(await store.readStream(tenant, stream)).toHaveLength(2);
    });

    it('stores nothing of any stream when one has another version', async () => {
      const { append, store, tenant } = harness;
      const [one, other] = [uuid7(), uuid7()];
      await append([person([added()], { stream: one })]);
      const failed = append([person([added()], { stream: other }), person([tagged('x')], { stream: one, expected: 4 })]);
      await expect(failed).rejects.toMatchObject({ stream: one, expected: 4, actual: 1, code: 'VERSION_CONFLICT' });
      expect(await store.readStream(tenant, other)).toEqual([]);
    });

    it('refuses a type it does not know, another tenant, ids that are no uuids, and nothing at all', async () => {
      const { append, store, tenant } = harness;
      await expect(append([person([{ type: 'PersonVanished', data: {} }])])).rejects.toThrow(UnknownEvent);
      await expect(append([person([added()], { stream: 'person-1' })])).rejects.toThrow('uuids');
      await expect(append([])).rejects.toThrow('events');
      const foreign = { tenant: randomUUID(), origin: { kind: 'user' as const } };
      await expect(store.transaction(tenant, (tx) => tx.append(foreign, [person()]))).rejects.toThrow('tenant');
    });

    it('keeps a stream in its category', async () => {
      const stream = uuid7();
      await harness.append([person([added()], { stream })]);
      await expect(harness.append([person([tagged('x')], { stream, category: 'case', expected: 'any' })])).rejects.toThrow('category person');
    });

    it('happens once in a transaction', async () => {
      const { store, tenant } = harness;
      const context = { tenant, origin: { kind: 'user' as const } };
      const twice = store.transaction(tenant, async (tx) => {
        await tx.append(context, [person()]);
        await tx.append(context, [person()]);
      });
      await expect(twice).rejects.toThrow('once');
    });
  });

  describe('a transaction', () => {
    it('is stored as a whole or not at all, even when a failure is swallowed', async () => {
      const { store, tenant, append } = harness;
      const [kept, lost] = [uuid7(), uuid7()];
      await append([person([added()], { stream: kept })]);
      const work = store.transaction(tenant, async (tx) => {
        await tx.query("insert into app.person (tenant, id, version, name, tags) values ($1, $2, 1, 'x', '[]')", [tenant, lost]);
        await tx.append({ tenant, origin: { kind: 'user' } }, [person([added()], { stream: kept })]).catch(() => undefined);
      });
      await expect(work).rejects.toThrow(WrongExpectedVersion);
      const { rows } = await store.transaction(tenant, (tx) => tx.query('select 1 from app.person where id = $1', [lost]));
      expect(rows).toEqual([]);
    });

    it('does not take a failed COMMIT for a success', async () => {
      const { store, tenant } = harness;
      const work = store.transaction(tenant, async (tx) => {
        await tx.query('select 1 / 0').catch(() => undefined);
        return 'done';
      });
      await expect(work).rejects.toThrow('rolled back');
    });

    it('reads the versions of the streams it locks, and reads many streams at once', async () => {
      const { store, tenant, append } = harness;
      const [one, two, none] = [uuid7(), uuid7(), uuid7()];
      await append([person([added(), tagged('x')], { stream: one }), person([added()], { stream: two })]);
      await store.transaction(tenant, async (tx) => {
        expect(await tx.lockStreams([two, one, none])).toEqual(new Map([[one, 2], [two, 1]]));
        const read = await tx.readStreams([one, none, two]);
        expect([...read].map(([stream, events]) => [stream, events.length]).sort()).toEqual([[one, 2], [two, 1]].sort());
        expect(await tx.readStream(one, { fromVersion: 2 })).toHaveLength(1);
        expect(await tx.readStream(one, { toVersion: 1 })).toHaveLength(1);
      });
    });

    it('ends at its deadline, and its connection is not used again', async () => {
      const { store, tenant } = harness;
      const slow = store.transaction(tenant, (tx) => tx.query('select pg_advisory_xact_lock(1), pg_sleep(20)'), { deadlineMs: 150 });
      await expect(slow).rejects.toMatchObject({ name: 'DeadlineExceeded' });
      await store.transaction(tenant, (tx) => tx.query('select pg_advisory_xact_lock(1)'), { deadlineMs: 5_000 });
    });
  });

  describe('an idempotency key (API-004, RST-002)', () => {
    it('gives the stored answer to a repetition, and the work is done once', async () => {
      const { store, tenant } = harness;
      let runs = 0;
      const request = { name: 'Ada', tags: ['a', 'b'] };
      const run = (key: string) =>
        store.transaction(tenant, (tx) =>
          tx.once(key, request, async () => {
            runs += 1;
            const stream = uuid7();
            await tx.append({ tenant, origin: { kind: 'api' } }, [person([added()], { stream })]);
            return { stream, list: [1, null, 'x'] };
          }),
        );
      const first = await run('key-1');
      const second = await run('key-1');
      expect(first.replayed).toBe(false);
      expect(second).toEqual({ result: first.result, replayed: true });
      expect(runs).toBe(1);
      expect((await run('key-2')).result.stream).not.toBe(first.result.stream);
    });

    it('is refused with other data (E7), and nothing is appended', async () => {
      const { store, tenant } = harness;
      const stream = uuid7();
      await store.transaction(tenant, (tx) => tx.once('key-3', { a: 1 }, async () => 'first'));
      const other = store.transaction(tenant, (tx) =>
        tx.once('key-3', { a: 2 }, async () => {
          await tx.append({ tenant, origin: { kind: 'api' } }, [person([added()], { stream })]);
          return 'second';
        }),
      );
      await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
      expect(await store.readStream(tenant, stream)).toEqual([]);
    });

    it('is refused when it is longer than a key is kept', async () => {
      const { store, tenant } = harness;
      const key = 'k'.repeat(256);
      await expect(store.transaction(tenant, (tx) => tx.once(key, {}, async () => 1))).rejects.toMatchObject({ code: 'TEXT_TOO_LONG', field: 'idempotencyKey' });
      await expect(store.transaction(tenant, (tx) => tx.once(key.slice(1), {}, async () => 1))).resolves.toEqual({ result: 1, replayed: false });
    });

    it('takes the order of a request’s keys for nothing, and belongs to its tenant', async () => {
      const { store, tenant } = harness;
      await store.transaction(tenant, (tx) => tx.once('key-4', { a: 1, b: 2 }, async () => 1));
      const again = await store.transaction(tenant, (tx) => tx.once('key-4', { b: 2, a: 1 }, async () => 2));
      expect(again).toEqual({ result: 1, replayed: true });
      const elsewhere = await store.transaction(randomUUID(), (tx) => tx.once('key-4', { other: true }, async () => 3));
      expect(elsewhere).toEqual({ result: 3, replayed: false });
    });

    it('is free again when its work failed', async () => {
      const { store, tenant } = harness;
      const failing = store.transaction(tenant, (tx) => tx.once('key-5', {}, () => Promise.reject(new DomainError('validation', 'NAME_INCOMPLETE'))));
      await expect(failing).rejects.toThrow(DomainError);
      const again = await store.transaction(tenant, (tx) => tx.once('key-5', {}, async () => 'now'));
      expect(again).toEqual({ result: 'now', replayed: false });
    });

    it('that is old is free again', async () => {
      const { store, tenant } = harness;
      await store.transaction(tenant, (tx) => tx.once('key-6', {}, async () => 'old'));
      await store.transaction(tenant, (tx) => tx.query("update es.idempotency set at = at - interval '25 hours' where key = 'key-6'"));
      const later = await store.transaction(tenant, (tx) => tx.once('key-6', { other: 1 }, async () => 'new'));
      expect(later).toEqual({ result: 'new', replayed: false });
    });
  });

  describe('a person’s data (DESIGN 23)', () => {
    it('are sealed in the database, and what is not personal is not', async () => {
      const { append, tail } = harness;
      const stream = uuid7();
      await append([person([added('Wilhelmina Quibble')], { stream })]);
      const rows: { text: string; data: unknown }[] = await tail.query('select e::text as text, data from es.event e where stream = $1', [stream]);
      expect(rows[0]?.data).toEqual({ kind: 'INDIVIDUAL' });
      expect(rows[0]?.text).not.toContain(Buffer.from('Wilhelmina').toString('hex'));
      expect(rows[0]?.text).not.toContain('Wilhelmina');
    });

    it('can no longer be read once the salt is gone; everything else can, and the chain holds', async () => {
      const { append, store, tenant, vault } = harness;
      const [erased, other] = [uuid7(), uuid7()];
      await append([person([added('Gone Tomorrow'), tagged('t')], { stream: erased }), person([added('Stays')], { stream: other })]);
      await vault.erase(tenant, [erased]);
      const [first, second] = await store.readStream(tenant, erased);
      expect(first).toMatchObject({ erased: true, data: { kind: 'INDIVIDUAL' } });
      expect(second).toMatchObject({ erased: false, data: { tag: 't' } });
      expect(at(await store.readStream(tenant, other), 0)).toMatchObject({ erased: false, data: { name: 'Stays' } });
      expect(await store.verify()).toMatchObject({ ok: true });
      await expect(append([person([added()], { stream: erased, expected: 2 })])).rejects.toThrow(SubjectErased);
    });

    it('belong to the subject where that is not the stream', async () => {
      const { append, store, tenant, vault } = harness;
      const [stream, subject] = [uuid7(), uuid7()];
      await append([person([added('A Subject')], { stream, subject })]);
      expect(at(await store.readStream(tenant, stream), 0).data['name']).toBe('A Subject');
      await vault.erase(tenant, [subject]);
      expect(at(await store.readStream(tenant, stream), 0).erased).toBe(true);
    });

    it('cannot be moved to another event', async () => {
      const { append, store, tenant, owner } = harness;
      const stream = uuid7();
      await append([person([added('First Name'), added('Second Name')], { stream, subject: uuid8('one') })]);
      await owner.query('alter table es.event disable trigger append_only');
      await owner.query('alter table es.event no force row level security');
      await owner.query('update es.event a set pii = b.pii from es.event b where a.stream = $1 and b.stream = $1 and a.version = 1 and b.version = 2', [stream]);
      await expect(store.readStream(tenant, stream)).rejects.toThrow();
      await owner.query('alter table es.event force row level security');
      await owner.query('alter table es.event enable trigger append_only');
    });
  });

  it('finds every event of an import, page by page, and no other', async () => {
    const { append, store, tenant } = harness;
    const id = randomUUID();
    const source = { origin: { kind: 'import' as const, id } };
    await append(Array.from({ length: 5 }, () => person([added(), tagged('x')])), source);
    await append([person()]);
    await append(Array.from({ length: 3 }, () => person()), source);
    const first = await store.readBySource(tenant, id, { limit: 9 });
    expect(first.events).toHaveLength(9);
    const second = await store.readBySource(tenant, id, { limit: 9, ...(first.next === undefined ? {} : { after: first.next }) });
    expect(second.events).toHaveLength(4);
    expect(second.next).toBeUndefined();
    const all = [...first.events, ...second.events];
    expect(new Set(all.map((event) => event.id)).size).toBe(13);
    expect(all.every((event) => event.origin.id === id)).toBe(true);
    expect((await store.readBySource(randomUUID(), id, { limit: 9 })).events).toEqual([]);
  });
});
