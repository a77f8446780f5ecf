import { Controller } from '@nestjs/common';
import { accountsV1 } from '@caseledger/contracts';
import type { Rpc, RpcController } from '@caseledger/service-kit';
import type { Command } from './accounts.setting.js';
import { ApiKeyCommands } from './api-key/api-key.commands.js';
import type { ApiKeyRow } from './api-key/api-key.view.js';
import { Authenticate } from './authenticate.js';
import { CompanyCommands } from './company/company.commands.js';
import type { CompanyRow } from './company/company.view.js';
import { SignIn } from './session/sign-in.js';
import { UserCommands } from './user/user.commands.js';
import type { UserRow } from './user/user.view.js';

/** The gRPC edge of accounts: takes a call apart, hands it on, writes the reply. */
@Controller()
@accountsV1.AccountsServiceControllerMethods()
export class AccountsController implements RpcController<accountsV1.AccountsServiceServer> {
  constructor(
    private readonly companies: CompanyCommands,
    private readonly users: UserCommands,
    private readonly keys: ApiKeyCommands,
    private readonly sessions: SignIn,
    private readonly bearers: Authenticate,
  ) {}

  async createCompany(call: Rpc<accountsV1.CreateCompanyRequest>): Promise<accountsV1.CreateCompanyReply> {
    const { company, owner } = await this.companies.create(call.request, commandOf(call));
    return { company: toCompany(company), owner: toUser(owner) };
  }

  async getCompany({ caller }: Rpc<accountsV1.GetCompanyRequest>): Promise<accountsV1.CompanyReply> {
    return { company: toCompany(await this.companies.get({ caller })) };
  }

  async saveCompany(call: Rpc<accountsV1.SaveCompanyRequest>): Promise<accountsV1.CompanyReply> {
    return { company: toCompany(await this.companies.save(call.request, commandOf(call))) };
  }

  async suspendCompany(call: Rpc<accountsV1.SuspendCompanyRequest>): Promise<accountsV1.CompanyReply> {
    return { company: toCompany(await this.companies.suspend(call.request, commandOf({ ...call, request: {} }))) };
  }

  async signIn({ request }: Rpc<accountsV1.SignInRequest>): Promise<accountsV1.SignInReply> {
    const { session, expiresAtMs, company, user } = await this.sessions.signIn(request);
    return { session, expiresAtMs, company: toCompany(company), user: toUser(user) };
  }

  async signOut({ request }: Rpc<accountsV1.SignOutRequest>): Promise<accountsV1.SignOutReply> {
    await this.sessions.signOut(request);
    return {};
  }

  authenticate({ request }: Rpc<accountsV1.AuthenticateRequest>): Promise<accountsV1.Identity> {
    return this.bearers.identify(request);
  }

  async listUsers({ request, caller }: Rpc<accountsV1.ListUsersRequest>): Promise<accountsV1.ListUsersReply> {
    const { users, hasNext } = await this.users.list(request, caller);
    return { users: users.map(toUser), hasNext };
  }

  async getUsers({ request, caller }: Rpc<accountsV1.GetUsersRequest>): Promise<accountsV1.GetUsersReply> {
    return { users: (await this.users.get(request, caller)).map(toUser) };
  }

  async saveUser(call: Rpc<accountsV1.SaveUserRequest>): Promise<accountsV1.UserReply> {
    return { user: toUser(await this.users.save(call.request, commandOf(call))) };
  }

  async listRoles({ caller }: Rpc<accountsV1.ListRolesRequest>): Promise<accountsV1.ListRolesReply> {
    return Promise.resolve({ roles: this.users.roles(caller) });
  }

  async createApiKey(call: Rpc<accountsV1.CreateApiKeyRequest>): Promise<accountsV1.ApiKeyReply> {
    const { key, secret } = await this.keys.create(call.request, commandOf(call));
    return { apiKey: toApiKey(key), secret };
  }

  async revokeApiKey(call: Rpc<accountsV1.RevokeApiKeyRequest>): Promise<accountsV1.ApiKeyReply> {
    return { apiKey: toApiKey(await this.keys.revoke(call.request, commandOf(call))), secret: '' };
  }

  async listApiKeys({ request, caller }: Rpc<accountsV1.ListApiKeysRequest>): Promise<accountsV1.ListApiKeysReply> {
    const { apiKeys, hasNext } = await this.keys.list(request, caller);
    return { apiKeys: apiKeys.map(toApiKey), hasNext };
  }
}

function commandOf({ caller, traceparent, request }: Rpc<{ readonly idempotencyKey?: string }>): Command {
  return { caller, idempotencyKey: request.idempotencyKey ?? '', ...(traceparent === undefined ? {} : { traceparent }) };
}

function toCompany({ createdAt, ...company }: CompanyRow): accountsV1.Company {
  return { ...company, createdAtMs: createdAt.getTime() };
}

function toUser({ createdAt, ...user }: UserRow): accountsV1.User {
  return { ...user, createdAtMs: createdAt.getTime() };
}

function toApiKey({ id, name, scopes, member, expiresAt, lastUsedAt, revokedAt }: ApiKeyRow): accountsV1.ApiKey {
  const ms = (at: Date | null): number => at?.getTime() ?? 0;
  return { id, name, scopes, userId: member, expiresAtMs: ms(expiresAt), lastUsedAtMs: ms(lastUsedAt), revokedAtMs: ms(revokedAt) };
}
