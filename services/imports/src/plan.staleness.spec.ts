import type { targetsV1 } from '@caseledger/contracts';
import type { ImportContext } from './import.context.js';
import { Components } from './file/components.js';
import { changedSince } from './plan.staleness.js';
import type { Ties } from './plan.ties.js';

const KEY = 'a'.repeat(32);

/** A context with one target whose log stands at a position; it answers that every key it is asked about has changed. */
function contextAt(position: number): { context: ImportContext; asked: targetsV1.ChangedSinceRequest[] } {
  const asked: targetsV1.ChangedSinceRequest[] = [];
  const target = {
    name: 'contacts',
    positions: async () => ({ positions: [{ shard: 0, position }] }),
    changedSince: async (request: targetsV1.ChangedSinceRequest) => {
      asked.push(request);
      return { records: [], keys: request.keys, positions: [] };
    },
  };
  // Nothing but its targets is asked.
  return { context: { targets: [target] } as unknown as ImportContext, asked };
}

const positions = [{ target: 'contacts', shard: 0, position: 7 }];
const ties: Ties = { components: new Components(1), numbers: new Int32Array(1), matches: [[{ row: 1, keys: [KEY], records: [] }]] };

describe('what changed since a plan (PRE-005)', () => {
  it('fetches nothing of the plan where no target has moved', async () => {
    const { context, asked } = contextAt(7);
    const never = () => Promise.reject(new Error('Ties were fetched'));
    await expect(changedSince(context, 't', { positions, ties: never, run: '' })).resolves.toEqual(new Set());
    expect(asked).toEqual([]);
  });

  it('asks for the keys and records of the plan where one has', async () => {
    const { context, asked } = contextAt(8);
    await expect(changedSince(context, 't', { positions, ties: async () => ties, run: '' })).resolves.toEqual(new Set([`0 key ${KEY}`]));
    expect(asked).toMatchObject([{ keys: [KEY], positions: [{ shard: 0, position: 7 }] }]);
  });
});
