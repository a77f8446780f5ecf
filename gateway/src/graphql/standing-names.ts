import { isDomainError } from '@caseledger/errors';
import type { FieldDiff } from '../gen/resolvers.js';
import type { Services } from '../services.js';
import type { Loaders } from './graphql-context.js';

/** Fields whose values are ids of case types and statuses; people are shown the names. */
const STANDING: ReadonlySet<string> = new Set(['caseType', 'caseStatus']);

/** Names by id of every type and status of the company; none for those who may not see them. */
export async function standingNames(services: Services): Promise<ReadonlyMap<string, string>> {
  try {
    const { types } = await services.cases.listCaseTypes({ includeArchived: true, minPosition: '' });
    return new Map(types.flatMap((type) => [type, ...type.statuses]).map(({ id, name }) => [id, name]));
  } catch (error) {
    if (isDomainError(error) && error.code === 'FORBIDDEN') return new Map();
    throw error;
  }
}

/** A change as people read it. A status that has been removed since keeps its id. */
export async function namedDiff(diff: FieldDiff, { standings }: Pick<Loaders, 'standings'>): Promise<FieldDiff> {
  if (!STANDING.has(diff.field)) return diff;
  const named = async (value: unknown): Promise<unknown> => (typeof value === 'string' ? ((await standings.load(value)) ?? value) : value);
  return { ...diff, before: await named(diff.before), after: await named(diff.after) };
}

/** The value of a path, which is JSON text, as people read it. */
export async function namedValue(path: string, value: string, { standings }: Pick<Loaders, 'standings'>): Promise<string> {
  if (!STANDING.has(path) || value === '') return value;
  const id: unknown = JSON.parse(value);
  return typeof id === 'string' ? JSON.stringify((await standings.load(id)) ?? id) : value;
}
