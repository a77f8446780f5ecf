import { uuid7, uuid8, type StoreTransaction } from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import { reachOf, requirePermission, requireService } from '@caseledger/service-kit';
import type { accountsV1 } from '@caseledger/contracts';
import { CATEGORY } from '../accounts.catalogue.js';
import { Checks, knownId } from '../accounts.checks.js';
import { causeOf, onceOf, tenantOf, type AccountsSetting, type Command } from '../accounts.setting.js';
import { findUsers, type UserRow } from '../user/user.view.js';
import { initialUser, inviteUser } from '../user/user.decider.js';
import { createCompany, evolveCompany, initialCompany, saveCompany, suspendCompany, type Company } from './company.decider.js';
import type { CompanyEvent, CompanyProfile } from './company.events.js';
import { companyEventOf, readCompany, type CompanyRow } from './company.view.js';

/** Commands and queries of companies. */
export class CompanyCommands {
  constructor(private readonly setting: AccountsSetting) {}

  /**
   * Makes a company with its owner; the installation alone may (SEC-011). The same key gives the same company.
   * @throws DomainError FORBIDDEN, or every fault of the request
   */
  async create(request: accountsV1.CreateCompanyRequest, command: Command): Promise<{ company: CompanyRow; owner: UserRow }> {
    requireService(command.caller);
    const { profile, owner } = checkedCreation(request);
    const { keys, passwords, store } = this.setting;
    const passwordHash = await passwords.hash(request.ownerPassword);
    const tenant = command.idempotencyKey === '' ? uuid7() : uuid8('accounts company', command.idempotencyKey);
    const ownerId = uuid8('accounts owner', tenant);
    const company = { ...profile, languages: [...profile.languages] };
    const asked = { rpc: 'createCompany', company, owner, password: keys.requestMark(request.ownerPassword) };
    return store.transaction(tenant, async (tx) => {
      await onceOf(tx, command, asked, async () => {
        const events = createCompany(profile, await foldCompany(tx));
        const joined = inviteUser({ ...owner, roles: ['owner'], passwordHash, byOwner: true, emailTaken: false, otherOwners: 0 }, initialUser);
        await tx.append(causeOf(tenant, command), [
          { stream: tenant, category: CATEGORY.company, expected: 'none', events },
          { stream: ownerId, category: CATEGORY.user, expected: 'none', events: joined },
        ]);
        return { tenant };
      });
      const [user] = await findUsers(tx, [ownerId]);
      if (user === undefined) throw notFound();
      return { company: await this.read(tx), owner: user };
    });
  }

  /** The caller's own company. */
  get(command: Pick<Command, 'caller'>): Promise<CompanyRow> {
    return this.setting.store.transaction(tenantOf(command.caller), (tx) => this.read(tx));
  }

  /** Changes what is given; empty texts and lists stay as they are (ADM-001). */
  save(request: accountsV1.SaveCompanyRequest, command: Command): Promise<CompanyRow> {
    requirePermission(command.caller, 'settings.write');
    const changes = checkedChanges(request);
    const byOwner = reachOf(command.caller.permissions, 'company.manage') === 'all';
    const asked = { rpc: 'saveCompany', ...changes, languages: [...(changes.languages ?? [])] };
    return this.change(tenantOf(command.caller), command, asked, (state) => saveCompany({ changes, byOwner }, state));
  }

  /** Stops or resumes all work of a company; the installation alone may (OPS-004). */
  suspend(request: accountsV1.SuspendCompanyRequest, command: Command): Promise<CompanyRow> {
    requireService(command.caller);
    const asked = { rpc: 'suspendCompany', ...request };
    return this.change(knownId(request.id), command, asked, (state) => suspendCompany(request.suspended, state));
  }

  private change(tenant: string, command: Command, asked: Readonly<Record<string, string | boolean | string[]>>, decide: (state: Company) => CompanyEvent[]): Promise<CompanyRow> {
    return this.setting.store.transaction(tenant, async (tx) => {
      const locked = await tx.lockStreams([tenant]);
      await onceOf(tx, command, asked, async () => {
        const events = decide(await foldCompany(tx));
        const expected = locked.get(tenant) ?? 'none';
        if (events.length > 0) await tx.append(causeOf(tenant, command), [{ stream: tenant, category: CATEGORY.company, expected, events }]);
        return { tenant };
      });
      return this.read(tx);
    });
  }

  private async read(tx: StoreTransaction): Promise<CompanyRow> {
    const company = await readCompany(tx);
    if (company === undefined) throw notFound();
    return company;
  }
}

async function foldCompany(tx: StoreTransaction): Promise<Company> {
  return (await tx.readStream(tx.tenant)).map(companyEventOf).reduce(evolveCompany, initialCompany);
}

function checkedCreation(request: accountsV1.CreateCompanyRequest): { profile: CompanyProfile; owner: { name: string; email: string } } {
  const checks = new Checks();
  const profile: CompanyProfile = {
    name: checks.required('name', checks.name('name', request.name)),
    kind: checks.kind('kind', request.kind === '' ? 'STANDARD' : request.kind),
    defaultCountry: checks.country('defaultCountry', request.defaultCountry),
    timeZone: checks.timeZone('timeZone', request.timeZone),
    languages: ['en'],
    supportContact: '',
  };
  const owner = {
    name: checks.required('ownerName', checks.name('ownerName', request.ownerName)),
    email: checks.email('ownerEmail', checks.required('ownerEmail', request.ownerEmail)),
  };
  checks.password('ownerPassword', checks.required('ownerPassword', request.ownerPassword));
  checks.done();
  return { profile, owner };
}

function checkedChanges(request: accountsV1.SaveCompanyRequest): Partial<CompanyProfile> {
  const checks = new Checks();
  const { name, kind, defaultCountry, timeZone, languages, supportContact } = request;
  const changes = {
    ...(name === '' ? {} : { name: checks.required('name', checks.name('name', name)) }),
    ...(kind === '' ? {} : { kind: checks.kind('kind', kind) }),
    ...(defaultCountry === '' ? {} : { defaultCountry: checks.country('defaultCountry', defaultCountry) }),
    ...(timeZone === '' ? {} : { timeZone: checks.timeZone('timeZone', timeZone) }),
    ...(languages.length === 0 ? {} : { languages: checks.languages('languages', languages) }),
    ...(supportContact === '' ? {} : { supportContact: checks.supportContact('supportContact', supportContact) }),
  };
  checks.done();
  return changes;
}
