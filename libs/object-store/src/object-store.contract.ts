import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isDomainError } from '@caseledger/errors';
import { InvalidObjectKey } from './object.key.js';
import type { ObjectStore } from './object.store.js';

/** One guarantee of the port and the check that can fail. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

type Check = (store: ObjectStore) => Promise<void>;

/**
 * What every adapter guarantees, written once. A spec registers each case:
 * `for (const { name, run } of objectStoreContract('folder', makeStore)) it(name, run)`.
 * @param makeStore a store that is empty below `tenants/contract/`, a new one for each case.
 */
export function objectStoreContract(name: string, makeStore: () => Promise<ObjectStore>): ContractCase[] {
  return Object.entries(GUARANTEES).map(([guarantee, check]) => ({
    name: `${name}: ${guarantee}`,
    run: async () => check(await makeStore()),
  }));
}

const GUARANTEES: Record<string, Check> = {
  'gives back what was put, with its size and SHA-256': givesBack,
  'takes a body as a stream': takesStream,
  'reads ranges, cut at the end of the object': readsRanges,
  'keeps an empty object': keepsEmpty,
  'replaces an object as a whole': replaces,
  'with ifNoneMatch leaves what is there': leavesWhatIsThere,
  'lets exactly one of 20 racing ifNoneMatch puts win': racesOnce,
  'shows nothing of a put whose body fails': hidesFailedPut,
  'answers NOT_FOUND for a key that is not there, and undefined from head': missing,
  'deletes, and deletes again without error': deletes,
  'lists by prefix in order of bytes, page by page': lists,
  'keeps an object and the objects below its name apart': keepsNamesApart,
  'refuses keys that could leave their tenant or the store': refusesKeys,
};

const KEY = 'tenants/contract/files/a1';

async function givesBack(store: ObjectStore): Promise<void> {
  const body = bytes(300_000);
  const put = await store.put(KEY, body, { contentType: 'application/octet-stream' });
  assert.deepEqual(put, { size: body.length, sha256: sha256(body), existed: false });
  assert.ok((await collect(await store.get(KEY))).equals(body));
  assert.ok((await store.read(KEY)).equals(body));
  assert.equal((await store.head(KEY))?.size, body.length);
}

async function takesStream(store: ObjectStore): Promise<void> {
  const parts = [bytes(70_000), bytes(1), bytes(0), bytes(130_000)];
  const put = await store.put(KEY, streamOf(parts));
  assert.equal(put.sha256, sha256(Buffer.concat(parts)));
  assert.ok((await store.read(KEY)).equals(Buffer.concat(parts)));
}

async function readsRanges(store: ObjectStore): Promise<void> {
  const body = bytes(10_000);
  await store.put(KEY, body);
  assert.ok((await store.read(KEY, { offset: 100, length: 50 })).equals(body.subarray(100, 150)));
  assert.ok((await store.read(KEY, { offset: 9_990, length: 500 })).equals(body.subarray(9_990)));
  assert.ok((await store.read(KEY, { offset: 9_000 })).equals(body.subarray(9_000)));
  assert.equal((await store.read(KEY, { offset: 20_000, length: 5 })).length, 0);
  assert.equal((await store.read(KEY, { offset: 3, length: 0 })).length, 0);
}

async function keepsEmpty(store: ObjectStore): Promise<void> {
  await store.put(KEY, Buffer.alloc(0));
  assert.equal((await store.head(KEY))?.size, 0);
  assert.equal((await store.read(KEY)).length, 0);
  assert.equal((await collect(await store.get(KEY))).length, 0);
}

async function replaces(store: ObjectStore): Promise<void> {
  await store.put(KEY, bytes(5_000));
  await store.put(KEY, Buffer.from('new'));
  assert.equal((await store.read(KEY)).toString(), 'new');
}

async function leavesWhatIsThere(store: ObjectStore): Promise<void> {
  assert.equal((await store.put(KEY, Buffer.from('first'), { ifNoneMatch: true })).existed, false);
  const second = await store.put(KEY, Buffer.from('second'), { ifNoneMatch: true });
  assert.deepEqual(second, { size: 6, sha256: sha256(Buffer.from('second')), existed: true });
  assert.equal((await store.read(KEY)).toString(), 'first');
}

