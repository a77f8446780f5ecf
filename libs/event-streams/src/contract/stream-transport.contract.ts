import { deliveryContract } from './delivery.contract.js';
import { membershipContract } from './membership.contract.js';
import { poisonContract, unknownTypeContract } from './poison.contract.js';
import type { MakeHarness } from './stream-harness.js';

/** What every transport under the runner guarantees; a new one passes it unchanged (CORRECTNESS K12). */
export function streamTransportContract(name: string, makeHarness: MakeHarness): void {
  describe(`a stream over ${name}`, () => {
    deliveryContract(makeHarness);
    membershipContract(makeHarness);
    poisonContract(makeHarness);
    unknownTypeContract(makeHarness);
  });
}
