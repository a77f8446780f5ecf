import type { Network } from '@caseledger/testing';
import type { Client } from 'pg';
import type { BenchCompany } from './company.js';
import type { Written } from './database-meter.js';
import { interactiveShare, isWorker, type Usage, type UsageWatch } from './process-usage.js';
import type { Figures } from './results.js';

export interface MeasureOptions {
  readonly rows: number;
  readonly workers: number;
  readonly only: string | undefined;
  say(line: string): void;
}

/** What there is to measure: a started product, a company in it, its server and its processes. */
export interface Measured {
  readonly network: Network;
  readonly company: BenchCompany;
  readonly server: Client;
  readonly usage: UsageWatch;
}

/** Takes one network's figures. Those with more than one worker carry the number in their ids. */
export class NetworkMeter {
  readonly total = new Map<string, Usage>();
  private readonly suffix: string;

  constructor(
    private readonly usage: UsageWatch,
    private readonly figures: Figures,
    private readonly options: MeasureOptions,
  ) {
    this.suffix = options.workers === 1 ? '' : `-${options.workers}-workers`;
  }

  /** Takes what every process used while the work went on. */
  async phase<T>(name: string, rows: number, work: () => Promise<T>): Promise<T> {
    this.usage.take();
    const result = await work();
    const used = this.usage.take();
    for (const [process, { cpuSeconds, peakMb }] of used) {
      this.add(`cpu-seconds-${process}-${name}`, cpuSeconds, 's');
      this.add(`peak-mb-${process}-${name}`, peakMb, 'MB');
      const known = this.total.get(process) ?? { cpuSeconds: 0, peakMb: 0 };
      this.total.set(process, { cpuSeconds: known.cpuSeconds + cpuSeconds, peakMb: Math.max(known.peakMb, peakMb) });
    }
    const cpuSeconds = [...used.values()].reduce((sum, one) => sum + one.cpuSeconds, 0);
    // Unlike rows per second this hardly depends on what else the machine is doing.
    this.add(`cpu-microseconds-per-row-${name}`, (cpuSeconds * 1_000_000) / rows, 'µs');
    this.add(`worker-peak-mb-${name}`, this.workerPeakMb(used), 'MB');
    this.add(`interactive-cpu-share-${name}`, interactiveShare(used), 'of the CPU of the workers');
    this.say(`  ${[...used].map(([process, { cpuSeconds, peakMb }]) => `${process} ${cpuSeconds.toFixed(1)} s ${Math.round(peakMb)} MB`).join(', ')}`);
    return result;
  }

  workerPeakMb(usage: ReadonlyMap<string, Usage>): number {
    return Math.max(...[...usage].filter(([name]) => isWorker(name)).map(([, { peakMb }]) => peakMb));
  }

  addWritten(into: string, rows: number, written: Written): void {
    this.add(`written-rows-per-row-${into}`, written.rows / rows, 'rows');
    this.add(`grown-bytes-per-row-${into}`, written.grownBytes / rows, 'bytes');
    this.add(`log-bytes-per-row-${into}`, written.logBytes / rows, 'bytes');
  }

  add(id: string, value: number, unit: string): void {
    this.figures.add(`${id}${this.suffix}`, value, unit);
  }

  say(line: string): void {
    this.options.say(line);
  }
}
