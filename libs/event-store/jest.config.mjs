import preset from '../../jest.preset.mjs';

// The first database of a run waits for the test cluster to start.
export default { ...preset, displayName: 'event-store', testTimeout: 60_000 };
