import { isDomainError } from '@caseledger/errors';
import type { NodeResolvers, QueryResolvers, ResolversTypes } from '../gen/resolvers.js';
import { companyQueries, toApiKey } from './company.resolvers.js';
import { parseGlobalId, type NodeType } from './global-id.js';
import type { GraphqlContext } from './graphql-context.js';
import { PAGE_ROWS_MAX } from './paging.js';

type NodeObject = Awaited<ResolversTypes['Node']>;

/** The type of what `node` answered, kept beside the object: what services answer does not name its GraphQL type. */
const types = new WeakMap<object, NodeType>();

function remember<Item extends NodeObject>(type: NodeType, item: Item | null): Item | null {
  if (item !== null) types.set(item, type);
  return item;
}

async function load(type: NodeType, id: string, context: GraphqlContext): Promise<NodeObject | null> {
  const { loaders } = context;
  switch (type) {
    case 'Contact':
      return remember(type, await loaders.contacts.load(id));
    case 'Case':
      return remember(type, await loaders.cases.load(id));
    case 'CaseType':
      return remember(type, await loaders.caseTypes.load(id));
    case 'CaseList':
      return remember(type, await loaders.caseLists.load(id));
    case 'Import':
      return remember(type, await loaders.imports.load(id));
    case 'Revert':
      return remember(type, await loaders.reverts.load(id));
    case 'User':
      return remember(type, await loaders.users.load(id));
    case 'ApiKey':
      return apiKey(id, context);
    default:
      return null;
  }
}

/** A key among those that the caller sees; nobody else learns that there is one. */
async function apiKey(id: string, { services }: GraphqlContext): Promise<NodeObject | null> {
  try {
    let after = '';
    for (;;) {
      const { apiKeys, hasNext } = await services.accounts.listApiKeys({ first: PAGE_ROWS_MAX, after });
      const found = apiKeys.find((key) => key.id === id);
      if (found !== undefined) return remember('ApiKey', toApiKey(found));
      after = apiKeys.at(-1)?.id ?? '';
      if (!hasNext || after === '') return null;
    }
  } catch (error) {
    if (isDomainError(error) && error.code === 'FORBIDDEN') return null;
    throw error;
  }
}

export const nodeQueries: Pick<QueryResolvers, 'node'> = {
  async node(root, { id }, context, info) {
    const ref = parseGlobalId(id);
    if (ref === undefined) return null;
    if (ref.type === 'Company' && typeof companyQueries.company === 'function') {
      const company = await companyQueries.company(root, {}, context, info);
      return company.id === id ? remember('Company', company) : null;
    }
    return load(ref.type, ref.id, context);
  },
};

export const nodeResolvers: NodeResolvers = {
  __resolveType: (item) => types.get(item) ?? null,
};
