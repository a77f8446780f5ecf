import { familyMb, interactiveShare, parseResident, parseStat } from './process-usage.js';

describe('what processes use', () => {
  it('is read behind a name that holds brackets and spaces', () => {
    const stat = '812 (postgres: a) b (c) S 77 812 812 0 -1 4194560 120 900 0 0 250 50 1000 25 20 0 1 0 5132 0 0';
    expect(parseStat(stat)).toEqual({ parent: 77, cpuSeconds: 3, endedCpuSeconds: 10.25 });
  });

  it('counts memory once that a process shares with its children', () => {
    const status = (anon: number, file: number, shmem: number): string => `Name:\tpostgres\nRssAnon:\t${anon} kB\nRssFile:\t  ${file} kB\nRssShmem:\t${shmem} kB\n`;
    const family = [status(2_048, 10_240, 51_200), status(4_096, 8_192, 102_400), ''].map(parseResident);
    expect(family[0]).toEqual({ own: 2, shared: 60 });
    expect(familyMb(family)).toBe(6 + 108);
  });

  it('compares interactive processes with all workers and leaves the database out', () => {
    const usage = new Map([
      ['gateway', { cpuSeconds: 1, peakMb: 90 }],
      ['contacts', { cpuSeconds: 0.5, peakMb: 90 }],
      ['import-worker', { cpuSeconds: 18, peakMb: 300 }],
      ['import-worker-2', { cpuSeconds: 12, peakMb: 300 }],
      ['postgres', { cpuSeconds: 40, peakMb: 400 }],
    ]);
    expect(interactiveShare(usage)).toBeCloseTo(0.05);
  });

  it('is no share of nothing', () => {
    expect(interactiveShare(new Map([['gateway', { cpuSeconds: 1, peakMb: 1 }]]))).toBe(0);
  });
});
