import { importsV1 } from '@caseledger/contracts';
import type { DuplicatePolicy, ImportFilter, ImportResolvers, ImportState, ImportStatus, ImportType, QueryResolvers, ResultKind } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { globalId, localId } from './global-id.js';
import type { Loaders } from './graphql-context.js';
import { toAnalysis, toAttempt, toMapping, toOptions, toPlan } from './import.values.js';
import { importRows } from './import-rows.resolver.js';
import { connection, pageSize } from './paging.js';
import { codeMessage, headersOf, paramsOf, textOrNull, time, timeOrNull, toCounts } from './values.js';

export const importQueries: Pick<QueryResolvers, 'import' | 'imports'> = {
  import: (_root, { id }, { loaders }) => loaders.imports.load(localId('Import', id)),

  async imports(_root, { filter, first, after }, { services }) {
    const reply = await services.imports.listImports(
      requestOf(importsV1.ListImportsRequest, { ...filterOf(filter ?? {}), first: pageSize(first), after: after ?? '' }),
    );
    const edges = reply.edges.flatMap((edge) => (edge.import === undefined ? [] : [{ cursor: edge.cursor, node: edge.import }]));
    for (const { node } of edges) lines.add(node);
    return { ...connection(edges, { hasNext: reply.hasNext, hasPrevious: Boolean(after) }), totalCount: reply.total };
  },
};

/** Imports as a list shows them: without what is only made for one that is looked at. */
const lines = new WeakSet<importsV1.Import>();

/** The import with all of it; a line of a list is asked for again, together with the others of its page. */
async function whole(parent: importsV1.Import, loaders: Loaders): Promise<importsV1.Import> {
  return lines.has(parent) ? ((await loaders.imports.load(parent.id)) ?? parent) : parent;
}

function filterOf(filter: ImportFilter): Partial<importsV1.ListImportsRequest> {
  return {
    type: filter.type ?? '',
    state: filter.state ?? '',
    status: filter.status ?? '',
    createdBy: filter.createdBy ? localId('User', filter.createdBy) : '',
    origin: filter.origin ?? '',
    fileName: filter.fileName ?? '',
    fromMs: filter.from ? Date.parse(filter.from) : 0,
    toMs: filter.to ? Date.parse(filter.to) : 0,
  };
}

const RESULTS: readonly ResultKind[] = ['SUCCEEDED', 'FAILED', 'NOT_APPLIED'];

/** Where a result file is downloaded (REST, RST-001). */
function resultFiles(parent: importsV1.Import): { result: ResultKind; csv: string; xlsx: string }[] {
  if (parent.endedAtMs === 0) return [];
  return RESULTS.map((result) => {
    const path = `/api/imports/${parent.id}/results/${result.toLowerCase().replace('_', '-')}`;
    return { result, csv: path, xlsx: `${path}?format=xlsx` };
  });
}

