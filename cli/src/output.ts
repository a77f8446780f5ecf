import { type CliError } from './cli-error.js';

/** What a command prints: JSON lines on stdout with --json, words on stderr, tables on stdout for people. */
export class Output {
  private bar = '';

  constructor(
    readonly json: boolean,
    private readonly out: NodeJS.WriteStream = process.stdout,
    private readonly err: NodeJS.WriteStream = process.stderr,
  ) {}

  /** One JSON line; only with --json. */
  line(value: unknown): void {
    if (this.json) this.out.write(`${JSON.stringify(value)}\n`);
  }

  /** A line for people; not with --json. */
  say(text: string): void {
    if (this.json) return;
    this.clearBar();
    this.out.write(`${text}\n`);
  }

  /** A remark beside the result. */
  note(text: string): void {
    this.clearBar();
    this.err.write(`${text}\n`);
  }

  /** Rows under headers, as wide as their longest cell; cells are cut at 60 characters. */
  table(headers: readonly string[], rows: readonly (readonly string[])[]): void {
    if (this.json) return;
    const all = [headers, ...rows].map((row) => row.map((cell) => (cell.length > 60 ? `${cell.slice(0, 59)}…` : cell)));
    const widths = headers.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
    for (const row of all) this.say(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd());
  }

  /**
   * Progress: a bar that is redrawn on a terminal, one line per tenth when piped. It is full only when the work is over,
   * which may be later than its last row.
   */
  progress(label: string, done: number, total: number, extra: string, isOver = true): void {
    if (this.json) return;
    const share = Math.min(total === 0 ? 0 : done / total, isOver ? 1 : 0.99);
    const text = `${label} ${String(Math.floor(share * 100)).padStart(3)} %  ${done}/${total}  ${extra}`.trimEnd();
    if (this.err.isTTY !== true) {
      const tenth = `${label}${Math.floor(share * 10)}`;
      if (tenth !== this.bar) this.err.write(`${text}\n`);
      this.bar = tenth;
      return;
    }
    const width = Math.max(10, Math.min(40, (this.err.columns ?? 80) - text.length - 4));
    const filled = Math.round(share * width);
    this.err.write(`\r[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${text}\x1b[K`);
    this.bar = text;
  }

  clearBar(): void {
    if (this.bar !== '' && this.err.isTTY === true) this.err.write('\r\x1b[K');
    this.bar = '';
  }

  fail(error: CliError): void {
    this.clearBar();
    if (this.json) {
      this.out.write(`${JSON.stringify({ error: { code: error.code, message: error.message, errors: error.details } })}\n`);
      return;
    }
    this.err.write(`${error.code === null ? '' : `${error.code}: `}${error.message}\n`);
    for (const { field, code, message } of error.details) {
      const repeats = field === '' && code === error.code && (message === '' || message === error.message);
      if (!repeats) this.err.write(`  ${[field, `${code} ${message}`].filter((part) => part !== '').join(': ')}\n`);
    }
  }
}
