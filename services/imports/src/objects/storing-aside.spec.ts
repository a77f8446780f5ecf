import type { ManifestEntry } from './manifest.js';
import { StoringAside } from './storing-aside.js';

const entry = (seq: number): ManifestEntry => ({ setId: 's', kind: 'chunk', generation: 1, lane: 0, seq, rows: 1, firstRow: seq, lastRow: seq, sha256: `${seq}` });

function held(seq: number): { readonly promise: Promise<ManifestEntry>; end(): void } {
  let end = (): void => undefined;
  const promise = new Promise<ManifestEntry>((resolve) => {
    end = () => resolve(entry(seq));
  });
  return { promise, end: () => end() };
}

describe('objects stored aside', () => {
  it('are told in the order in which they were added, whichever is stored first', async () => {
    const storing = new StoringAside(2);
    const [first, second] = [held(0), held(1)];
    await storing.add(() => first.promise);
    await storing.add(() => second.promise);
    second.end();
    first.end();
    expect(await storing.all()).toEqual([entry(0), entry(1)]);
  });

  it('wait for room: no more are on their way than allowed', async () => {
    const storing = new StoringAside(2);
    const holds = [held(0), held(1), held(2)];
    const begun: number[] = [];
    const adding = (async () => {
      for (const [seq, hold] of holds.entries()) {
        await storing.add(() => {
          begun.push(seq);
          return hold.promise;
        });
      }
    })();
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1]);
    holds[0]?.end();
    await adding;
    expect(begun).toEqual([0, 1, 2]);
    for (const hold of holds) hold.end();
    expect(await storing.all()).toHaveLength(3);
  });

  it('tell that one could not be stored', async () => {
    const storing = new StoringAside(1);
    await storing.add(() => Promise.reject(new Error('The disk is full')));
    await expect(storing.add(() => Promise.resolve(entry(1)))).rejects.toThrow('The disk is full');
    await expect(storing.all()).rejects.toThrow('The disk is full');
  });
});
