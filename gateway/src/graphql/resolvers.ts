import { GraphQLScalarType, Kind } from 'graphql';
import type { Resolvers } from '../gen/resolvers.js';
import { caseListMutations, caseListQueries, caseListResolvers } from './case-list.resolvers.js';
import { caseMutations } from './case.mutations.js';
import { caseQueries, caseResolvers } from './case.resolvers.js';
import { caseSubscriptions } from './case.subscriptions.js';
import { caseTypeMutations, caseTypeQueries, caseTypeResolvers } from './case-type.resolvers.js';
import { companyMutations, companyQueries, userResolvers } from './company.resolvers.js';
import { contactMutations } from './contact.mutations.js';
import { contactQueries, contactResolvers } from './contact.resolvers.js';
import { importMutations } from './import.mutations.js';
import { importQueries, importResolvers } from './import.resolvers.js';
import { nodeQueries, nodeResolvers } from './node.resolvers.js';
import { progressSubscriptions } from './progress.subscriptions.js';
import { recordQueries } from './record.resolvers.js';
import { revertMutations, revertQueries, revertResolvers } from './revert.resolvers.js';

/** A text that must have a shape; a wrong one is a fault of the request, named before anything runs. */
function textScalar(name: string, shape: RegExp, isValid: (text: string) => boolean): GraphQLScalarType {
  const read = (value: unknown): string => {
    if (typeof value === 'string' && shape.test(value) && isValid(value)) return value;
    throw new TypeError(`${name} cannot be ${JSON.stringify(value)}`);
  };
  return new GraphQLScalarType({
    name,
    serialize: (value) => value,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}

/** A day that the calendar has; the engine takes 31 February for 3 March. */
function isDay(text: string): boolean {
  const at = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text.slice(0, 10));
}

const isInstant = (text: string): boolean => isDay(text) && !Number.isNaN(Date.parse(text));

/** The whole resolver map; each area has its file beside this one. */
export const resolvers: Resolvers = {
  DateTime: textScalar('DateTime', /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/, isInstant),
  Date: textScalar('Date', /^\d{4}-\d\d-\d\d$/, isDay),
  Node: nodeResolvers,
  Query: {
    ...nodeQueries,
    ...companyQueries,
    ...contactQueries,
    ...caseQueries,
    ...caseTypeQueries,
    ...caseListQueries,
    ...recordQueries,
    ...importQueries,
    ...revertQueries,
  },
  Mutation: {
    ...companyMutations,
    ...contactMutations,
    ...caseMutations,
    ...caseTypeMutations,
    ...caseListMutations,
    ...importMutations,
    ...revertMutations,
  },
  Subscription: { ...progressSubscriptions, ...caseSubscriptions },
  User: userResolvers,
  Contact: contactResolvers,
  Case: caseResolvers,
  CaseType: caseTypeResolvers,
  CaseList: caseListResolvers,
  Import: importResolvers,
  Revert: revertResolvers,
};
