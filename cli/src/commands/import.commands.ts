import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Api, Json } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';
import { confirmed } from '../prompt.js';
import { collect } from '../record.input.js';
import { choose, overrideOf, type Choices } from './import.choices.js';
import { countsLine, effectsLine, endLine, exitOf, followImport, untilSettled, type ImportView } from '../follow.js';

const PART_BYTES = 8 * 1024 * 1024;

interface ImportFlags extends Choices {
  readonly type: string;
  readonly map?: string;
  readonly option: readonly string[];
  readonly key?: string;
  readonly planHash?: string;
  readonly yes?: boolean;
}

/** `caseledger import FILE`: upload, analyse, map, plan, show, confirm, run, watch. */
export const importCommands: Register = (program: Command, run) => {
  program
    .command('import')
    .description('Import a file: upload, map, preview, confirm, run')
    .argument('<file>', 'CSV, TSV or XLSX')
    .option('--type <type>', 'clients, contacts or cases', 'clients')
    .option('--map <file>', 'JSON file: {"Column header": "fieldKey", …}; null leaves a column out')
    .option('--option <key=value>', 'an option of the import, such as duplicatePolicy=UPDATE, defaults.source=Referral, caseType="Family Law" or newCaseList=Spring', collect, [])
    .option('--sheet <name>', 'sheet of a workbook')
    .option('--delimiter <character>', 'delimiter of a CSV file')
    .option('--header-row <number>', 'line with the column names, counted from 1; none when there is none')
    .option('--key <text>', 'import key: the same key is the same import, for ever')
    .option('--plan-hash <hash>', 'confirm only the plan with this hash')
    .option('--yes', 'confirm the preview without asking')
    .action(run(importFile));
};

async function importFile(context: CliContext, [file]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const { output } = context;
  const options = flags as unknown as ImportFlags;
  const started = Date.now();
  const api = context.api();
  if (file === undefined) throw new CliError(null, 'Name a file.', EXIT.usage);
  // What the flags say is read before anything is sent: a slip of the pen must not leave an import behind.
  const wanted: Wanted = { targets: options.map === undefined ? new Map() : targetsOf(options.map), options: optionsOf(options.option) };
  overrideOf(options);
  const id = await upload(context, api, file, options);
  let item = await untilSettled(api, id, ['UPLOADING', 'ANALYSING'], context.interrupted);
  if (item.state === 'MAPPING') item = await configured(context, api, item, options, wanted);
  // The failed file of an earlier import becomes a retry of that import (LED-007): it was planned and confirmed there.
  if (item.continuesAs !== null) {
    output.note(`These rows belong to the import ${item.continuesAs}; it tries them again.`);
    return finish(context, await followImport(context, api, item.continuesAs), started);
  }
  if (item.state === 'REJECTED') throw new CliError(item.code ?? 'FILE_CORRUPT', item.message ?? 'The file was refused.');
  if (isEnded(item)) return finish(context, item, started);
  item = await planned(context, api, item);
  const into = await destination(api);
  showPlan(context, item, into);
  if (!(await mayStart(context, item, options, into))) {
    output.note(`Not started. ${later(item)}`);
    return EXIT.refused;
  }
  await api.post(`/api/imports/${item.id}/confirm`, { planHash: item.plan?.hash }, keyed(item, 'confirm'));
  await api.post(`/api/imports/${item.id}/start`, { planHash: item.plan?.hash }, keyed(item, 'start'));
  return finish(context, await followImport(context, api, item.id), started);
}

function isEnded(item: ImportView): boolean {
  return item.endedAt !== null;
}

function finish(context: CliContext, item: ImportView, started: number): ExitCode {
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  endLine(context.output, item, seconds);
  return exitOf(item);
}

