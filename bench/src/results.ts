/** One figure, as other programs read it. */
export interface ResultRow {
  /** Stable: figures of different commits are compared by it. */
  readonly id: string;
  /** Middle of the runs. */
  readonly value: number;
  readonly unit: string;
  /** In words; empty when nothing is asked for. */
  readonly target: string;
  /** True where the target is met or there is none. */
  readonly ok: boolean;
  readonly runs: readonly number[];
}

interface Target {
  readonly text: string;
  isMet(value: number): boolean;
}

const atLeast = (least: number): Target => ({ text: `>= ${least}`, isMet: (value) => value >= least });
const below = (most: number): Target => ({ text: `< ${most}`, isMet: (value) => value < most });

/** The part of the benchmark that imports case files. */
export const CASES = 'cases';

/** What issue and design ask for; with more workers, at least the same. */
const TARGETS: readonly (readonly [RegExp, Target])[] = [
  [/^plan-rows-per-second-/, atLeast(5_000)],
  [/^run-rows-per-second-/, atLeast(4_000)],
  [/^case-run-rows-per-s/, atLeast(3_000)],
  [/^interactive-cpu-share/, below(0.1)],
];

/** Whether `--only` asks for a figure: its id holds the text; what is said of case imports belongs to `cases`. */
export function isAskedFor(id: string, only: string | undefined): boolean {
  return only === undefined || id.includes(only) || (only === CASES && id.startsWith('case-'));
}

/** Figures collected under their ids, in the order in which they came. */
export class Figures {
  private readonly taken = new Map<string, { unit: string; runs: number[] }>();

  add(id: string, value: number, unit: string): void {
    const known = this.taken.get(id) ?? { unit, runs: [] };
    known.runs.push(rounded(value));
    this.taken.set(id, known);
  }

  rows(): ResultRow[] {
    return [...this.taken].map(([id, { unit, runs }]) => {
      const value = middle(runs);
      const target = TARGETS.find(([pattern]) => pattern.test(id))?.[1];
      return { id, value, unit, target: target?.text ?? '', ok: target === undefined || target.isMet(value), runs };
    });
  }
}

/** Three digits are what a repeated run confirms at best. */
function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** The figures as lines for a person. */
export function asTable(rows: readonly ResultRow[]): string {
  const width = Math.max(...rows.map(({ id }) => id.length));
  return rows
    .map(({ id, value, unit, target, ok }) => `${id.padEnd(width)}  ${value.toLocaleString('en-GB').padStart(12)} ${unit}${target === '' ? '' : `  (${target}: ${ok ? 'ok' : 'MISSED'})`}`)
    .join('\n');
}