export const importResolvers: ImportResolvers = {
  id: (parent) => globalId('Import', parent.id),
  type: (parent) => parent.type as ImportType,
  state: (parent) => parent.state as ImportState,
  status: (parent) => (parent.status === '' ? null : (parent.status as ImportStatus)),
  code: (parent) => textOrNull(parent.code),
  message: (parent) => codeMessage(parent.code, paramsOf(parent.codeParams)),
  continuesAs: (parent, _args, { loaders }) => (parent.continuesAs === '' ? null : loaders.imports.load(parent.continuesAs)),
  async file({ id, file }, _args, { loaders }) {
    const earlier = await loaders.imports.loadMany(file?.earlierImports ?? []);
    return {
      name: file?.name ?? '',
      sizeBytes: file?.sizeBytes ?? 0,
      sha256: textOrNull(file?.sha256 ?? ''),
      download: file?.kept === true ? `/api/imports/${id}/file/original` : null,
      earlierImports: earlier.filter((found): found is importsV1.Import => found !== null && !(found instanceof Error)),
    };
  },
  async analysis(parent, _args, { loaders }) {
    const { analysis } = await whole(parent, loaders);
    return analysis === undefined ? null : toAnalysis(analysis);
  },
  mapping: async (parent, _args, { loaders }) => (parent.mappingVersion === 0 ? null : toMapping(await whole(parent, loaders))),
  options: async (parent, _args, { loaders }) => ({ ...toOptions(parent.options), ...(await caseOptions(parent, loaders)) }),
  plan: async (parent, _args, { loaders }) => (parent.plan === undefined ? null : toPlan(parent.plan, await staleCases(parent, loaders))),
  counts: (parent) => toCounts(parent.counts),
  ratePerSecond: (parent) => (parent.ratePerSecond > 0 ? parent.ratePerSecond : null),
  secondsLeft: (parent) => (parent.ratePerSecond > 0 ? parent.secondsLeft : null),
  workers: (parent) => (parent.state === 'RUNNING' ? parent.workers : null),
  heartbeatAt: (parent) => timeOrNull(parent.heartbeatAtMs),
  async queuePlace(parent, _args, { loaders }) {
    const { queuePlace } = await whole(parent, loaders);
    return queuePlace > 0 ? queuePlace : null;
  },
  rows: async (parent, args, context, info) => importRows(await whole(parent, context.loaders), args, context, info),
  async issues(parent, _args, { services, loaders }) {
    const { analysis } = await whole(parent, loaders);
    const reply = await services.imports.listIssues({ id: parent.id });
    return reply.groups.map((group) => ({
      code: group.code,
      severity: group.severity === 'WARNING' ? 'WARNING' : 'ERROR',
      column: textOrNull(group.header) ?? headersOf(analysis).get(group.column) ?? null,
      count: group.count,
      exampleRows: group.exampleRows,
      message: group.message,
    }));
  },
  attempts: async (parent, _args, { loaders }) => (await whole(parent, loaders)).attempts.map(toAttempt),
  resultFiles,
  list: (parent, _args, { loaders }) => (parent.caseList === '' ? null : loaders.caseLists.load(parent.caseList)),
  async reverts(parent, _args, { services, loaders }) {
    if ((await whole(parent, loaders)).reverts.length === 0) return [];
    const reply = await services.imports.getReverts({ ids: [], importId: parent.id });
    return reply.reverts;
  },
  revertState: (parent) => (parent.revertState === '' ? 'NONE' : parent.revertState),
  canRevert: (parent) => availability(parent.canRevert),
  canRetry: (parent) => availability(parent.canRetry),
  timeline: (parent, _args, { loaders }) =>
    Promise.all(
      parent.timeline.map(async (step) => ({
        state: step.state,
        at: time(step.atMs),
        actor: step.actor === '' ? null : await loaders.users.load(step.actor),
        code: textOrNull(step.code),
      })),
    ),
  createdBy: (parent, _args, { loaders }) => (parent.createdBy === '' ? null : loaders.users.load(parent.createdBy)),
  confirmedBy: (parent, _args, { loaders }) => (parent.confirmedBy === '' ? null : loaders.users.load(parent.confirmedBy)),
  createdAt: (parent) => time(parent.createdAtMs),
  startedAt: (parent) => timeOrNull(parent.startedAtMs),
  endedAt: (parent) => timeOrNull(parent.endedAtMs),
};

/** What a case import can be told beside; nothing of it is there for the others. */
async function caseOptions({ type, options }: importsV1.Import, loaders: Loaders) {
  if (type !== 'CASES' || options === undefined) return {};
  return {
    caseType: options.caseType === '' ? null : await loaders.caseTypes.load(options.caseType),
    caseList: options.caseList === '' ? null : await loaders.caseLists.load(options.caseList),
    newCaseList: textOrNull(options.newCaseList),
    addSkippedToList: options.addSkippedToList !== 'OFF',
    clientDuplicatePolicy: (options.clientDuplicatePolicy || 'SKIP') as DuplicatePolicy,
  };
}

/** Which of the records that made a plan stale are cases. */
async function staleCases({ type, plan }: importsV1.Import, loaders: Loaders): Promise<ReadonlySet<string>> {
  if (type !== 'CASES' || plan === undefined) return new Set();
  const found = await loaders.cases.loadMany(plan.staleRecords);
  return new Set(found.flatMap((one) => (one === null || one instanceof Error ? [] : [one.id])));
}

function availability(given: importsV1.Availability | undefined): { available: boolean; code: string | null; message: string | null } {
  const code = given?.code ?? '';
  return { available: given?.available ?? false, code: textOrNull(code), message: codeMessage(code) };
}