async function upload({ output, interrupted }: CliContext, api: Api, file: string, options: ImportFlags): Promise<string> {
  const size = sizeOf(file);
  const sha256 = await digest(file);
  const created = await api.post('/api/imports', {
    type: options.type.toUpperCase(),
    fileName: basename(file),
    sizeBytes: size,
    sha256,
    ...(options.key === undefined ? {} : { importKey: options.key }),
  });
  const id = String(created['id']);
  if (created['state'] !== 'DRAFT' && created['state'] !== 'UPLOADING') return id;
  const held = await heldParts(api, id);
  const handle = await open(file, 'r');
  try {
    const parts = Math.max(1, Math.ceil(size / PART_BYTES));
    for (let part = 1; part <= parts; part += 1) {
      if (interrupted.aborted) throw new CliError(null, `Interrupted; run the same command with --key to go on with ${id}.`, EXIT.interrupted);
      const bytes = Buffer.alloc(Math.min(PART_BYTES, size - (part - 1) * PART_BYTES));
      await handle.read(bytes, 0, bytes.length, (part - 1) * PART_BYTES);
      const hash = createHash('sha256').update(bytes).digest('hex');
      if (held.get(part) !== hash) await api.put(`/api/imports/${id}/file?part=${part}`, bytes, { 'x-content-sha256': hash });
      output.progress('Uploading', part, parts, '');
    }
  } finally {
    await handle.close();
  }
  await api.post(`/api/imports/${id}/file/complete`, { sha256 });
  return id;
}

function sizeOf(file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isFile()) return stat.size;
  } catch {
    // Named below, like anything else that is not a file.
  }
  throw new CliError('NOT_FOUND', `There is no file ${file}.`, EXIT.usage);
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function heldParts(api: Api, id: string): Promise<Map<number, string>> {
  const { parts } = (await api.get(`/api/imports/${id}/file`)) as { parts: { part: number; sha256: string }[] };
  return new Map(parts.map(({ part, sha256 }) => [part, sha256]));
}

interface Wanted {
  readonly targets: ReadonlyMap<string, unknown>;
  readonly options: Json;
}

/** An import whose mapping or options are refused is of no use to this command, unless a key leads back to it. */
async function configured(context: CliContext, api: Api, item: ImportView, options: ImportFlags, wanted: Wanted): Promise<ImportView> {
  try {
    const now = await configure(api, await choose(context, api, item, options), wanted);
    return now.state === 'MAPPING' ? await planned(context, api, now) : now;
  } catch (fault) {
    if (fault instanceof CliError && fault.exit !== EXIT.interrupted && options.key === undefined) await api.post(`/api/imports/${item.id}/discard`).catch(() => undefined);
    throw fault;
  }
}

/** Mapping and options, in this order: each may need the one before. */
async function configure(api: Api, item: ImportView, wanted: Wanted): Promise<ImportView> {
  if (item.state !== 'MAPPING') return item;
  await api.post(`/api/imports/${item.id}/mapping`, { columns: mapped(wanted.targets, item) });
  if (Object.keys(wanted.options).length > 0) await api.post(`/api/imports/${item.id}/options`, wanted.options);
  return untilSettled(api, item.id, []);
}

interface Column {
  readonly column: number;
  readonly header: string;
  readonly target: string;
}

function columnsOf(item: ImportView): Column[] {
  return item.analysis?.columns ?? [];
}

/** The mapping file, as targets by header. */
function targetsOf(path: string): Map<string, unknown> {
  let wanted: unknown;
  try {
    wanted = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CliError(null, `${path} is not a readable JSON file: ${cause instanceof Error ? cause.message : ''}`, EXIT.usage);
  }
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) throw new CliError(null, `${path} must hold an object of headers and field keys.`, EXIT.usage);
  return new Map(Object.entries(wanted));
}

/** What is proposed, except where the mapping file says otherwise; a header that the file does not have is a mistake, not a wish. */
function mapped(targets: ReadonlyMap<string, unknown>, item: ImportView): Json[] {
  const columns = columnsOf(item);
  const unknown = [...targets.keys()].filter((header) => !columns.some((column) => column.header === header));
  if (unknown.length > 0) throw new CliError(null, `The file has no column ${unknown.map(short).join(', ')}.`, EXIT.usage);
  return columns.map(({ column, header, target }) => ({ column, target: targets.has(header) ? String(targets.get(header) ?? '') : target }));
}

