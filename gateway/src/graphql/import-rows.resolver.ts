import { importsV1, type targetsV1 } from '@caseledger/contracts';
import type { DecisionAction, ImportResolvers, Outcome, ResolversTypes, RowFilter } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { effectRecord, globalId, type RecordType } from './global-id.js';
import type { Loaders } from './graphql-context.js';
import { connection, cursorNumber, numberCursor, pageSize } from './paging.js';
import { namedDiff } from './standing-names.js';
import { headersOf, textOrNull, toFieldDiff, toRowIssue, type Headers } from './values.js';

type RowObject = Awaited<ResolversTypes['ImportRow']>;

/** Rows of the first look, the plan or the ledger; by default what there is most of. */
export const importRows: Extract<ImportResolvers['rows'], (...given: never[]) => unknown> = async (parent, args, { services, loaders }) => {
  const reply = await services.imports.listRows(
    requestOf(importsV1.ListRowsRequest, {
      id: parent.id,
      of: args.of ?? presentRows(parent),
      ...filterOf(args.filter ?? {}),
      first: pageSize(args.first),
      afterRow: cursorNumber(args.after),
    }),
  );
  const headers = headersOf(parent.analysis);
  const edges = await Promise.all(
    reply.rows.map(async (row) => ({ cursor: numberCursor(row.row), node: await toRow(row, headers, loaders) })),
  );
  return { ...connection(edges, { hasNext: reply.hasNext, hasPrevious: cursorNumber(args.after) > 0 }), totalCount: reply.total };
};

function presentRows(parent: importsV1.Import): 'LEDGER' | 'PLAN' | 'PREVIEW' {
  if (parent.startedAtMs > 0) return 'LEDGER';
  return parent.plan === undefined ? 'PREVIEW' : 'PLAN';
}

function filterOf(filter: RowFilter): Partial<importsV1.ListRowsRequest> {
  return {
    outcome: filter.outcome ?? '',
    reason: filter.reason ?? '',
    code: filter.code ?? '',
    column: filter.column ?? 0,
    filterColumn: filter.column !== null && filter.column !== undefined,
    rows: filter.rows ?? [],
    allAttempts: filter.allAttempts ?? false,
  };
}

async function toRow(row: importsV1.RowEntry, headers: Headers, loaders: Loaders): Promise<RowObject> {
  const typeOf = recordTypes(row);
  return {
    row: row.row,
    line: row.line > 0 ? row.line : null,
    cell: row.sheet === '' ? null : `${row.sheet}!A${row.line}`,
    outcome: row.outcome === '' ? null : (row.outcome as Outcome),
    reason: textOrNull(row.reason),
    attempt: row.attempt,
    raw: row.cells.map((text, column) => ({ column: headers.get(column) ?? `${column + 1}`, text })),
    values: row.values.map((value) => ({
      field: value.field,
      text: value.text,
      original: textOrNull(value.original),
      column: headers.get(value.column) ?? null,
    })),
    diff: await Promise.all(row.changes.map((change) => namedDiff(toFieldDiff(change, headers, typeOf(change.record)), loaders))),
    issues: row.issues.map((issue) => toRowIssue(issue, headers)),
    match: matchOf(row),
    heldFor: row.heldFor.map(toHeldFor),
    decision: await decisionOf(row, loaders),
    effects: row.effects.map((effect) => ({ ...effect, record: globalId(effectRecord(effect.kind), effect.record) })),
  };
}

/** What a row wrote or matched, by id; a row of a case file speaks of a case and of its contacts. */
function recordTypes({ effects, match }: importsV1.RowEntry): (record: string) => RecordType {
  const types = new Map(effects.map(({ kind, record }) => [record, effectRecord(kind)]));
  if (match !== undefined && !types.has(match.record)) types.set(match.record, matchType(match));
  return (record) => types.get(record) ?? 'Contact';
}

function matchType({ kind }: Pick<targetsV1.MatchFound, 'kind'>): RecordType {
  return kind === 'CASE' ? 'Case' : 'Contact';
}

function matchOf({ match }: importsV1.RowEntry): RowObject['match'] {
  if (match === undefined || match.verdict === '' || match.verdict === 'NONE') return null;
  const type = matchType(match);
  return {
    verdict: match.verdict,
    key: textOrNull(match.key),
    record: match.record === '' ? null : globalId(type, match.record),
    records: match.records.map((id) => globalId(type, id)),
    score: match.score,
    earlierRow: match.earlierRow > 0 ? match.earlierRow : null,
  };
}

function toHeldFor(held: importsV1.HeldFor): RowObject['heldFor'][number] {
  const { who, verdict, key, records } = held;
  return { who, verdict, key: textOrNull(key), records: records.map((id) => globalId(matchType(held), id)) };
}

/** A decision names a record among those that were matched. */
async function decisionOf({ decision, match }: importsV1.RowEntry, loaders: Loaders): Promise<RowObject['decision']> {
  if (decision === undefined || decision.action === '') return null;
  return {
    action: decision.action as DecisionAction,
    record: decision.record === '' ? null : globalId(match === undefined ? 'Contact' : matchType(match), decision.record),
    decidedBy: decision.decidedBy === '' ? null : await loaders.users.load(decision.decidedBy),
  };
}
