import { casesV1 } from '@caseledger/contracts';
import type { CaseListPayload, CaseListResolvers, ListVisibility, MutationResolvers, QueryResolvers, ResolversTypes, UserError } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { caseConnection } from './case.resolvers.js';
import { globalId, localId } from './global-id.js';
import { connection, pageSize } from './paging.js';
import { asPayload } from './user-errors.js';
import { textOrNull, time } from './values.js';

type Payload = Exclude<Awaited<ResolversTypes['CaseListPayload']>, CaseListPayload> & { userErrors: UserError[] };

export const caseListQueries: Pick<QueryResolvers, 'caseList' | 'caseLists'> = {
  caseList: (_root, { id }, { loaders }) => loaders.caseLists.load(localId('CaseList', id)),

  async caseLists(_root, { search, includeArchived, first, after }, { services }) {
    const reply = await services.cases.listCaseLists(
      requestOf(casesV1.ListCaseListsRequest, {
        search: search ?? '',
        includeArchived: includeArchived ?? false,
        first: pageSize(first),
        after: after ?? '',
        count: true,
      }),
    );
    const edges = reply.edges.flatMap(({ cursor, list }) => (list === undefined ? [] : [{ cursor, node: list }]));
    return { ...connection(edges, { hasNext: reply.hasNext, hasPrevious: Boolean(after) }), totalCount: reply.total };
  },
};

export const caseListResolvers: CaseListResolvers = {
  id: (parent) => globalId('CaseList', parent.id),
  description: (parent) => textOrNull(parent.description),
  owner: (parent, _args, { loaders }) => (parent.owner === '' ? null : loaders.users.load(parent.owner)),
  type: (parent, _args, { loaders }) => (parent.typeId === '' ? null : loaders.caseTypes.load(parent.typeId)),
  visibility: (parent) => parent.visibility as ListVisibility,
  async cases(parent, { first, after }, { services }) {
    const request = { id: parent.id, first: pageSize(first), after: after ?? '', count: true };
    return caseConnection(await services.cases.listCaseListMembers(requestOf(casesV1.ListCaseListMembersRequest, request)));
  },
  createdAt: (parent) => time(parent.createdAtMs),
  import: (parent, _args, { loaders }) => (parent.madeByImport === '' ? null : loaders.imports.load(parent.madeByImport)),
};

function command(act: () => Promise<casesV1.CaseListReply>): Promise<Payload> {
  return asPayload<Payload>(
    (userErrors) => ({ caseList: null, changed: 0, userErrors }),
    async () => {
      const { list, changed } = await act();
      return { caseList: list ?? null, changed, userErrors: [] };
    },
  );
}

type ListMutation = 'createCaseList' | 'renameCaseList' | 'archiveCaseList' | 'addToCaseList' | 'removeFromCaseList';

export const caseListMutations: Pick<MutationResolvers, ListMutation> = {
  createCaseList: (_root, { input, idempotencyKey }, { services }) =>
    command(() =>
      services.cases.createCaseList({
        name: input.name,
        description: input.description ?? '',
        typeId: input.typeId ? localId('CaseType', input.typeId) : '',
        visibility: input.visibility ?? '',
        idempotencyKey: idempotencyKey ?? '',
      }),
    ),

  renameCaseList: (_root, { id, name, description, idempotencyKey }, { services }) =>
    command(() =>
      services.cases.renameCaseList({
        id: localId('CaseList', id),
        name,
        description: description ?? '',
        replaceDescription: description !== undefined,
        idempotencyKey: idempotencyKey ?? '',
      }),
    ),

  archiveCaseList: (_root, { id, idempotencyKey }, { services }) =>
    command(() => services.cases.archiveCaseList({ id: localId('CaseList', id), idempotencyKey: idempotencyKey ?? '' })),

  addToCaseList: (_root, args, { services }) => command(() => services.cases.addCasesToList(members(args))),
  removeFromCaseList: (_root, args, { services }) => command(() => services.cases.removeCasesFromList(members(args))),
};

interface Selected {
  readonly listId: string;
  readonly cases: { readonly ids: readonly string[] };
  readonly idempotencyKey?: string | null | undefined;
}

function members({ listId, cases, idempotencyKey }: Selected): casesV1.ListMembersRequest {
  return { id: localId('CaseList', listId), cases: cases.ids.map((id) => localId('Case', id)), idempotencyKey: idempotencyKey ?? '' };
}
