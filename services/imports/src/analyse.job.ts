import type { DomainError, Params } from '@caseledger/errors';
import { isUuid, uuid8, type StoreTransaction } from '@caseledger/event-store';
import { readRows, type ByteSource, type FileFacts } from '@caseledger/tabular';
import { AnalysisGathering, factsOf, mappedColumns, type StoredAnalysis } from './file/analyse.js';
import { chosen, proposeMapping, retryColumns } from './file/mapping.js';
import { encodeRow } from './file/row-objects.js';
import { toRow } from './file/row-reading.js';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { continueAsRetry, finishAnalysis, rejectFile } from './import/import.decider.js';
import { hasEnded, type Import } from './import/import.js';
import { EVERY_FAILED_ROW, type ImportOptions } from './import/import.events.js';
import { startRetry, type StartRetry } from './import/run.decider.js';
import type { JobAtWork, JobHandler } from './job.runner.js';
import { copyFile } from './objects/file-copy.js';
import { readCompany, todayIn } from './projections/company.queries.js';
import { alreadyApplied } from './projections/ledger.queries.js';

/* The job that reads an uploaded file once and stores what it is (ANA-001), or recognises it as a retry (LED-007). */

type Analysing = Exclude<Import, { status: 'NONE' }>;

export function analyseJob(context: ImportContext): JobHandler {
  return {
    kind: 'analyse',
    run: async (job) => {
      const state = await context.commands.load(job.tenant, job.about);
      if (state.status !== 'ANALYSING' || state.file === undefined) return complete(context, job);
      const { sha256 } = state.file;
      const copy = await copyFile(context, { tenant: job.tenant, importId: job.about, sha256 });
      try {
        await analyse(context, job, state, copy.source);
      } finally {
        await copy.remove();
      }
    },
    giveUp: async (job, reason, reference) => {
      const why = reason === undefined ? { code: 'INTERNAL_ERROR', params: { ref: reference } } : reasonOf(reason);
      await context.commands.work(platform(job.tenant), { imports: [job.about] }, async ({ tx, imports: [held] }) => {
        if (held?.state.status === 'ANALYSING') held.add(rejectFile(why, held.state));
        await job.complete(tx);
      });
    },
  };
}

async function analyse(context: ImportContext, job: JobAtWork, state: Analysing, source: ByteSource): Promise<void> {
  const facts = await factsOf(source, state, context.limits, job.signal);
  const retry = await recogniseRetry(context, job, facts, source);
  if (retry !== undefined) return continueRetry(context, job, state, retry);
  const stored = await gather(context, job, facts, source);
  const bytes = Buffer.from(JSON.stringify(stored));
  const { key, sha256 } = await context.objects.put(job.tenant, job.about, 'analysis/facts', bytes);
  await context.commands.work(platform(job.tenant), { imports: [job.about] }, async ({ tx, imports: [held] }) => {
    if (held !== undefined) {
      const asks = facts.question === undefined ? null : reasonOf(facts.question);
      // Letters that stand in for names say nothing about what a column holds.
      const proposal = asks === null ? chosen(proposeMapping(mappedColumns(stored), state.type)) : [];
      const options = await defaultOptions(tx);
      const found = { rows: facts.rows, columns: facts.columns.length, analysisKey: key, analysisSha256: sha256, asks };
      held.add(finishAnalysis({ ...found, proposal, options }, held.state));
    }
    await job.complete(tx);
  });
}

/** Reads the file again as far as needed for the preview and for date orders. */
async function gather(context: ImportContext, job: JobAtWork, facts: FileFacts, source: ByteSource): Promise<StoredAnalysis> {
  const gathering = new AnalysisGathering(facts);
  for await (const rows of readRows(source, facts, { signal: job.signal })) {
    for (const row of rows) gathering.add(row);
    if (gathering.isDone) break;
  }
  const sheet = facts.workbook?.sheet.value ?? '';
  const raw = { importType: 'CLIENTS', defaultCountry: 'US', dateOrders: {}, blankCells: 'KEEP', invalidOptionalValue: 'FAIL' } as const;
  const options = { ...raw, nameCase: 'KEEP', singleName: 'FAIL', couples: 'KEEP', importDay: '', timeZone: 'UTC' } as const;
  const preview = gathering.preview.map((row) => encodeRow(toRow(row, { row: row.row, line: row.line, sheet }, [], options)));
  const { sha256 } = await context.objects.put(job.tenant, job.about, 'analysis/preview', Buffer.concat(preview));
  return { version: 1, facts, dateOrders: gathering.dateOrders(), previewSha256: sha256 };
}

