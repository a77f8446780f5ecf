import { readdirSync, readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 1_000;

export interface Usage {
  readonly cpuSeconds: number;
  /** Largest resident memory seen, in MB; what a process shares with its children is counted once. */
  readonly peakMb: number;
}

export interface ProcessTimes {
  readonly parent: number;
  readonly cpuSeconds: number;
  /** Of children that have ended and were waited for. */
  readonly endedCpuSeconds: number;
}

/** Reads one line of `/proc/<pid>/stat`; the name in brackets may hold anything, brackets and spaces too. */
export function parseStat(stat: string): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  const seconds = (first: number): number => ((fields[first] ?? 0) + (fields[first + 1] ?? 0)) / TICKS_PER_SECOND;
  return { parent: fields[1] ?? 0, cpuSeconds: seconds(11), endedCpuSeconds: seconds(13) };
}

interface Sample {
  readonly cpuSeconds: number;
  readonly mb: number;
}

interface Running {
  readonly pid: number;
  readonly times: ProcessTimes;
}

/** A process with all below it: PostgreSQL is one process per connection, and ended ones are counted by their parent. */
function sampleTree(root: number, all: readonly Running[]): Sample {
  const family = all.filter(({ pid }) => pid === root);
  for (const one of family) family.push(...all.filter(({ times }) => times.parent === one.pid));
  const cpu = family.map(({ times }) => times.cpuSeconds + times.endedCpuSeconds);
  return { cpuSeconds: total(cpu), mb: familyMb(family.map(({ pid }) => parseResident(read(`/proc/${pid}/status`) ?? ''))) };
}

function everyProcess(): Running[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    return stat === undefined ? [] : [{ pid: Number(name), times: parseStat(stat) }];
  });
}

/** Resident memory of one process by what it holds, in MB. */
export interface Resident {
  readonly own: number;
  /** Mapped files and shared memory: the same pages in every process of a family. */
  readonly shared: number;
}

/** Reads `/proc/<pid>/status`; nothing of a process that has ended. */
export function parseResident(status: string): Resident {
  const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { own: mb('RssAnon'), shared: mb('RssFile') + mb('RssShmem') };
}

export function familyMb(family: readonly Resident[]): number {
  return total(family.map(({ own }) => own)) + Math.max(0, ...family.map(({ shared }) => shared));
}

/** `undefined` when the process has ended meanwhile. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export interface UsageWatch {
  /** What each process used since the last take, or since the watch began. */
  take(): Map<string, Usage>;
  stop(): void;
}

/** Watches processes by name, each with its children, from now on. */
export function watchUsage(pids: ReadonlyMap<string, number>): UsageWatch {
  const begun = new Map<string, number>();
  const seen = new Map<string, Sample>();
  const sample = (): void => {
    const all = everyProcess();
    for (const [name, pid] of pids) {
      const { cpuSeconds, mb } = sampleTree(pid, all);
      seen.set(name, { cpuSeconds, mb: Math.max(seen.get(name)?.mb ?? 0, mb) });
    }
  };
  const begin = (): void => {
    seen.clear();
    sample();
    for (const [name, { cpuSeconds }] of seen) begun.set(name, cpuSeconds);
  };
  begin();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    take: () => {
      sample();
      const usage = new Map([...seen].map(([name, { cpuSeconds, mb }]) => [name, { cpuSeconds: cpuSeconds - (begun.get(name) ?? 0), peakMb: mb }]));
      begin();
      return usage;
    },
    stop: () => clearInterval(timer),
  };
}

/** Processes that a user waits for, as a share of the CPU of those that import. */
export function interactiveShare(usage: ReadonlyMap<string, Usage>): number {
  const cpuOf = (isWanted: (name: string) => boolean): number => total([...usage].filter(([name]) => isWanted(name)).map(([, one]) => one.cpuSeconds));
  const workers = cpuOf(isWorker);
  return workers === 0 ? 0 : cpuOf((name) => !isWorker(name) && name !== 'postgres') / workers;
}

export function isWorker(name: string): boolean {
  return name.startsWith('import-worker');
}
