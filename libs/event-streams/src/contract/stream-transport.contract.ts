import { jest } from '@jest/globals';
import { deliveryContract } from './delivery.contract.js';
import { membershipContract } from './membership.contract.js';
import { poisonContract, unknownTypeContract } from './poison.contract.js';
import type { MakeHarness } from './stream-harness.js';

/** What every transport under the runner guarantees; a new one passes it unchanged (CORRECTNESS K12). */
export function streamTransportContract(name: string, makeHarness: MakeHarness): void {
  // Members come and go in real time; on a loaded machine that takes its while.
  jest.setTimeout(60_000);
  describe(`a stream over ${name}`, () => {
    deliveryContract(makeHarness);
    membershipContract(makeHarness);
    poisonContract(makeHarness);
    unknownTypeContract(makeHarness);
  });
}
