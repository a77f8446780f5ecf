import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 250;

export interface Usage {
  readonly cpuSeconds: number;
  /** Largest resident set seen, in MB. */
  readonly peakMb: number;
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentMb(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return match === null ? 0 : Number(match[1]) / 1024;
}

/** Watches processes by name from now on; `take` answers what each used since and begins anew. */
export function watchUsage(pids: ReadonlyMap<string, number>): { take(): Map<string, Usage>; stop(): void } {
  const started = new Map<string, number>();
  const peaks = new Map<string, number>();
  const sample = (): void => {
    for (const [name, pid] of pids) peaks.set(name, Math.max(peaks.get(name) ?? 0, residentMb(pid)));
  };
  const begin = (): void => {
    peaks.clear();
    for (const [name, pid] of pids) started.set(name, cpuSeconds(pid));
    sample();
  };
  begin();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    take: () => {
      sample();
      const usage = new Map([...pids].map(([name, pid]) => [name, { cpuSeconds: cpuSeconds(pid) - (started.get(name) ?? 0), peakMb: peaks.get(name) ?? 0 }]));
      begin();
      return usage;
    },
    stop: () => clearInterval(timer),
  };
}
