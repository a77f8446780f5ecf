import { accountsV1 } from '@caseledger/contracts';
import { notFound } from '@caseledger/errors';
import type {
  ApiKey,
  ApiKeyPayload,
  Company,
  CompanyPayload,
  MutationResolvers,
  QueryResolvers,
  ResolversTypes,
  UserError,
  UserPayload,
  UserResolvers,
} from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { globalId, localId } from './global-id.js';
import { PAGE_ROWS_MAX } from './paging.js';
import { asPayload } from './user-errors.js';
import { textOrNull, timeOrNull } from './values.js';

type UserAnswer = Exclude<Awaited<ResolversTypes['UserPayload']>, UserPayload> & { userErrors: UserError[] };

const PREPARATION = [
  'Put the header row first.',
  'Keep one format per column throughout.',
  'Include all required columns.',
  'When in doubt, save the text as UTF-8.',
];

/** PRODUCT §6. */
const QUERY_LIMITS = { pageSize: PAGE_ROWS_MAX, queryDepth: 12, queryCost: 10_000 };

function toCompany(company: accountsV1.Company | undefined): Company {
  if (company === undefined) throw notFound();
  return {
    id: globalId('Company', company.id),
    name: company.name,
    kind: company.kind === 'DEMO' ? 'DEMO' : 'STANDARD',
    defaultCountry: company.defaultCountry,
    timeZone: company.timeZone,
    languages: company.languages,
    suspended: company.suspended,
    supportContact: textOrNull(company.supportContact),
  };
}

export function toApiKey(key: accountsV1.ApiKey): ApiKey {
  return {
    id: globalId('ApiKey', key.id),
    name: key.name,
    scopes: key.scopes,
    expiresAt: timeOrNull(key.expiresAtMs),
    lastUsedAt: timeOrNull(key.lastUsedAtMs),
    revokedAt: timeOrNull(key.revokedAtMs),
    user: globalId('User', key.userId),
  };
}

export const companyQueries: Pick<QueryResolvers, 'viewer' | 'permissions' | 'company' | 'limits' | 'users' | 'roles' | 'apiKeys'> = {
  async viewer(_root, _args, { viewer, loaders }) {
    const user = await loaders.users.load(viewer.userId);
    if (user === null) throw notFound();
    return user;
  },
  permissions: (_root, _args, { viewer }) => [...viewer.permissions].sort(),
  company: async (_root, _args, { services }) => toCompany((await services.accounts.getCompany({})).company),
  limits: async (_root, _args, { services }) => ({ ...(await services.imports.limits({})), ...QUERY_LIMITS, preparation: PREPARATION }),
  users: async (_root, _args, { services }) => (await services.accounts.listUsers({ first: PAGE_ROWS_MAX, after: '' })).users,
  roles: async (_root, _args, { services }) => (await services.accounts.listRoles({})).roles,
  apiKeys: async (_root, _args, { services }) =>
    (await services.accounts.listApiKeys({ first: PAGE_ROWS_MAX, after: '' })).apiKeys.map(toApiKey),
};

export const userResolvers: UserResolvers = {
  id: (user) => globalId('User', user.id),
  createdAt: (user) => timeOrNull(user.createdAtMs),
};

export const companyMutations: Pick<MutationResolvers, 'saveCompany' | 'saveUser' | 'createApiKey' | 'revokeApiKey'> = {
  saveCompany: (_root, { input, idempotencyKey }, { services }) =>
    asPayload<CompanyPayload>(
      (userErrors) => ({ company: null, userErrors }),
      async () => {
        const reply = await services.accounts.saveCompany({
          name: input.name ?? '',
          kind: input.kind ?? '',
          defaultCountry: input.defaultCountry ?? '',
          timeZone: input.timeZone ?? '',
          languages: input.languages ?? [],
          supportContact: input.supportContact ?? '',
          idempotencyKey: idempotencyKey ?? '',
        });
        return { company: toCompany(reply.company), userErrors: [] };
      },
    ),

  saveUser: (_root, { input, idempotencyKey }, { services }) =>
    asPayload<UserAnswer>(
      (userErrors) => ({ user: null, userErrors }),
      async () => {
        const reply = await services.accounts.saveUser({
          id: input.id ? localId('User', input.id) : '',
          name: input.name ?? '',
          email: input.email ?? '',
          roles: input.roles ?? [],
          replaceRoles: input.roles !== null && input.roles !== undefined,
          password: input.password ?? '',
          state: stateOf(input.active),
          idempotencyKey: idempotencyKey ?? '',
        });
        return { user: reply.user ?? null, userErrors: [] };
      },
    ),

  createApiKey: (_root, { input, idempotencyKey }, { services }) =>
    keyCommand(() =>
      services.accounts.createApiKey(
        requestOf(accountsV1.CreateApiKeyRequest, {
          name: input.name,
          scopes: input.scopes,
          expiresAtMs: input.expiresAt ? Date.parse(input.expiresAt) : 0,
          idempotencyKey: idempotencyKey ?? '',
        }),
      ),
    ),

  revokeApiKey: (_root, { id, idempotencyKey }, { services }) =>
    keyCommand(() => services.accounts.revokeApiKey({ id: localId('ApiKey', id), idempotencyKey: idempotencyKey ?? '' })),
};

function keyCommand(act: () => Promise<accountsV1.ApiKeyReply>): Promise<ApiKeyPayload> {
  return asPayload<ApiKeyPayload>(
    (userErrors) => ({ apiKey: null, secret: null, userErrors }),
    async () => {
      const { apiKey, secret } = await act();
      return { apiKey: apiKey === undefined ? null : toApiKey(apiKey), secret: textOrNull(secret), userErrors: [] };
    },
  );
}

function stateOf(active: boolean | null | undefined): string {
  if (active === null || active === undefined) return '';
  return active ? 'ACTIVE' : 'INACTIVE';
}
