import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Api } from './api.js';
import { CliError, EXIT, Unreachable, type ExitCode } from './cli-error.js';
import type { CliContext } from './context.js';
import type { Output } from './output.js';

export interface Counts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly held: number;
}

/** What the command line reads of an import; the rest of the REST object is passed on as it is. */
export interface ImportView {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly status: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly file: { readonly name: string } | null;
  readonly analysis: {
    readonly columns: { readonly column: number; readonly header: string; readonly target: string }[];
    readonly sheets: { readonly name: string; readonly hidden: boolean }[];
  } | null;
  readonly plan: { readonly hash: string; readonly counts: Counts; readonly ignoredColumns: string[]; readonly effects: Readonly<Record<string, number>> } | null;
  readonly counts: Counts;
  readonly progress: { readonly done: number; readonly total: number };
  /** The import that a corrected failed file goes on as. */
  readonly continuesAs: string | null;
  readonly endedAt: string | null;
  readonly createdAt: string;
  readonly revertState: string;
}

/** From quick to once a second: a long plan must not use up the requests of a minute. */
const POLL_MS = 100;
const POLL_MS_MAX = 1_000;
const SETTLE_MS = 3_600_000;

export async function importView(api: Api, id: string): Promise<ImportView> {
  return (await api.get(`/api/imports/${encodeURIComponent(id)}`)) as unknown as ImportView;
}

/** Waits until an import has left these states. */
export async function untilSettled(
  api: Api,
  id: string,
  passing: readonly string[],
  interrupted?: AbortSignal,
  each: (now: ImportView) => void = () => undefined,
): Promise<ImportView> {
  const deadline = Date.now() + SETTLE_MS;
  for (let waitMs = POLL_MS; ; waitMs = Math.min(waitMs * 1.3, POLL_MS_MAX)) {
    const now = await watched(importView(api, id), { what: `import ${id}`, importId: id });
    if (!passing.includes(now.state)) return now;
    each(now);
    if (interrupted?.aborted === true) throw new CliError(null, `Interrupted; the import ${id} goes on.`, EXIT.interrupted);
    if (Date.now() > deadline) throw new CliError(null, `The import is still ${now.state} after an hour.`);
    await pause(waitMs);
  }
}

/** What runs at the gateway, named as in "the import 0198…", and the import that shows how it stands. */
export interface Watched {
  readonly what: string;
  readonly importId: string;
}

/** A gateway that goes away takes nothing with it: what was asked of it goes on there, and can be watched again. */
export async function watched<T>(answer: Promise<T>, { what, importId }: Watched): Promise<T> {
  try {
    return await answer;
  } catch (fault) {
    if (!(fault instanceof Unreachable)) throw fault;
    throw new CliError(null, `${fault.message} The ${what} goes on there, if need be as soon as it is up again. Watch it again with: caseledger imports show ${importId}`);
  }
}

interface Step {
  readonly cursor: string;
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly counts: Counts;
  readonly ratePerSecond: number | null;
  readonly secondsLeft: number | null;
}

const FIELDS = 'cursor state done total counts { read created updated merged unchanged skipped failed held } ratePerSecond secondsLeft';
const WAITING: readonly string[] = ['PAUSED', 'PAUSED_RESOURCE', 'PAUSED_ACCESS'];
/** While its ledger is open an import is not over, even when every row has its outcome (RUN-002). */
const AT_WORK: readonly string[] = ['QUEUED', 'RUNNING', 'CANCELLING', ...WAITING];

/** Follows an import to its end, or until it is paused; from the step `after` where only what comes then is wanted. */
export async function followImport(context: CliContext, api: Api, id: string, after?: string): Promise<ImportView> {
  const work = { what: `import ${id}`, importId: id };
  await follow(context, api, { field: 'importProgress', id, label: 'Importing', work, after });
  const item = await watched(importView(api, id), work);
  if (WAITING.includes(item.state)) context.output.note(`${item.state}${item.code === null ? '' : ` (${item.code})`}: resume with caseledger imports resume ${id}`);
  return item;
}

export interface Followed {
  readonly field: 'importProgress' | 'revertProgress';
  readonly id: string;
  /** Before the bar. */
  readonly label: string;
  readonly work: Watched;
  /** The step to go on from; from the first one when left out. */
  readonly after?: string | undefined;
}

/** Follows progress steps until the work has ended or waits for a person. */
export async function follow(context: CliContext, api: Api, followed: Followed): Promise<void> {
  const { interrupted, output } = context;
  const { work, id, label } = followed;
  await watched(
    eachStep(api, followed, interrupted, (step) => {
      show(output, label, id, step);
      return !WAITING.includes(step.state);
    }),
    work,
  );
  if (interrupted.aborted) throw new CliError(null, `Interrupted; the work goes on. Follow it with: caseledger imports show ${work.importId}`, EXIT.interrupted);
}

