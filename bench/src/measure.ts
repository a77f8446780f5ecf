import { foundCompany, Network } from '@caseledger/testing';
import { csvPieces, type RowsOptions } from './client-rows.js';
import { BenchCompany } from './company.js';
import { difference, openDatabase, settledWritten } from './database-meter.js';
import { NetworkMeter, type Measured, type MeasureOptions } from './network-meter.js';
import { interactiveShare, watchUsage } from './process-usage.js';
import { CLIENT_TABLES, rawCopy } from './raw-copy.js';
import type { Figures } from './results.js';

const OPTIONS = { duplicatePolicy: 'UPDATE' };
const MATCHING = 0.2;
const MB = 1024 * 1024;

/** Starts the product anew with so many workers, measures client imports, and stops it. */
export function measure(options: MeasureOptions, figures: Figures): Promise<void> {
  return onNetwork(options, (measured) => new Measurement(measured, figures, options).all());
}

/** Starts the product anew with so many workers and a company, and stops it when the work on it has ended. */
export async function onNetwork({ workers, say }: MeasureOptions, work: (measured: Measured) => Promise<void>): Promise<void> {
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
      await work({ network, company, server, usage });
    } finally {
      usage.stop();
      await server.end();
    }
  } finally {
    await network.stop();
  }
}

/** One network's figures of client imports. */
class Measurement {
  private readonly meter: NetworkMeter;

  constructor(
    private readonly measured: Measured,
    private readonly figures: Figures,
    private readonly options: MeasureOptions,
  ) {
    this.meter = new NetworkMeter(measured.usage, figures, options);
  }

  async all(): Promise<void> {
    const { rows, only = '' } = this.options;
    const ofRun = await this.import('empty', { rows, seed: 11, existing: 0, matching: 0 });
    if (only.includes('empty')) return;
    if (this.options.workers === 1) await this.copy(ofRun.rate);
    if (only.includes('copy')) return;
    const { id } = await this.import('existing', { rows, seed: 12, existing: rows, matching: MATCHING });
    if (!only.includes('existing')) await this.revert(id);
    this.meter.add('worker-peak-mb', this.meter.workerPeakMb(this.meter.total), 'MB');
    this.meter.add('interactive-cpu-share', interactiveShare(this.meter.total), 'of the CPU of the workers');
  }

  private async import(into: 'empty' | 'existing', rows: RowsOptions): Promise<{ id: string; rate: number }> {
    const { id, bytes, seconds } = await this.measured.company.upload(csvPieces(rows), OPTIONS);
    this.meter.add(`upload-and-analysis-seconds-${into}`, seconds, 's');
    this.options.say(`${into}: ${rows.rows} rows, ${(bytes / MB).toFixed(1)} MB uploaded and analysed in ${seconds.toFixed(1)} s`);
    const planSeconds = await this.meter.phase(`plan-${into}`, rows.rows, () => this.measured.company.plan(id));
    this.meter.add(`plan-rows-per-second-${into}`, rows.rows / planSeconds, 'rows/s');
    this.options.say(`${into}: planned in ${planSeconds.toFixed(1)} s, ${Math.round(rows.rows / planSeconds)} rows/s`);
    const before = await settledWritten(this.measured.server);
    const run = await this.meter.phase(`run-${into}`, rows.rows, () => this.measured.company.run(id));
    const rate = rows.rows / run.seconds;
    this.meter.add(`run-rows-per-second-${into}`, rate, 'rows/s');
    this.options.say(`${into}: run in ${run.seconds.toFixed(1)} s, ${Math.round(rate)} rows/s, ${JSON.stringify(run.counts)}`);
    this.meter.addWritten(into, rows.rows, difference(await settledWritten(this.measured.server), before));
    return { id, rate };
  }

  private async copy(runRate: number): Promise<void> {
    const { rows } = this.options;
    const { seconds, rows: copied, bytes } = await rawCopy(this.measured.network, CLIENT_TABLES);
    const rate = rows / seconds;
    this.figures.add('copy-rows-per-second', rate, 'rows/s');
    this.figures.add('copy-written-rows-per-row', copied / rows, 'rows');
    this.figures.add('run-vs-copy', runRate / rate, 'of raw COPY');
    this.options.say(`raw COPY of the same: ${copied} rows, ${(bytes / MB).toFixed(1)} MB in ${seconds.toFixed(1)} s, ${Math.round(rate)} rows/s`);
  }

  private async revert(importId: string): Promise<void> {
    const preview = await this.meter.phase('revert-preview', this.options.rows, () => this.measured.company.previewRevert(importId));
    this.meter.add('revert-preview-records-per-second', preview.records / preview.seconds, 'records/s');
    this.options.say(`revert: ${preview.records} records previewed in ${preview.seconds.toFixed(1)} s`);
    const seconds = await this.meter.phase('revert-run', this.options.rows, () => this.measured.company.runRevert(preview.id, preview.hash));
    this.meter.add('revert-run-records-per-second', preview.records / seconds, 'records/s');
    this.options.say(`revert: run in ${seconds.toFixed(1)} s`);
  }
}