/** `duplicatePolicy=UPDATE`, `defaults.source=Referral`, `dateFormat=US`, `dateFormat.3=EU`. */
function optionsOf(given: readonly string[]): Json {
  const options = new Map<string, unknown>();
  const maps = new Map<string, Map<string, string>>();
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw new CliError(null, `--option takes key=value, not ${text}.`, EXIT.usage);
    const [key = '', ...path] = text.slice(0, at).split('.');
    const value = text.slice(at + 1);
    if (key === 'defaults' || key === 'dateFormat') maps.set(key, (maps.get(key) ?? new Map<string, string>()).set(path.join('.') || '*', value));
    else options.set([key, ...path].join('.'), value);
  }
  // Through maps, so that a key such as __proto__ arrives and is refused like any other that is unknown.
  for (const [key, values] of maps) options.set(key, Object.fromEntries(values));
  return Object.fromEntries(options);
}

async function planned({ output, interrupted }: CliContext, api: Api, item: ImportView): Promise<ImportView> {
  if (item.state === 'MAPPING') await api.post(`/api/imports/${item.id}/plan`);
  const now = await untilSettled(api, item.id, ['PLANNING'], interrupted, ({ progress }) => output.progress('Planning', progress.done, progress.total, ''));
  if (now.state === 'AWAITING_CONFIRMATION' || now.state === 'CONFIRMED') return now;
  throw new CliError(now.code ?? 'STATE_NOT_ALLOWED', now.message ?? `The plan could not be made; the import is ${now.state}.`);
}

/** Whose records an import writes, and in whose name: told before it is confirmed. */
interface Destination {
  readonly company: string;
  readonly user: string;
}

async function destination(api: Api): Promise<Destination> {
  const { company, viewer } = (await api.graphql('{ company { name } viewer { email } }')) as { company: { name: string }; viewer: { email: string } };
  return { company: company.name, user: viewer.email };
}

function showPlan({ output }: CliContext, item: ImportView, { company, user }: Destination): void {
  output.line({ event: 'plan', company, user, id: item.id, planHash: item.plan?.hash, counts: item.plan?.counts, effects: item.plan?.effects, ignoredColumns: item.plan?.ignoredColumns });
  output.say(`Preview of ${item.file?.name ?? ''} into ${company} as ${user}: ${countsLine(item.plan?.counts)}`);
  const effects = effectsLine(item.plan?.effects ?? {});
  if (item.type === 'CASES' && effects !== '') output.say(`Of cases and their contacts: ${effects}`);
  const ignored = item.plan?.ignoredColumns ?? [];
  if (ignored.length > 0) output.say(`${ignored.length} columns holding data will not be imported: ${ignored.map(short).join(', ')}`);
  output.say(`Plan ${item.plan?.hash ?? ''}. Rows: caseledger imports rows ${item.id} --plan`);
}

/** A header may be as long as a cell; on a screen its beginning is enough. */
function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** There is no way round a confirmation (PRE-001): asked on a terminal, given by --yes or --plan-hash elsewhere. */
async function mayStart(context: CliContext, item: ImportView, options: ImportFlags, { company, user }: Destination): Promise<boolean> {
  if (options.planHash !== undefined) {
    if (options.planHash === item.plan?.hash) return true;
    throw new CliError('PLAN_STALE', `The plan's hash is ${item.plan?.hash ?? 'unknown'}, not ${options.planHash}.`);
  }
  if (options.yes === true) return true;
  return confirmed(context, `Import ${item.plan?.counts.read ?? 0} rows into ${company} as ${user}?`, `Give --yes. ${later(item)}`);
}

function later({ id, plan }: ImportView): string {
  return `Confirm this preview later with: caseledger imports start ${id} --plan-hash ${plan?.hash ?? ''}`;
}

function keyed(item: ImportView, step: string): Record<string, string> {
  return { 'idempotency-key': `${step}:${item.id}:${item.plan?.hash ?? ''}` };
}
