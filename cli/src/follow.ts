import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Api } from './api.js';
import { CliError, EXIT, type ExitCode } from './cli-error.js';
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
    const now = await importView(api, id);
    if (!passing.includes(now.state)) return now;
    each(now);
    if (interrupted?.aborted === true) throw new CliError(null, `Interrupted; the import ${id} goes on.`, EXIT.interrupted);
    if (Date.now() > deadline) throw new CliError(null, `The import is still ${now.state} after an hour.`);
    await pause(waitMs);
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

/** Follows an import to its end; a socket that breaks goes on with the cursor of the last step. Paused ends it too. */
export async function followImport(context: CliContext, api: Api, id: string): Promise<ImportView> {
  await follow(context, api, 'importProgress', id, 'Importing');
  const item = await importView(api, id);
  if (WAITING.includes(item.state)) context.output.note(`${item.state}${item.code === null ? '' : ` (${item.code})`}: resume with caseledger imports resume ${id}`);
  return item;
}

/** Follows progress steps until the work has ended or waits for a person. */
export async function follow({ output, interrupted }: CliContext, api: Api, field: 'importProgress' | 'revertProgress', id: string, label: string): Promise<void> {
  const client = createClient({
    url: api.address.replace(/^http/, 'ws') + '/graphql',
    webSocketImpl: WebSocket,
    retryAttempts: 2,
    connectionParams: { authorization: `Bearer ${api.bearer}` },
  });
  let cursor: string | undefined;
  try {
    const steps = client.iterate<Record<string, Step>>({
      query: `subscription ($id: ID!, $after: String) { ${field}(id: $id, after: $after) { ${FIELDS} } }`,
      variables: { id, after: cursor },
    });
    const stop = (): void => void steps.return?.();
    interrupted.addEventListener('abort', stop, { once: true });
    for await (const { data, errors } of steps) {
      if (errors !== undefined && errors.length > 0) throw new CliError(String(errors[0]?.extensions?.['code'] ?? 'INTERNAL_ERROR'), errors[0]?.message ?? 'The progress broke off.');
      const step = data?.[field];
      if (step === undefined) continue;
      cursor = step.cursor;
      show(output, label, id, step);
      if (WAITING.includes(step.state)) break;
    }
    interrupted.removeEventListener('abort', stop);
  } catch (thrown) {
    throw socketError(thrown);
  } finally {
    await client.dispose();
  }
  if (interrupted.aborted) throw new CliError(null, `Interrupted; the work goes on. Follow it with: caseledger imports show ${id}`, EXIT.interrupted);
}

function show(output: Output, label: string, id: string, step: Step): void {
  output.line({ event: 'progress', id, state: step.state, done: step.done, total: step.total, cursor: step.cursor });
  const rate = step.ratePerSecond === null ? '' : `${Math.round(step.ratePerSecond)}/s`;
  const left = step.secondsLeft === null ? '' : ` ${step.secondsLeft} s left`;
  output.progress(label, step.done, step.total, `${rate}${left}`, !AT_WORK.includes(step.state));
}

/** graphql-ws rejects with an array of GraphQL errors, a close event or an error; each is told in words. */
function socketError(thrown: unknown): unknown {
  if (thrown instanceof Error) return thrown;
  const first: unknown = Array.isArray(thrown) ? thrown[0] : thrown;
  const message = typeof first === 'object' && first !== null && 'message' in first ? String(first.message) : 'The connection broke off.';
  return new CliError(null, message);
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
