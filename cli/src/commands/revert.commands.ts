import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Api } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';
import { follow, watched } from '../follow.js';
import { typed } from '../prompt.js';

interface RevertView {
  readonly id: string;
  readonly importId: string;
  readonly kind: string;
  readonly state: string;
  readonly hash: string | null;
  readonly records: number;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly code: string | null;
}

const POLL_MS = 100;
const POLL_MS_MAX = 1_000;
const PREVIEW_MS = 600_000;

/** `caseledger revert IMPORT` and `caseledger restore REVERT`: preview, confirmation, run. */
export const revertCommands: Register = (program: Command, run) => {
  const flags = (command: Command): Command =>
    command
      .option('--created <policy>', 'records created and edited since: keep, strip or archive', 'keep')
      .option('--preview', 'show the preview and stop')
      .option('--preview-hash <hash>', 'confirm only the preview with this hash')
      .option('--yes', 'confirm the preview without asking');
  flags(program.command('revert').description('Take an import back; later edits stay').argument('<import>')).action(
    run((context, [id], options) =>
      take(context, options, (api) => api.post(`/api/imports/${encodeURIComponent(id ?? '')}/revert`, { createdPolicy: String(options['created']).toUpperCase() })),
    ),
  );
  flags(program.command('restore').description('Take a revert back').argument('<revert>')).action(
    run((context, [id], options) => take(context, options, (api) => api.post(`/api/reverts/${encodeURIComponent(id ?? '')}/restore`))),
  );
};

async function take(context: CliContext, options: Record<string, unknown>, preview: (api: Api) => Promise<unknown>): Promise<ExitCode> {
  const api = context.api();
  const { output } = context;
  const asked = (await preview(api)) as RevertView;
  const ready = await previewed(api, asked.id, context.interrupted);
  output.line({ event: 'preview', ...ready });
  output.say(`Preview: ${countsLine(ready)}`);
  output.say('A revert cannot take back messages already sent, links already opened, or files already downloaded or exported.');
  if (options['preview'] === true) {
    await showRecords(context, api, ready.id);
    return EXIT.done;
  }
  if (!(await confirmedOrCancelled(context, api, ready, options))) {
    output.note('Not confirmed; nothing was changed.');
    return EXIT.refused;
  }
  await api.post(`/api/reverts/${ready.id}/confirm`, { previewHash: ready.hash }, { 'idempotency-key': `revert:${ready.id}:${ready.hash ?? ''}` });
  const isRestore = ready.kind === 'RESTORE';
  const work = { what: `${isRestore ? 'restore' : 'revert'} ${ready.id}`, importId: ready.importId };
  await follow(context, api, { field: 'revertProgress', id: ready.id, label: isRestore ? 'Restoring' : 'Reverting', work });
  const done = (await watched(api.get(`/api/reverts/${ready.id}`), work)) as unknown as RevertView;
  output.line(done);
  output.say(`${done.state}: ${countsLine(done)}`);
  output.say(`Take it back: caseledger restore ${done.id}`);
  return done.state === 'COMPLETED' || done.state === 'COMPLETED_WITH_CONFLICTS' ? EXIT.done : EXIT.refused;
}

async function previewed(api: Api, id: string, interrupted: AbortSignal): Promise<RevertView> {
  const deadline = Date.now() + PREVIEW_MS;
  for (let waitMs = POLL_MS; ; waitMs = Math.min(waitMs * 1.3, POLL_MS_MAX)) {
    const now = (await api.get(`/api/reverts/${id}`)) as unknown as RevertView;
    if (now.state !== 'PREVIEWING') {
      if (now.hash === null) throw new CliError(now.code ?? 'STATE_NOT_ALLOWED', `The preview could not be made; the revert is ${now.state}.`);
      return now;
    }
    if (interrupted.aborted) throw new CliError(null, 'Interrupted; nothing was changed.', EXIT.interrupted);
    if (Date.now() > deadline) throw new CliError(null, 'The preview is not ready after ten minutes.');
    await pause(waitMs);
  }
}

/** A preview that is not confirmed, for whatever reason, is given up: nobody else is to find it waiting. */
async function confirmedOrCancelled(context: CliContext, api: Api, ready: RevertView, options: Record<string, unknown>): Promise<boolean> {
  let may = false;
  try {
    may = await mayGo(context, ready, options);
  } finally {
    // What the command says of the answer counts more than that the preview could not be given up.
    if (!may) await api.post(`/api/reverts/${ready.id}/cancel`).catch(() => undefined);
  }
  return may;
}

/** REV-002: confirmed by typing the number of records, or by the preview's hash. */
async function mayGo(context: CliContext, ready: RevertView, options: Record<string, unknown>): Promise<boolean> {
  const hash = options['previewHash'];
  if (typeof hash === 'string') {
    if (hash === ready.hash) return true;
    throw new CliError('REVERT_PREVIEW_STALE', `The preview's hash is ${ready.hash ?? 'unknown'}, not ${hash}.`);
  }
  if (options['yes'] === true) return true;
  return typed(context, `Type ${ready.records} to confirm:`, String(ready.records));
}

function countsLine({ counts }: RevertView): string {
  const parts = Object.entries(counts ?? {}).filter(([name, n]) => name !== 'total' && n > 0).map(([name, n]) => `${n} ${name}`);
  return `${counts?.['total'] ?? 0} records: ${parts.length === 0 ? 'nothing to change' : parts.join(', ')}`;
}

async function showRecords({ output }: CliContext, api: Api, id: string): Promise<void> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await api.get(`/api/reverts/${id}/records?limit=500&cursor=${encodeURIComponent(cursor)}`)) as unknown as {
      records: { record: string; kind: string; outcome: string; reason: string | null; changes: { field: string; before: unknown; after: unknown }[] }[];
      cursor: string | null;
      hasMore: boolean;
    };
    for (const record of page.records) {
      output.line(record);
      const changes = record.changes.map(({ field, before, after }) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
      output.say([record.record, record.kind.toLowerCase().padEnd(7), record.outcome.padEnd(9), record.reason ?? '', ...changes].filter((part) => part !== '').join('  '));
    }
    cursor = page.hasMore ? page.cursor : null;
  }
}
