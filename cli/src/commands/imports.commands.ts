import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Option, type Command } from 'commander';
import type { Api, Json } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';
import { countsCell, countsLine, endLine, exitOf, followImport, importView, lastStep, untilSettled, type ImportView } from '../follow.js';

/** `caseledger imports …` and `caseledger results`. */
export const importsCommands: Register = (program: Command, run) => {
  const imports = program.command('imports').description('Import history and running imports').action(run(list));
  imports.command('list').description('Newest first').option('--state <state>', 'only this state').action(run(list));
  imports.command('show').description('One import, whole').argument('<id>').action(run(show));
  imports.command('history').description('States of an import with their times').argument('<id>').action(run(history));
  imports
    .command('rows')
    .description('Rows of the ledger, or of the plan')
    .argument('<id>')
    .option('--plan', 'as predicted')
    .option('--outcome <outcome>', 'only this outcome')
    .option('--code <code>', 'only rows with this code')
    .option('--attempts', 'every attempt of each row')
    .action(run(rows));
  imports.command('start').description('Confirm a plan by its hash and start it').argument('<id>').requiredOption('--plan-hash <hash>').action(run(start));
  for (const name of ['pause', 'resume', 'cancel', 'discard'] as const) {
    imports.command(name).argument('<id>').action(run((context, [id]) => act(context, id, name)));
  }
  imports
    .command('retry')
    .description('Try failed and held rows again')
    .argument('<id>')
    .option('--rows <numbers>', 'only these rows, separated by commas')
    .option('--code <code>', 'only rows with this code')
    .option('--continue', 'the rows that a cancel left')
    .action(run(retry));
  imports
    .command('decide')
    .description('Decide what becomes of held rows; a retry carries it out')
    .argument('<id>')
    .addOption(new Option('--action <action>', 'what to do with them').choices(['skip', 'update', 'merge', 'create', 'exclude']).makeOptionMandatory())
    .option('--rows <numbers>', 'only these rows, separated by commas; all held ones when left out')
    .option('--record <id>', 'the record to update or merge with')
    .action(run(decide));
  program
    .command('results')
    .description('Download a result file')
    .argument('<id>')
    .addOption(new Option('--result <which>', 'which rows').choices(['succeeded', 'failed', 'not-applied']).default('failed'))
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'xlsx']).default('csv'))
    .option('--out <file>', 'where to write it; - for stdout', '-')
    .action(run(results));
};

function idOf(id: string | undefined): string {
  if (id === undefined) throw new CliError(null, 'Name an import by its id.', EXIT.usage);
  return encodeURIComponent(id);
}

async function list({ output, ...context }: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const table: string[][] = [];
  const filter = typeof flags['state'] === 'string' ? `&state=${encodeURIComponent(flags['state'])}` : '';
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await api.get(`/api/imports?limit=100&cursor=${encodeURIComponent(cursor)}${filter}`)) as unknown as { imports: ImportView[]; cursor: string; hasMore: boolean };
    for (const item of page.imports) {
      output.line(item);
      table.push([item.id, item.createdAt.slice(0, 16), item.state, item.status ?? '', item.file?.name ?? '', countsCell(item.counts), item.revertState === 'NONE' ? '' : item.revertState]);
    }
    cursor = page.hasMore ? page.cursor : null;
  }
  output.table(['ID', 'CREATED', 'STATE', 'STATUS', 'FILE', 'ROWS', 'REVERT'], table);
  return EXIT.done;
}

async function show({ output, ...context }: CliContext, [id]: readonly string[]): Promise<ExitCode> {
  const item = await importView(context.api(), idOf(id));
  output.line(item);
  output.say(`${item.file?.name ?? ''} (${item.type}) ${item.state}${item.status === null ? '' : `, ${item.status}`}`);
  output.say(countsLine(item.endedAt === null ? item.plan?.counts ?? item.counts : item.counts));
  if (item.code !== null) output.say(`${item.code}: ${item.message ?? ''}`);
  if (item.plan !== null) output.say(`Plan ${item.plan.hash}`);
  if (item.revertState !== 'NONE') output.say(`Revert: ${item.revertState}`);
  output.table(['COLUMN', 'TARGET'], (item.analysis?.columns ?? []).map(({ header, target }) => [header, target]));
  return EXIT.done;
}

async function history({ output, ...context }: CliContext, [id]: readonly string[]): Promise<ExitCode> {
  const { timeline } = (await context.api().get(`/api/imports/${idOf(id)}`)) as { timeline: { state: string; at: string; actor: string | null; code: string | null }[] };
  for (const step of timeline) output.line(step);
  output.table(['AT', 'STATE', 'BY', 'CODE'], timeline.map(({ at, state, actor, code }) => [at, state, actor ?? '', code ?? '']));
  return EXIT.done;
}

export interface RowView {
  readonly row: number;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly issues: { code: string; column: string | null; message: string; suggestion: string | null }[];
  readonly changes: { record: string; field: string; before: unknown; after: unknown }[];
  readonly effects: { kind: string; record: string }[];
  readonly match: { record: string } | null;
  readonly heldFor: { who: string; key: string | null; records: string[] }[];
}

async function rows({ output, ...context }: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const query = new URLSearchParams({ limit: '500', of: flags['plan'] === true ? 'plan' : 'ledger' });
  if (typeof flags['outcome'] === 'string') query.set('outcome', flags['outcome'].toUpperCase());
  if (typeof flags['code'] === 'string') query.set('code', flags['code']);
  if (flags['attempts'] === true) query.set('attempts', 'all');
  const api = context.api();
  for (let more = true; more; ) {
    const page = (await api.get(`/api/imports/${idOf(id)}/rows?${query.toString()}`)) as unknown as { rows: RowView[]; cursor: number; hasMore: boolean };
    for (const row of page.rows) {
      output.line(row);
      output.say(rowLine(row));
    }
    query.set('cursor', String(page.cursor));
    more = page.hasMore;
  }
  return EXIT.done;
}

