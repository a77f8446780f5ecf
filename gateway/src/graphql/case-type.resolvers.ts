import { casesV1 } from '@caseledger/contracts';
import type {
  CaseStatus,
  CaseStatusInput,
  CaseTypeInput,
  CaseTypePayload,
  CaseTypeResolvers,
  MutationResolvers,
  QueryResolvers,
  ResolversTypes,
  UserError,
} from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { globalId, localId } from './global-id.js';
import type { GraphqlContext } from './graphql-context.js';
import { asPayload } from './user-errors.js';
import { textOrNull } from './values.js';

type Payload = Exclude<Awaited<ResolversTypes['CaseTypePayload']>, CaseTypePayload> & { userErrors: UserError[] };

export const caseTypeQueries: Pick<QueryResolvers, 'caseTypes'> = {
  async caseTypes(_root, { includeArchived }, { services }) {
    return (await services.cases.listCaseTypes({ includeArchived: includeArchived ?? false, minPosition: '' })).types;
  },
};

export const caseTypeResolvers: CaseTypeResolvers = {
  id: (parent) => globalId('CaseType', parent.id),
  description: (parent) => textOrNull(parent.description),
  practiceArea: (parent) => textOrNull(parent.practiceArea),
  colour: (parent) => textOrNull(parent.colour),
  statuses: (parent) => parent.statuses.map(toStatus),
};

export function toStatus(status: casesV1.CaseStatus): CaseStatus {
  return {
    id: status.id,
    name: status.name,
    category: status.category === 'CLOSED' ? 'CLOSED' : 'OPEN',
    description: textOrNull(status.description),
    clientWording: textOrNull(status.clientWording),
    next: status.next,
    proposesArchiving: status.proposesArchiving,
  };
}

function command(act: () => Promise<casesV1.CaseTypeReply>): Promise<Payload> {
  return asPayload<Payload>(
    (userErrors) => ({ caseType: null, userErrors }),
    async () => ({ caseType: (await act()).type ?? null, userErrors: [] }),
  );
}

export const caseTypeMutations: Pick<MutationResolvers, 'saveCaseType' | 'archiveCaseType'> = {
  saveCaseType: (_root, { input, idempotencyKey }, context) =>
    command(async () => {
      const known = await knownType(input, context);
      return context.services.cases.saveCaseType({ ...wanted(input, known), idempotencyKey: idempotencyKey ?? '' });
    }),

  archiveCaseType: (_root, { id, idempotencyKey }, { services }) =>
    command(() => services.cases.archiveCaseType({ id: localId('CaseType', id), idempotencyKey: idempotencyKey ?? '' })),
};

/** The type as it is, whose texts and statuses stand where the input is silent; the version guards what was read. */
async function knownType({ id }: CaseTypeInput, { loaders }: GraphqlContext): Promise<casesV1.CaseType> {
  const found = id ? await loaders.caseTypes.load(localId('CaseType', id)) : null;
  return found ?? requestOf(casesV1.CaseType, {});
}

function wanted(input: CaseTypeInput, known: casesV1.CaseType): Omit<casesV1.SaveCaseTypeRequest, 'idempotencyKey'> {
  return {
    id: input.id ? localId('CaseType', input.id) : '',
    version: input.version ?? known.version,
    name: input.name ?? known.name,
    description: input.description ?? known.description,
    practiceArea: input.practiceArea ?? known.practiceArea,
    colour: input.colour ?? known.colour,
    statuses: input.statuses?.map(toWanted) ?? known.statuses,
    replacements: Object.fromEntries((input.replacements ?? []).map(({ statusId, replacementId }) => [statusId, replacementId])),
  };
}

function toWanted(status: CaseStatusInput): casesV1.CaseStatus {
  return {
    id: status.id ?? '',
    name: status.name,
    category: status.category,
    description: status.description ?? '',
    clientWording: status.clientWording ?? '',
    next: status.next ?? [],
    proposesArchiving: status.proposesArchiving ?? false,
  };
}