interface RecognisedRetry {
  readonly importId: string;
  readonly rows: readonly number[];
}

/**
 * Whether the file is the corrected failed rows of one import of this company: every row names that import and another
 * of its rows. A file that does so in part only is an import like any other, and its `_` columns are ignored.
 */
async function recogniseRetry(context: ImportContext, job: JobAtWork, facts: FileFacts, source: ByteSource): Promise<RecognisedRetry | undefined> {
  const columns = retryColumns(facts.columns.map(({ name }) => name));
  if (columns === undefined) return undefined;
  const rows = new Set<number>();
  let importId = '';
  for await (const batch of readRows(source, facts, { signal: job.signal })) {
    for (const { cells, blank } of batch) {
      if (blank) continue;
      const named = cells[columns.importColumn]?.text.trim().toLowerCase() ?? '';
      const row = Number(cells[columns.rowColumn]?.text.trim());
      if (importId === '') importId = named;
      if (!isUuid(named) || named !== importId || !Number.isInteger(row) || row < 1 || rows.has(row)) return undefined;
      rows.add(row);
    }
  }
  if (importId === '') return undefined;
  const origin = await context.commands.load(job.tenant, importId);
  const rowsOfFile = origin.status === 'NONE' ? 0 : (origin.analysis?.rows ?? 0);
  // Once its file is gone an import cannot read its rows again: what comes then is an import like any other.
  const isOfIt = hasEnded(origin) && origin.file?.kept === true && [...rows].every((row) => row <= rowsOfFile);
  return isOfIt ? { importId, rows: [...rows] } : undefined;
}

/** Starts the retry of the first import and ends this one, which lives on in it. */
async function continueRetry(context: ImportContext, job: JobAtWork, state: Analysing, retry: RecognisedRetry): Promise<void> {
  const run = uuid8('run', retry.importId, job.about);
  await context.commands.work(platform(job.tenant), { imports: [retry.importId, job.about] }, async ({ tx, imports: [origin, upload] }) => {
    if (origin === undefined || upload === undefined) return;
    const applied = await alreadyApplied(tx, retry.importId, retry.rows);
    const attempt: StartRetry = {
      run,
      plan: uuid8('plan', run),
      importDay: await todayIn(tx),
      rows: retry.rows.length,
      source: { kind: 'FILE', importId: job.about },
      selection: EVERY_FAILED_ROW,
      alreadyApplied: applied.size,
      startedBy: state.createdBy,
    };
    origin.add(startRetry(attempt, origin.state));
    upload.add(continueAsRetry(retry.importId, upload.state));
    await job.complete(tx);
  });
}

async function defaultOptions(tx: StoreTransaction): Promise<ImportOptions> {
  const { defaultCountry } = await readCompany(tx);
  return {
    defaults: {},
    dateFormat: {},
    defaultCountry,
    duplicatePolicy: 'SKIP',
    blankCells: 'KEEP',
    invalidOptionalValue: 'FAIL',
    onReview: 'HOLD',
    apply: 'EXACT_PLAN',
    keepOriginalDates: 'ON',
  };
}

async function complete(context: ImportContext, job: JobAtWork): Promise<void> {
  await context.store.transaction(job.tenant, (tx) => job.complete(tx));
}

/** What an event keeps of an error, or of what an analysis asks. */
export function reasonOf({ code, params }: Pick<DomainError, 'code'> & { readonly params?: Params }): { code: string; params: Record<string, string | number> } {
  return { code, params: { ...params } };
}
