import { accountantsOf } from './runs.projection.js';

describe('who tells of the outcome of a chunk', () => {
  it.each([
    ['CLIENTS', false, ['contacts']],
    ['CONTACTS', true, ['contacts']],
    ['CASES', false, ['cases']],
    // In a revert each service tells of its own records: a chunk is done when both have.
    ['CASES', true, ['contacts', 'cases']],
  ] as const)('of an import of %s, reverted: %s', (type, ofRevert, targets) => {
    expect(accountantsOf(type, ofRevert)).toEqual(targets);
  });
});
