import { cacheMb, stoppedBecause } from './launch.js';

describe('an installation of which one process has ended', () => {
  const told = (flags: { fresh: boolean; split: boolean; bare: boolean; kafka?: boolean }) => stoppedBecause('cases', 'SIGKILL', { logs: 'logs', flags: { kafka: false, ...flags } }).split('\n');

  it('says that everything stops, and how to start it again as it was', () => {
    const [why, what, again] = told({ fresh: false, split: true, bare: false });
    expect(why).toBe('cases ended (SIGKILL); see logs/cases.log');
    expect(what).toContain('The whole installation stops');
    expect(again).toBe('Start it again with: npm start -- --split');
  });

  it('never tells to throw the data away that was just written', () => {
    expect(told({ fresh: true, split: false, bare: false }).at(-1)).toBe('Start it again with: npm start');
    expect(told({ fresh: true, split: true, bare: true }).at(-1)).toBe('Start it again with: npm start -- --split --bare');
    expect(told({ fresh: false, split: false, bare: false, kafka: true }).at(-1)).toBe('Start it again with: npm start -- --kafka');
  });
});

describe('the cache of the embedded database', () => {
  it.each([
    [2_048, 128],
    [8_192, 256],
    [24_106, 512],
  ])('on a machine of %d MB is %d MB', (memory, cache) => expect(cacheMb(memory)).toBe(cache));
});
