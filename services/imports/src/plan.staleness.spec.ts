import type { targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import { Components } from './file/components.js';
import { singleTarget, type ImportTarget } from './import.target.js';
import { changedSince } from './plan.staleness.js';
import type { Ties } from './plan.ties.js';

const KEY = 'a'.repeat(32);

/** A target whose log stands at a position; it answers that every key it is asked about has changed. */
function targetAt(position: number): { target: ImportTarget; asked: targetsV1.ChangedSinceRequest[] } {
  const asked: targetsV1.ChangedSinceRequest[] = [];
  const own = {
    name: 'contacts',
    positions: async () => ({ positions: [{ shard: 0, position }] }),
    changedSince: async (request: targetsV1.ChangedSinceRequest) => {
      asked.push(request);
      return { records: [], keys: request.keys, positions: [] };
    },
  };
  // Nothing else of it is asked.
  return { target: singleTarget(own as unknown as RowTarget), asked };
}

const positions = [{ target: 'contacts', shard: 0, position: 7 }];
const ties: Ties = { components: new Components(1), numbers: new Int32Array(1), matches: [{ row: 1, keys: [KEY], records: [] }] };

describe('what changed since a plan (PRE-005)', () => {
  it('fetches nothing of the plan where no target has moved', async () => {
    const { target, asked } = targetAt(7);
    const never = () => Promise.reject(new Error('Ties were fetched'));
    await expect(changedSince(target, 't', { positions, ties: never, run: '' })).resolves.toEqual(new Set());
    expect(asked).toEqual([]);
  });

  it('asks for the keys and records of the plan where one has', async () => {
    const { target, asked } = targetAt(8);
    await expect(changedSince(target, 't', { positions, ties: async () => ties, run: '' })).resolves.toEqual(new Set([`key ${KEY}`]));
    expect(asked).toMatchObject([{ keys: [KEY], positions: [{ shard: 0, position: 7 }] }]);
  });
});
