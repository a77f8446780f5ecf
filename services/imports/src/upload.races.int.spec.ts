import { holdCommits } from '@caseledger/testing';
import { importsHarness, type ImportsHarness } from './imports.fixture.js';
import { MemoryTarget } from './target.fixture.js';

let harness: ImportsHarness;

beforeAll(async () => {
  harness = await importsHarness('upload-races', async () => new MemoryTarget());
});

afterAll(() => harness.close());

describe('two tries of one import key at the same moment (FIL-007)', () => {
  it('make one import, and both answer it', async () => {
    const { owner } = harness.database;
    if (owner === undefined) throw new Error('The test database has an owner');
    const create = (): Promise<{ id: string; replayed: boolean }> =>
      harness.uploads.create(harness.caller, { type: 'CLIENTS', fileName: 'a.csv', sizeBytes: 10, importKey: 'night', origin: 'FILE' });
    const held = await holdCommits(owner);
    const creating = Promise.allSettled([create(), create()]);
    await held.untilWaiting(2);
    await held.release();
    const both = await creating;
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    const answers = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
  });
});
