import type { importsV1 } from '@caseledger/contracts';
import type { Analysis, Attempt, DuplicatePolicy, ImportOptions, Mapping, Plan } from '../gen/resolvers.js';
import { globalId } from './global-id.js';
import { headersOf, textOrNull, time, timeOrNull, toCounts, toKeyValues, toRowIssue } from './values.js';

export function toAnalysis(analysis: importsV1.Analysis): Analysis {
  const headers = headersOf(analysis);
  return {
    findings: analysis.findings.map(({ name, value, confidence }) => ({ name, value, confidence })),
    columns: analysis.columns.map((column) => ({
      column: column.column,
      header: column.header,
      filled: column.filled,
      distinct: column.distinct,
      likelyType: column.likelyType,
      samples: column.samples,
      target: textOrNull(column.target),
      confidence: column.confidence,
      reason: textOrNull(column.reason),
      dateOrder: textOrNull(column.dateOrder),
      notImportable: textOrNull(column.notImportable),
    })),
    sheets: analysis.sheets.map(({ name, hidden, filledCells }) => ({ name, hidden, filledCells })),
    rows: analysis.rows,
    issues: analysis.issues.map((issue) => toRowIssue(issue, headers)),
  };
}

export function toMapping(parent: importsV1.Import): Mapping {
  const headers = headersOf(parent.analysis);
  return {
    version: parent.mappingVersion,
    columns: parent.mapping.map(({ column, target }) => ({
      column,
      header: headers.get(column) ?? null,
      target: textOrNull(target),
    })),
  };
}

/** What every import can be told; a case import has more (`caseOptions`). */
export function toOptions(options: importsV1.ImportOptions | undefined): Omit<ImportOptions, 'caseType' | 'caseList'> {
  return {
    defaults: toKeyValues(options?.defaults ?? {}),
    dateFormat: toKeyValues(options?.dateFormat ?? {}),
    defaultCountry: options?.defaultCountry ?? 'US',
    duplicatePolicy: (options?.duplicatePolicy ?? 'SKIP') as DuplicatePolicy,
    blankCells: options?.blankCells ?? 'KEEP',
    invalidOptionalValue: options?.invalidOptionalValue ?? 'FAIL',
    onReview: options?.onReview ?? 'HOLD',
    apply: options?.apply ?? 'EXACT_PLAN',
    keepOriginalDates: options?.keepOriginalDates !== 'OFF',
  };
}

/** @param cases ids that are cases; every other record that a plan names is a contact */
export function toPlan(plan: importsV1.Plan, cases: ReadonlySet<string>): Plan {
  return {
    hash: plan.hash,
    state: plan.state,
    counts: toCounts(plan.counts),
    positions: plan.positions,
    madeAt: time(plan.madeAtMs),
    ignoredColumns: plan.ignoredColumns,
    effects: toKeyValues(plan.effects),
    staleRecords: plan.staleRecords.map((id) => globalId(cases.has(id) ? 'Case' : 'Contact', id)),
  };
}

export function toAttempt(attempt: importsV1.Attempt): Attempt {
  return {
    attempt: attempt.attempt,
    kind: attempt.kind,
    rows: attempt.rows,
    counts: toCounts(attempt.counts),
    startedAt: timeOrNull(attempt.startedAtMs),
    endedAt: timeOrNull(attempt.endedAtMs),
  };
}
