import type { importsV1, targetsV1 } from '@caseledger/contracts';
import type { Loaders } from '../graphql/graphql-context.js';
import { namedDiff } from '../graphql/standing-names.js';
import { codeMessage, headersOf, paramsOf, toCounts, toFieldDiff, toRowIssue, type Headers } from '../graphql/values.js';

/** An import as REST shows it; `import` without analysis details fits a poll. */
export function importJson(item: importsV1.Import): Record<string, unknown> {
  const headers = headersOf(item.analysis);
  return {
    id: item.id,
    type: item.type,
    state: item.state,
    status: textOrNull(item.status),
    cancelled: item.cancelled,
    code: textOrNull(item.code),
    message: codeMessage(item.code, paramsOf(item.codeParams)),
    // A corrected file lives on as a retry of the import it came from (LED-007): whoever uploaded it follows that one.
    continuesAs: textOrNull(item.continuesAs),
    file: fileJson(item.file),
    analysis: item.analysis === undefined ? null : analysisJson(item.analysis, headers),
    mapping: item.mapping.map(({ column, target }) => ({ column, header: headers.get(column) ?? null, target: textOrNull(target) })),
    options: item.options ?? null,
    plan: item.plan === undefined ? null : planJson(item.plan),
    counts: toCounts(item.counts),
    progress: {
      done: item.done,
      total: item.total,
      ratePerSecond: item.ratePerSecond,
      secondsLeft: item.secondsLeft,
      workers: item.workers,
      queuePlace: item.queuePlace === 0 ? null : item.queuePlace,
    },
    attempts: item.attempts.map(({ attempt, kind, rows, counts }) => ({ attempt, kind, rows, counts: toCounts(counts) })),
    timeline: item.timeline.map(({ state, atMs, actor, code }) => ({ state, at: iso(atMs), actor: textOrNull(actor), code: textOrNull(code) })),
    revertState: item.revertState === '' ? 'NONE' : item.revertState,
    caseList: textOrNull(item.caseList),
    reverts: item.reverts,
    canRevert: item.canRevert ?? null,
    canRetry: item.canRetry ?? null,
    createdBy: textOrNull(item.createdBy),
    confirmedBy: textOrNull(item.confirmedBy),
    createdAt: iso(item.createdAtMs),
    startedAt: iso(item.startedAtMs),
    endedAt: iso(item.endedAtMs),
  };
}

function fileJson(file: importsV1.ImportFile | undefined): Record<string, unknown> | null {
  if (file === undefined) return null;
  const { name, sizeBytes, sha256, kept, earlierImports } = file;
  return { name, sizeBytes, sha256: textOrNull(sha256), kept, earlierImports };
}

function analysisJson(analysis: importsV1.Analysis, headers: Headers): Record<string, unknown> {
  return {
    findings: analysis.findings,
    columns: analysis.columns,
    sheets: analysis.sheets,
    rows: analysis.rows,
    issues: analysis.issues.map((issue) => toRowIssue(issue, headers)),
  };
}

function planJson(plan: importsV1.Plan): Record<string, unknown> {
  const { hash, state, counts, positions, madeAtMs, ignoredColumns, effects, staleRecords, staleCode } = plan;
  return {
    hash,
    state,
    counts: toCounts(counts),
    positions,
    madeAt: iso(madeAtMs),
    ignoredColumns,
    effects,
    staleCode: textOrNull(staleCode),
    staleRecords,
  };
}

/** One row of the plan or of the ledger; both have the same shape, so that they can be compared. */
export async function rowJson(row: importsV1.RowEntry, headers: Headers, loaders: Pick<Loaders, 'standings'>): Promise<Record<string, unknown>> {
  return {
    row: row.row,
    line: row.line,
    sheet: textOrNull(row.sheet),
    outcome: textOrNull(row.outcome),
    reason: textOrNull(row.reason),
    attempt: row.attempt,
    cells: row.cells.map((text, column) => ({ column, header: headers.get(column) ?? null, text })),
    changes: await Promise.all(row.changes.map((change) => changeJson(change, headers, loaders))),
    effects: row.effects.map(({ kind, record, fromVersion, toVersion }) => ({ kind, record, fromVersion, toVersion })),
    issues: row.issues.map((issue) => toRowIssue(issue, headers)),
    match: row.match === undefined || row.match.verdict === '' ? null : row.match,
    heldFor: row.heldFor.map(({ who, verdict, key, records }) => ({ who, verdict, key: textOrNull(key), records })),
    decision: row.decision === undefined || row.decision.action === '' ? null : row.decision,
  };
}

async function changeJson(change: targetsV1.FieldChange, headers: Headers, loaders: Pick<Loaders, 'standings'>): Promise<Record<string, unknown>> {
  const { field, before, after, column, keptBecause } = await namedDiff(toFieldDiff(change, headers), loaders);
  return { record: change.record, field, before, after, column, ...(keptBecause === null ? {} : { keptBecause }) };
}

export function revertJson(revert: importsV1.Revert): Record<string, unknown> {
  return {
    id: revert.id,
    importId: revert.importId,
    kind: revert.kind,
    ofRevert: textOrNull(revert.ofRevert),
    state: revert.state,
    hash: textOrNull(revert.hash),
    records: revert.records,
    counts: revert.counts ?? null,
    done: revert.done,
    total: revert.total,
    createdPolicy: textOrNull(revert.createdPolicy),
    builtOnBy: revert.builtOnBy,
    code: textOrNull(revert.code),
    createdBy: textOrNull(revert.createdBy),
    createdAt: iso(revert.createdAtMs),
    endedAt: iso(revert.endedAtMs),
  };
}

export async function revertRecordJson(record: importsV1.RevertRecord, loaders: Pick<Loaders, 'standings'>): Promise<Record<string, unknown>> {
  const headers: Headers = new Map();
  return {
    record: record.record,
    kind: record.target === 'cases' ? 'CASE' : 'CONTACT',
    outcome: record.outcome,
    reason: textOrNull(record.reason),
    changes: await Promise.all(record.changes.map((change) => changeJson(change, headers, loaders))),
  };
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}

function iso(ms: number): string | null {
  return ms > 0 ? new Date(ms).toISOString() : null;
}