/** A row in one line: what became of it, why, and what it changed. */
export function rowLine({ row, outcome, reason, issues, changes, effects, match, heldFor }: RowView): string {
  const written = effects.find(({ kind }) => kind.startsWith('CASE_')) ?? effects[0];
  const record = written?.record ?? match?.record ?? '';
  const cause = reason !== null && issues.some(({ code }) => code === reason) ? '' : (reason ?? '');
  const why = [...issues.map(told), ...heldFor.map(waitsFor)];
  // Of a case and its contacts in one row, the case is what the row is about.
  const ofRecord = [...changes].sort((one, other) => Number(other.record === record) - Number(one.record === record));
  const what = ofRecord.slice(0, 5).map(({ field, before, after }) => `${field}: ${shown(before)} → ${shown(after)}`);
  return [`${row}`.padStart(7), (outcome ?? 'PENDING').padEnd(9), record, cause, ...why, ...what].filter((part) => part !== '').join('  ');
}

/** An issue in one line, with what could stand there instead unless its message says so already. */
function told({ code, column, message, suggestion }: RowView['issues'][number]): string {
  const line = `${code}${column === null ? '' : ` in ${column}`}: ${message}`;
  return suggestion === null || message.includes(suggestion) ? line : `${line} (${suggestion}?)`;
}

/** Who a record of a held row may be: `Client may be A or B (same email)`. */
function waitsFor({ who, key, records }: RowView['heldFor'][number]): string {
  const same = key === null ? '' : ` (same ${key.toLowerCase().replaceAll('_', ' ')})`;
  return `${who} may be ${records.join(' or ')}${same}`;
}

function shown(value: unknown): string {
  return value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}

async function start(context: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const began = Date.now();
  const planHash = String(flags['planHash']);
  const item = await importView(api, idOf(id));
  if (item.state === 'AWAITING_CONFIRMATION') await api.post(`/api/imports/${item.id}/confirm`, { planHash });
  await api.post(`/api/imports/${item.id}/start`, { planHash });
  return watch(context, api, item.id, began);
}

async function watch(context: CliContext, api: Api, id: string, began: number, after?: string): Promise<ExitCode> {
  const item = await followImport(context, api, id, after);
  endLine(context.output, item, Math.round((Date.now() - began) / 100) / 10);
  return exitOf(item);
}

async function act({ output, ...context }: CliContext, id: string | undefined, name: string): Promise<ExitCode> {
  const api = context.api();
  await api.post(`/api/imports/${idOf(id)}/${name}`);
  const item = await untilSettled(api, idOf(id), name === 'cancel' ? ['CANCELLING'] : [], context.interrupted);
  output.line(item);
  output.say(`${item.state}: ${countsLine(item.counts)}`);
  return EXIT.done;
}

async function retry(context: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const began = Date.now();
  const body: Json = flags['continue'] === true ? { continueCancelled: true } : selection(flags);
  // The bar tells the retry: the steps of the attempts before it are left out.
  const { endedAt } = await importView(api, idOf(id));
  const after = endedAt === null ? undefined : await lastStep(api, idOf(id), context.interrupted);
  await api.post(`/api/imports/${idOf(id)}/retry`, body);
  return watch(context, api, idOf(id), began, after);
}

async function decide({ output, ...context }: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const rows = typeof flags['rows'] === 'string' ? selection(flags) : { reason: 'HELD_FOR_REVIEW' };
  const record = typeof flags['record'] === 'string' ? { record: flags['record'] } : {};
  const item = (await context.api().post(`/api/imports/${idOf(id)}/decisions`, { ...rows, ...record, action: String(flags['action']).toUpperCase() })) as unknown as ImportView;
  output.line(item);
  output.say(item.endedAt === null ? `Decided; look at the new preview: caseledger imports show ${item.id}` : `Decided; carry it out with: caseledger imports retry ${item.id}`);
  return EXIT.done;
}

function selection(flags: Record<string, unknown>): Json {
  if (typeof flags['rows'] === 'string') {
    const numbers = flags['rows'].split(',').map(Number);
    if (numbers.some((row) => !Number.isInteger(row) || row < 1)) throw new CliError(null, '--rows takes row numbers separated by commas.', EXIT.usage);
    return { rows: numbers };
  }
  return typeof flags['code'] === 'string' ? { code: flags['code'] } : {};
}

async function results({ output, ...context }: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const which = String(flags['result']);
  const bytes = await context.api().stream(`/api/imports/${idOf(id)}/results/${encodeURIComponent(which)}?format=${encodeURIComponent(String(flags['format']))}`);
  const out = String(flags['out']);
  await pipeline(Readable.from(bytes), out === '-' ? process.stdout : createWriteStream(out), { end: out !== '-' }).catch((cause: unknown) => {
    throw unwritable(out, cause);
  });
  if (out !== '-') {
    output.line({ file: out, result: which });
    output.say(`Written to ${out}`);
  }
  return EXIT.done;
}

/** A target that cannot be written is the caller's to choose again; a download that broke off stays what it was. */
function unwritable(out: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reasons = new Map([['ENOENT', 'there is no such folder'], ['EACCES', 'not allowed'], ['EISDIR', 'it is a folder'], ['ENOSPC', 'the disk is full'], ['EROFS', 'the disk is read-only']]);
  const reason = reasons.get(code);
  return reason === undefined ? cause : new CliError(null, `${out} cannot be written: ${reason}.`, EXIT.usage);
}
