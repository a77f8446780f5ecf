import type { NodeResolvers, QueryResolvers, ResolversTypes } from '../gen/resolvers.js';
import { companyQueries } from './company.resolvers.js';
import { parseGlobalId, type NodeType } from './global-id.js';
import type { GraphqlContext } from './graphql-context.js';

type NodeObject = Awaited<ResolversTypes['Node']>;

/** The type of what `node` answered, kept beside the object: what services answer does not name its GraphQL type. */
const types = new WeakMap<object, NodeType>();

function remember<Item extends NodeObject>(type: NodeType, item: Item | null): Item | null {
  if (item !== null) types.set(item, type);
  return item;
}

async function load(type: NodeType, id: string, { loaders }: GraphqlContext): Promise<NodeObject | null> {
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
    default:
      return null;
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