async function racesOnce(store: ObjectStore): Promise<void> {
  const racers = Array.from({ length: 20 }, (_, index) => Buffer.from(`racer ${index}`));
  const results = await Promise.all(racers.map((body) => store.put(KEY, body, { ifNoneMatch: true })));
  const winners = racers.filter((_, index) => results[index]?.existed === false);
  assert.equal(winners.length, 1);
  assert.equal((await store.read(KEY)).toString(), winners[0]?.toString());
}

async function hidesFailedPut(store: ObjectStore): Promise<void> {
  async function* cut(): AsyncGenerator<Buffer> {
    yield bytes(100_000);
    throw new Error('connection cut');
  }
  await assert.rejects(store.put(KEY, cut()), /connection cut/);
  assert.equal(await store.head(KEY), undefined);
  assert.deepEqual((await store.list('tenants/contract/', { limit: 10 })).keys, []);
}

async function missing(store: ObjectStore): Promise<void> {
  const isNotFound = (error: unknown): boolean => isDomainError(error) && error.code === 'NOT_FOUND';
  await assert.rejects(store.get(KEY), isNotFound);
  await assert.rejects(store.read(KEY), isNotFound);
  assert.equal(await store.head(KEY), undefined);
}

async function deletes(store: ObjectStore): Promise<void> {
  await store.put(KEY, Buffer.from('x'));
  await store.delete(KEY);
  assert.equal(await store.head(KEY), undefined);
  await store.delete(KEY);
  await store.delete('tenants/contract/never/was');
}

async function lists(store: ObjectStore): Promise<void> {
  const names = ['rows/1', 'rows/10', 'rows/2', 'rows-b/1', 'rows.c', 'rows/2/x', 'rows0', 'other/1'];
  for (const name of names) await store.put(`tenants/contract/${name}`, Buffer.from(name));
  const expected = names
    .filter((name) => name.startsWith('rows'))
    .map((name) => `tenants/contract/${name}`)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

  const found: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < 20; page += 1) {
    const answer = await store.list('tenants/contract/ro', after === undefined ? { limit: 2 } : { after, limit: 2 });
    assert.ok(answer.keys.length <= 2);
    found.push(...answer.keys);
    after = answer.next;
    if (after === undefined) break;
  }
  assert.deepEqual(found, expected);
  assert.deepEqual((await store.list('tenants/contract/rows/', { limit: 100 })).keys, expected.filter((key) => key.includes('/rows/')));
  assert.deepEqual((await store.list('tenants/nobody/', { limit: 5 })).keys, []);
}

async function keepsNamesApart(store: ObjectStore): Promise<void> {
  await store.put('tenants/contract/plan', Buffer.from('object'));
  await store.put('tenants/contract/plan/1', Buffer.from('below'));
  assert.equal((await store.read('tenants/contract/plan')).toString(), 'object');
  assert.equal((await store.read('tenants/contract/plan/1')).toString(), 'below');
}

async function refusesKeys(store: ObjectStore): Promise<void> {
  const hostile = [
    '', '/', 'tenants', 'tenants/', 'tenants/a', 'tenants/a/', 'files/a/b', '/tenants/a/b', 'tenants//b', 'tenants/a//b', 'tenants/../b/c',
    'tenants/a/../b', 'tenants/a/./b', 'tenants/a/..', 'tenants/a/b\0c', 'tenants/a/b\\c', 'tenants/a/é', 'tenants/a/ b', 'tenants/a/b@',
    'tenants/a/.hidden', `tenants/a/${'x'.repeat(300)}`, `tenants/a/${'x/'.repeat(600)}y`,
  ];
  for (const key of hostile) {
    for (const use of [store.put(key, Buffer.from('x')), store.get(key), store.read(key), store.head(key), store.delete(key)]) {
      await assert.rejects(use, InvalidObjectKey, `accepted ${JSON.stringify(key)}`);
    }
  }
  for (const prefix of ['', '/', 'tenant', 'tenants/../x', 'tenants/a/.parts', 'tenants//', 'tenants/a\0']) {
    await assert.rejects(store.list(prefix, { limit: 1 }), InvalidObjectKey, `listed ${JSON.stringify(prefix)}`);
  }
}

/** Bytes that repeat with no power of two, so that a piece in the wrong place shows. */
function bytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 7)) % 251));
}

async function* streamOf(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
