import type { accountsV1 } from '@caseledger/contracts';
import { concurrency, isDomainError, type DomainError } from '@caseledger/errors';
import type { ContextSource, GrpcConnection, UnaryMethods } from '@caseledger/service-kit';

type Call = (...given: unknown[]) => Promise<unknown>;

/**
 * A connection whose refusals name the person who was faster: services of records know users by their ids alone. Where
 * the name cannot be had the refusal says "someone".
 */
export function namingUsers(connection: GrpcConnection, accounts: GrpcConnection): GrpcConnection {
  return {
    ...connection,
    methods: <Server>(context: ContextSource) => {
      const calls: [string, Call][] = Object.entries(connection.methods<Server>(context));
      return Object.fromEntries(calls.map(([name, call]) => [name, naming(call, accounts, context)])) as UnaryMethods<Server>;
    },
  };
}

function naming(call: Call, accounts: GrpcConnection, context: ContextSource): Call {
  return async (...given) => {
    try {
      return await call(...given);
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'VERSION_CONFLICT') throw error;
      throw await named(error, accounts, context);
    }
  };
}

async function named({ params }: DomainError, accounts: GrpcConnection, context: ContextSource): Promise<DomainError> {
  const { user = '', ...others } = params;
  const users = accounts.methods<accountsV1.AccountsServiceServer>(context);
  const found = await users.getUsers({ ids: [String(user)] }).then((reply) => reply.users.find(({ id }) => id === user)?.name, () => undefined);
  return concurrency('VERSION_CONFLICT', { ...others, ...(found === undefined ? {} : { user: found }) });
}
