import { uuid7, uuid8, type StoreTransaction } from '@caseledger/event-store';
import { limit, notFound, validation } from '@caseledger/errors';
import { ROLES, grantsOf, reachOf, requirePermission, type CallContext, type Grant, type RoleName } from '@caseledger/service-kit';
import type { accountsV1 } from '@caseledger/contracts';
import { CATEGORY } from '../accounts.catalogue.js';
import { Checks, knownId, pageAfter, pageRows } from '../accounts.checks.js';
import { causeOf, onceOf, tenantOf, type AccountsSetting, type Command } from '../accounts.setting.js';
import { evolveUser, initialUser, inviteUser, saveUser, type SaveUser, type User } from './user.decider.js';
import { countOtherOwners, findEmailOwner, findUsers, listUsers, userEventOf, type UserRow } from './user.view.js';

const IDS_MAX = 500;

export interface UserPage {
  readonly users: UserRow[];
  readonly hasNext: boolean;
}

/** Commands and queries of users (ADM-002). */
export class UserCommands {
  constructor(private readonly setting: AccountsSetting) {}

  /** Invites a user, or changes one: what is not given stays. With a password he can sign in. */
  async save(request: accountsV1.SaveUserRequest, command: Command): Promise<UserRow> {
    requirePermission(command.caller, 'users.manage');
    const tenant = tenantOf(command.caller);
    const changes = checkedChanges(request);
    const { keys, passwords, store } = this.setting;
    const passwordHash = request.password === '' ? {} : { passwordHash: await passwords.hash(request.password) };
    const isNew = request.id === '';
    const id = isNew ? newId(tenant, command.idempotencyKey) : knownId(request.id);
    const asked = { rpc: 'saveUser', ...request, roles: [...request.roles], password: keys.requestMark(request.password) };
    return store.transaction(tenant, async (tx) => {
      // Owners and e-mails are rules over all users of a company: its stream stands for them, so they change in turn.
      const locked = await tx.lockStreams([tenant, id]);
      await onceOf(tx, command, asked, async () => {
        if (!isNew && (await findUsers(tx, [id])).length === 0) throw notFound();
        const events = await this.decide(tx, id, { ...changes, ...passwordHash, byOwner: isOwner(command.caller) }, isNew);
        const expected = locked.get(id) ?? 'none';
        if (events.length > 0) await tx.append(causeOf(tenant, command), [{ stream: id, category: CATEGORY.user, expected, events }]);
        return { id };
      });
      const [user] = await findUsers(tx, [id]);
      if (user === undefined) throw notFound();
      return user;
    });
  }

  /** A page of the company's users in the order they were made. */
  list(request: accountsV1.ListUsersRequest, caller: CallContext): Promise<UserPage> {
    requirePermission(caller, 'users.manage');
    const rows = pageRows(request.first);
    return this.setting.store.transaction(tenantOf(caller), async (tx) => {
      const users = await listUsers(tx, pageAfter(request.after), rows + 1);
      return { users: users.slice(0, rows), hasNext: users.length > rows };
    });
  }

  /** Users by id, at most 500: colleagues by name; e-mails only for whoever manages users, and one's own. */
  async get(request: accountsV1.GetUsersRequest, caller: CallContext): Promise<UserRow[]> {
    if (request.ids.length > IDS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: IDS_MAX });
    const ids = request.ids.filter((id) => /^[0-9a-f-]{36}$/.test(id));
    const users = await this.setting.store.transaction(tenantOf(caller), (tx) => findUsers(tx, ids));
    const seesAll = reachOf(caller.permissions, 'users.manage') === 'all';
    return users.map((user) => (seesAll || user.id === caller.subject ? user : { ...user, email: '' }));
  }

  /** The roles there are, with what each grants (SEC-010). */
  roles(caller: CallContext): { name: RoleName; permissions: Grant[] }[] {
    tenantOf(caller);
    return ROLES.map((name) => ({ name, permissions: grantsOf([name]) }));
  }

  private async decide(tx: StoreTransaction, id: string, changes: Omit<SaveUser, 'emailTaken' | 'otherOwners'>, isNew: boolean): ReturnType<typeof decideUser> {
    const owner = changes.email === undefined ? undefined : await findEmailOwner(tx, this.setting.keys.emailKey(changes.email));
    const whole = { ...changes, emailTaken: owner !== undefined && owner !== id, otherOwners: await countOtherOwners(tx, id) };
    return decideUser(tx, id, whole, isNew);
  }
}

async function decideUser(tx: StoreTransaction, id: string, command: SaveUser, isNew: boolean) {
  const state: User = (await tx.readStream(id)).map(userEventOf).reduce(evolveUser, initialUser);
  return isNew ? inviteUser(command, state) : saveUser(command, state);
}

function isOwner(caller: CallContext): boolean {
  return reachOf(caller.permissions, 'company.manage') === 'all';
}

function newId(tenant: string, idempotencyKey: string): string {
  return idempotencyKey === '' ? uuid7() : uuid8('accounts user', tenant, idempotencyKey);
}

function checkedChanges(request: accountsV1.SaveUserRequest): Pick<SaveUser, 'name' | 'email' | 'roles' | 'active'> {
  const checks = new Checks();
  const { name, email, roles, replaceRoles, state } = request;
  if (state !== '' && state !== 'ACTIVE' && state !== 'INACTIVE') throw validation('VALUE_NOT_ALLOWED', { field: 'state', text: state }, 'state');
  const changes = {
    ...(name === '' ? {} : { name: checks.required('name', checks.name('name', name)) }),
    ...(email === '' ? {} : { email: checks.email('email', email) }),
    ...(replaceRoles || roles.length > 0 ? { roles: checks.roles('roles', roles) } : {}),
    ...(state === '' ? {} : { active: state === 'ACTIVE' }),
  };
  checks.password('password', request.password);
  checks.done();
  return changes;
}