/** Where the steps of an import that has ended stop: a retry goes on from there. */
export async function lastStep(api: Api, id: string, interrupted: AbortSignal): Promise<string | undefined> {
  let last: string | undefined;
  const work = { what: `import ${id}`, importId: id };
  await eachStep(api, { field: 'importProgress', id, label: '', work }, interrupted, ({ cursor, state }) => {
    last = cursor;
    return !WAITING.includes(state);
  });
  return last;
}

/** Until there are no more, or `more` says that it has seen enough. @throws Unreachable when the connection is lost for good */
async function eachStep(api: Api, { field, id, after }: Followed, interrupted: AbortSignal, more: (step: Step) => boolean): Promise<void> {
  const client = createClient({
    url: api.address.replace(/^http/, 'ws').replace(/\/$/, '') + '/graphql',
    webSocketImpl: WebSocket,
    retryAttempts: 2,
    connectionParams: { authorization: `Bearer ${api.bearer}` },
  });
  try {
    const steps = client.iterate<Record<string, Step>>({
      query: `subscription ($id: ID!, $after: String) { ${field}(id: $id, after: $after) { ${FIELDS} } }`,
      variables: { id, after },
    });
    const stop = (): void => void steps.return?.();
    interrupted.addEventListener('abort', stop, { once: true });
    for await (const { data, errors } of steps) {
      if (errors !== undefined && errors.length > 0) throw refusal(errors[0]);
      const step = data?.[field];
      if (step !== undefined && !more(step)) break;
    }
    interrupted.removeEventListener('abort', stop);
  } catch (thrown) {
    throw socketError(thrown, api.address);
  } finally {
    await client.dispose();
  }
}

function show(output: Output, label: string, id: string, step: Step): void {
  output.line({ event: 'progress', id, state: step.state, done: step.done, total: step.total, cursor: step.cursor });
  const rate = step.ratePerSecond === null ? '' : `${Math.round(step.ratePerSecond)}/s`;
  const left = step.secondsLeft === null ? '' : ` ${step.secondsLeft} s left`;
  output.progress(label, step.done, step.total, `${rate}${left}`, !AT_WORK.includes(step.state));
}

/** graphql-ws rejects with an array of GraphQL errors where the gateway refused, and with what the socket said otherwise. */
function socketError(thrown: unknown, address: string): unknown {
  if (thrown instanceof CliError) return thrown;
  return Array.isArray(thrown) ? refusal(thrown[0]) : new Unreachable(`The connection to ${address} broke off.`);
}

function refusal(error: unknown): CliError {
  const { message, extensions } = (error ?? {}) as { message?: string; extensions?: Record<string, unknown> };
  return new CliError(String(extensions?.['code'] ?? 'INTERNAL_ERROR'), message ?? 'The progress broke off.');
}

export function countsLine(counts: Counts | undefined): string {
  if (counts === undefined) return 'nothing counted';
  const { read, created, updated, merged, unchanged, skipped, failed, held } = counts;
  const parts = [`${created} created`, `${updated} updated`, `${merged} merged`, `${unchanged} unchanged`, `${skipped} skipped${held > 0 ? ` (${held} held)` : ''}`, `${failed} failed`];
  return `${read} rows: ${parts.join(', ')}`;
}

/** What rows write, counted by kind: a row of a case file writes a case, its client and further contacts. */
export function effectsLine(effects: Readonly<Record<string, number>>): string {
  return Object.entries(effects)
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => `${n} ${kind.toLowerCase().replaceAll('_', ' ')}`)
    .join(', ');
}

/** The last line of an import, for scripts and for people. */
export function endLine(output: Output, item: ImportView, seconds: number): void {
  output.line({ id: item.id, state: item.state, status: item.status, planHash: item.plan?.hash ?? null, seconds, counts: item.counts });
  output.say(`${item.state}: ${countsLine(item.counts)} in ${seconds} s`);
  if (item.counts.failed > 0) output.say(`Failed rows: caseledger results ${item.id} --result failed --out failed.csv`);
  if (item.counts.held > 0) {
    output.say(`Held rows, ${item.counts.held} of them, wait for you: caseledger imports rows ${item.id} --outcome skipped shows them,`);
    output.say(`  caseledger imports decide ${item.id} --action update (or create, merge, skip; --rows 3,5 for some) decides, caseledger imports retry ${item.id} tries them again.`);
  }
  const { created, updated, merged } = item.counts;
  if (created + updated + merged > 0) output.say(`Take it back: caseledger revert ${item.id}`);
}

/** Counts for a table: what is none is left out, so that failed rows are never cut off. */
export function countsCell(counts: Counts): string {
  const { read, created, updated, merged, unchanged, skipped, failed } = counts;
  const named = Object.entries({ failed, skipped, created, updated, merged, unchanged }).filter(([, n]) => n > 0);
  return named.length === 0 ? `${read} rows` : named.map(([name, n]) => `${n} ${name}`).join(', ');
}

/** 3 when rows failed, 1 when the import did not end well, else 0. */
export function exitOf(item: ImportView): ExitCode {
  if (item.state !== 'COMPLETED') return EXIT.refused;
  return item.counts.failed > 0 ? EXIT.failedRows : EXIT.done;
}
