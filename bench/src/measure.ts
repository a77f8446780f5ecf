import { foundCompany, Network } from '@caseledger/testing';
import type { Client } from 'pg';
import { csvPieces, type RowsOptions } from './client-rows.js';
import { BenchCompany } from './company.js';
import { difference, openDatabase, settledWritten, type Written } from './database-meter.js';
import { interactiveShare, isWorker, watchUsage, type Usage, type UsageWatch } from './process-usage.js';
import { rawCopy } from './raw-copy.js';
import type { Figures } from './results.js';

const OPTIONS = { duplicatePolicy: 'UPDATE' };
const MATCHING = 0.2;
const MB = 1024 * 1024;

export interface MeasureOptions {
  readonly rows: number;
  readonly workers: number;
  readonly only: string | undefined;
  say(line: string): void;
}

/** Starts the product anew with so many workers, measures, and stops it. */
export async function measure(options: MeasureOptions, figures: Figures): Promise<void> {
  const { workers, say } = options;
  const network = new Network();
  try {
    await network.start();
    const pids = network.processes();
    for (let number = 2; number <= workers; number += 1) pids.set(`import-worker-${number}`, network.addWorker().pid ?? 0);
    const company = new BenchCompany(network, await foundCompany(network));
    const server = await openDatabase(network, 'postgres');
    const usage = watchUsage(pids);
    say(`${workers} import worker${workers === 1 ? '' : 's'}: ${[...pids].map(([name, pid]) => `${name} ${pid}`).join(', ')}`);
    try {
      await new Measurement(network, company, server, usage, figures, options).all();
    } finally {
      usage.stop();
      await server.end();
    }
  } finally {
    await network.stop();
  }
}

/** One network's figures. Those with more than one worker carry the number in their ids. */
class Measurement {
  private readonly suffix: string;
  private readonly total = new Map<string, Usage>();

  constructor(
    private readonly network: Network,
    private readonly company: BenchCompany,
    private readonly server: Client,
    private readonly usage: UsageWatch,
    private readonly figures: Figures,
    private readonly options: MeasureOptions,
  ) {
    this.suffix = options.workers === 1 ? '' : `-${options.workers}-workers`;
  }

  async all(): Promise<void> {
    const { rows, only = '' } = this.options;
    const ofRun = await this.import('empty', { rows, seed: 11, existing: 0, matching: 0 });
    if (only.includes('empty')) return;
    if (this.suffix === '') await this.copy(ofRun.rate);
    if (only.includes('copy')) return;
    const { id } = await this.import('existing', { rows, seed: 12, existing: rows, matching: MATCHING });
    if (!only.includes('existing')) await this.revert(id);
    this.add('worker-peak-mb', this.workerPeakMb(this.total), 'MB');
    this.add('interactive-cpu-share', interactiveShare(this.total), 'of the CPU of the workers');
  }

  private async import(into: 'empty' | 'existing', rows: RowsOptions): Promise<{ id: string; rate: number }> {
    const { id, bytes, seconds } = await this.company.upload(csvPieces(rows), OPTIONS);
    this.add(`upload-and-analysis-seconds-${into}`, seconds, 's');
    this.say(`${into}: ${rows.rows} rows, ${(bytes / MB).toFixed(1)} MB uploaded and analysed in ${seconds.toFixed(1)} s`);
    const planSeconds = await this.phase(`plan-${into}`, rows.rows, () => this.company.plan(id));
    this.add(`plan-rows-per-second-${into}`, rows.rows / planSeconds, 'rows/s');
    this.say(`${into}: planned in ${planSeconds.toFixed(1)} s, ${Math.round(rows.rows / planSeconds)} rows/s`);
    const before = await settledWritten(this.server);
    const run = await this.phase(`run-${into}`, rows.rows, () => this.company.run(id));
    const rate = rows.rows / run.seconds;
    this.add(`run-rows-per-second-${into}`, rate, 'rows/s');
    this.say(`${into}: run in ${run.seconds.toFixed(1)} s, ${Math.round(rate)} rows/s, ${JSON.stringify(run.counts)}`);
    this.addWritten(into, rows.rows, difference(await settledWritten(this.server), before));
    return { id, rate };
  }

  private async copy(runRate: number): Promise<void> {
    const { rows } = this.options;
    const { seconds, rows: copied, bytes } = await rawCopy(this.network);
    const rate = rows / seconds;
    this.figures.add('copy-rows-per-second', rate, 'rows/s');
    this.figures.add('copy-written-rows-per-row', copied / rows, 'rows');
    this.figures.add('run-vs-copy', runRate / rate, 'of raw COPY');
    this.say(`raw COPY of the same: ${copied} rows, ${(bytes / MB).toFixed(1)} MB in ${seconds.toFixed(1)} s, ${Math.round(rate)} rows/s`);
  }

  private async revert(importId: string): Promise<void> {
    const preview = await this.phase('revert-preview', this.options.rows, () => this.company.previewRevert(importId));
    this.add('revert-preview-records-per-second', preview.records / preview.seconds, 'records/s');
    this.say(`revert: ${preview.records} records previewed in ${preview.seconds.toFixed(1)} s`);
    const seconds = await this.phase('revert-run', this.options.rows, () => this.company.runRevert(preview.id, preview.hash));
    this.add('revert-run-records-per-second', preview.records / seconds, 'records/s');
    this.say(`revert: run in ${seconds.toFixed(1)} s`);
  }

  /** Takes what every process used while the work went on. */
  private async phase<T>(name: string, rows: number, work: () => Promise<T>): Promise<T> {
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

  private workerPeakMb(usage: ReadonlyMap<string, Usage>): number {
    return Math.max(...[...usage].filter(([name]) => isWorker(name)).map(([, { peakMb }]) => peakMb));
  }

  private addWritten(into: string, rows: number, written: Written): void {
    this.add(`written-rows-per-row-${into}`, written.rows / rows, 'rows');
    this.add(`grown-bytes-per-row-${into}`, written.grownBytes / rows, 'bytes');
    this.add(`log-bytes-per-row-${into}`, written.logBytes / rows, 'bytes');
  }

  private add(id: string, value: number, unit: string): void {
    this.figures.add(`${id}${this.suffix}`, value, unit);
  }

  private say(line: string): void {
    this.options.say(line);
  }
}
