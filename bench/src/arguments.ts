import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly rows: number;
  /** Figures whose id holds this text; what none of them needs is not measured. */
  readonly only: string | undefined;
  /** Numbers of import workers, one run of the benchmark for each. */
  readonly workers: readonly number[];
}

const ROWS = 100_000;
const ROWS_MAX = 5_000_000;
const WORKERS_MAX = 8;

/** @throws Error that says what is wrong with the arguments. */
export function readArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string' }, only: { type: 'string' }, workers: { type: 'string' } },
  });
  const rows = whole(values.rows ?? String(ROWS), '--rows', ROWS_MAX);
  const workers = (values.workers ?? '1,2').split(',').map((text) => whole(text, '--workers', WORKERS_MAX));
  return { rows, workers, only: values.only };
}

function whole(text: string, name: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) throw new Error(`${name} takes whole numbers from 1 to ${max}.`);
  return value;
}
