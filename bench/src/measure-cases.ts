import { casePieces } from './case-rows.js';
import { csvPieces } from './client-rows.js';
import { difference, settledWritten, transactionMark, writtenByTable } from './database-meter.js';
import { onNetwork } from './measure.js';
import { NetworkMeter, type Measured, type MeasureOptions } from './network-meter.js';
import { CASE_TABLES, rawCopy } from './raw-copy.js';
import type { Figures } from './results.js';

/** A contact that a case file names as a client stays as it is. */
const CLIENTS = { duplicatePolicy: 'SKIP' };
const CASES = { duplicatePolicy: 'SKIP', clientDuplicatePolicy: 'SKIP' };
const MATCHING = 0.2;
const REPEATING = 0.1;
const MB = 1024 * 1024;
/** Tables written more seldom than once in so many rows are not told. */
const SELDOM = 100;

/** Starts the product anew with contacts in it, and measures the import of a case file and COPY of what it wrote. */
export function measureCases(options: MeasureOptions, figures: Figures): Promise<void> {
  return onNetwork(options, async (measured) => {
    const { rows, say } = options;
    const { company, server, network } = measured;
    const meter = new NetworkMeter(measured.usage, figures, options);
    const existing = Math.ceil(rows * MATCHING);
    const known = await company.upload(csvPieces({ rows: existing, seed: 21, existing: 0, matching: 0 }), CLIENTS);
    await company.plan(known.id);
    await company.run(known.id);
    say(`cases: ${existing} contacts are there`);

    const id = await planCases(options, measured, meter, existing);
    const before = { sum: await settledWritten(server), tables: await writtenByTable(network, ['contacts', 'cases']) };
    const mark = await transactionMark(server);
    const run = await meter.phase('run-cases', rows, () => company.run(id));
    const rate = rows / run.seconds;
    meter.add('case-run-rows-per-s', rate, 'rows/s');
    say(`cases: run in ${run.seconds.toFixed(1)} s, ${Math.round(rate)} rows/s, ${JSON.stringify(run.counts)}`);
    meter.addWritten('cases', rows, difference(await settledWritten(server), before.sum));
    const after = await writtenByTable(network, ['contacts', 'cases']);
    for (const [table, written] of after) {
      const perRow = (written - (before.tables.get(table) ?? 0)) / rows;
      if (perRow >= 1 / SELDOM) meter.add(`case-written-rows-per-row-${table}`, perRow, 'rows');
    }

    const copy = await rawCopy(network, CASE_TABLES, mark);
    meter.add('case-copy-rows-per-s', rows / copy.seconds, 'rows/s');
    meter.add('case-copy-written-rows-per-row', copy.rows / rows, 'rows');
    meter.add('case-run-vs-copy', (rate * copy.seconds) / rows, 'of raw COPY');
    say(`cases: raw COPY of the same: ${copy.rows} rows, ${(copy.bytes / MB).toFixed(1)} MB in ${copy.seconds.toFixed(1)} s, ${Math.round(rows / copy.seconds)} rows/s`);
  });
}

/** Uploads the case file and plans it. @returns the import's id */
async function planCases({ rows, say }: MeasureOptions, { company }: Measured, meter: NetworkMeter, existing: number): Promise<string> {
  const { id, bytes, seconds } = await company.upload(casePieces({ rows, seed: 22, existing, matching: MATCHING, repeating: REPEATING }), CASES, 'CASES');
  say(`cases: ${rows} rows, ${(bytes / MB).toFixed(1)} MB uploaded and analysed in ${seconds.toFixed(1)} s`);
  const planSeconds = await meter.phase('plan-cases', rows, () => company.plan(id));
  meter.add('case-plan-rows-per-s', rows / planSeconds, 'rows/s');
  say(`cases: planned in ${planSeconds.toFixed(1)} s, ${Math.round(rows / planSeconds)} rows/s`);
  return id;
}
