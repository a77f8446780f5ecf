import fc from 'fast-check';
import { fairShare } from './fair-share.js';

describe('fairShare', () => {
  it('gives one member everything and a stranger nothing', () => {
    expect(fairShare(['a'], 'a', 12)).toBe(12);
    expect(fairShare(['a'], 'b', 12)).toBe(0);
  });

  it('gives out every partition, and no member more than one more than another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 100 }), (ids, partitions) => {
        const members = [...ids].sort();
        const shares = members.map((member) => fairShare(members, member, partitions));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(partitions);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
