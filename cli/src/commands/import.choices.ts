import type { Api, Json } from '../api.js';
import { CliError, EXIT } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { untilSettled, type ImportView } from '../follow.js';
import { answered } from '../prompt.js';

/* What the analysis of a file leaves to its user: header row, sheet, delimiter (ANA-001, ANA-004, ANA-005). */

export interface Choices {
  readonly sheet?: string;
  readonly delimiter?: string;
  readonly headerRow?: string;
}

/** The body of an override; undefined when nothing is chosen. @throws CliError of a slip in the command line */
export function overrideOf({ sheet, delimiter, headerRow }: Choices): Json | undefined {
  if (sheet === undefined && delimiter === undefined && headerRow === undefined) return undefined;
  return {
    ...(sheet === undefined ? {} : { sheet }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(headerRow === undefined ? {} : { headerRow: headerRowOf(headerRow) }),
  };
}

function headerRowOf(text: string): number {
  if (text.toLowerCase() === 'none') return -1;
  const row = Number(text);
  if (!Number.isInteger(row) || row < 1) throw new CliError(null, '--header-row takes the number of a line, counted from 1, or none.', EXIT.usage);
  return row;
}

/**
 * Analyses again as chosen, and asks on a terminal for what is still open. @throws CliError with the code of what is
 * asked and the flag that answers it, when nobody is there to ask.
 */
export async function choose(context: CliContext, api: Api, item: ImportView, choices: Choices): Promise<ImportView> {
  const override = overrideOf(choices);
  let now = override === undefined ? item : await analysed(api, item, override);
  for (let asked = questionOf(now); asked !== undefined; asked = questionOf(now)) {
    if (asked.isHeader) await showFirstRows(context, api, now);
    if (!context.config.interactive) throw new CliError(asked.code, `${now.message ?? ''} ${asked.flag}`);
    const answer = (await answered(context, `${now.message ?? ''} ${asked.offer}: `)).trim();
    if (answer === '') throw new CliError(asked.code, `${now.message ?? ''} ${asked.flag}`);
    now = await analysed(api, now, overrideOf({ ...choices, ...asked.choice(answer) }) ?? {});
  }
  return now;
}

async function analysed(api: Api, { id }: ImportView, override: Json): Promise<ImportView> {
  await api.post(`/api/imports/${id}/analysis`, override);
  return untilSettled(api, id, ['ANALYSING']);
}

interface Question {
  readonly code: string;
  readonly isHeader: boolean;
  /** What can be answered, for a person at the terminal. */
  readonly offer: string;
  /** Which flag answers it, for everyone else. */
  readonly flag: string;
  choice(answer: string): Choices;
}

function questionOf({ state, code, analysis }: ImportView): Question | undefined {
  if (state !== 'MAPPING') return undefined;
  if (code === 'HEADER_NOT_FOUND') {
    const flag = 'Run the same command with --header-row N, or --header-row none when the file has no header.';
    return { code, isHeader: true, offer: 'Its number, or none', flag, choice: (headerRow) => ({ headerRow }) };
  }
  if (code === 'REQUIRED_MISSING') {
    const sheets = (analysis?.sheets ?? []).map(({ name, hidden }) => (hidden ? `"${name}" (hidden)` : `"${name}"`)).join(', ');
    const flag = `Run the same command with --sheet and one of: ${sheets}.`;
    return { code, isHeader: false, offer: `One of ${sheets}`, flag, choice: (sheet) => ({ sheet }) };
  }
  return undefined;
}

const ROWS_SHOWN = 12;

async function showFirstRows({ output }: CliContext, api: Api, { id }: ImportView): Promise<void> {
  const page = (await api.get(`/api/imports/${id}/rows?of=preview&limit=${ROWS_SHOWN}`)) as unknown as { rows: { line: number; cells: { text: string }[] }[] };
  output.line({ event: 'first-rows', id, rows: page.rows.map(({ line, cells }) => ({ line, cells: cells.map(({ text }) => text) })) });
  output.table(['LINE', 'CELLS'], page.rows.map(({ line, cells }) => [String(line), cells.map(({ text }) => text).join(' | ')]));
}
