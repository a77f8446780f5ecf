import { accountFactsV1, accountsV1 } from '@caseledger/contracts';
import { tableChecksum } from '@caseledger/event-store';
import { feedClient } from '@caseledger/event-streams';
import { signContext, signServiceContext } from '@caseledger/service-kit';
import { eventually, holdCommits } from '@caseledger/testing';
import { PASSWORD, SESSION_SECRET, accountsHarness, asked, type AccountsHarness, type SignedInOwner } from './accounts.fixture.js';
import { accountsTopic } from './accounts.topic.js';
import { readSessionToken, signSession } from './session/session-token.js';

const { CreateApiKeyRequest, CreateCompanyRequest, SaveCompanyRequest, SaveUserRequest, SignInRequest } = accountsV1;
const unauthenticated = { name: 'DomainError', code: 'UNAUTHENTICATED' };

let harness: AccountsHarness;
let kestrel: SignedInOwner;
let alder: SignedInOwner;

beforeAll(async () => {
  harness = await accountsHarness('accounts');
  kestrel = await harness.company('Kestrel Law', 'dana@kestrel.test');
  alder = await harness.company('Alder Law', 'olga@alder.test');
});

afterAll(() => harness.drop());

const invite = async (by: SignedInOwner, email: string, roles: string[], more: Partial<accountsV1.SaveUserRequest> = {}): Promise<accountsV1.User> => {
  const { user } = await by.accounts.saveUser(asked(SaveUserRequest, { name: 'Sam Staff', email, roles, password: PASSWORD, ...more }));
  if (user === undefined) throw new Error('No user was answered');
  return user;
};
const signIn = (email: string, password = PASSWORD, more: Partial<accountsV1.SignInRequest> = {}): Promise<accountsV1.SignInReply> =>
  harness.withContext('').signIn(asked(SignInRequest, { email, password, ...more }));

describe('a company', () => {
  const order = { name: 'Rowan Law', kind: 'DEMO', defaultCountry: 'at', timeZone: 'Europe/Vienna', ownerName: 'Rosa', ownerEmail: 'rosa@rowan.test', ownerPassword: PASSWORD };

  it('is made by the installation alone, once per key', async () => {
    const request = asked(CreateCompanyRequest, { ...order, idempotencyKey: 'rowan' });
    await expect(kestrel.accounts.createCompany(request)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(harness.withContext('').createCompany(request)).rejects.toMatchObject(unauthenticated);
    const installation = await harness.asInstallation();
    const first = await installation.createCompany(request);
    expect(first.company).toMatchObject({ name: 'Rowan Law', kind: 'DEMO', defaultCountry: 'AT', timeZone: 'Europe/Vienna', suspended: false });
    expect(first.owner).toMatchObject({ email: 'rosa@rowan.test', roles: ['owner'], active: true });
    expect(await installation.createCompany(request)).toEqual(first);
    await expect(installation.createCompany({ ...request, name: 'Other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is told everything that is wrong with it at once', async () => {
    const wrong = (await harness.asInstallation()).createCompany(asked(CreateCompanyRequest, { kind: 'BIG', defaultCountry: 'Atlantis', timeZone: 'Mars/Base', ownerEmail: 'nobody', ownerPassword: 'short' }));
    await expect(wrong).rejects.toMatchObject({
      code: 'REQUIRED_MISSING',
      details: ['name', 'kind', 'defaultCountry', 'timeZone', 'ownerName', 'ownerEmail', 'ownerPassword'].map((field) => expect.objectContaining({ field })),
    });
  });

  it('is changed by who may, and its kind by an owner alone', async () => {
    const { company } = await kestrel.accounts.saveCompany(asked(SaveCompanyRequest, { languages: ['DE-at'], supportContact: 'help@kestrel.test' }));
    expect(company).toMatchObject({ name: 'Kestrel Law', languages: ['de-AT'], supportContact: 'help@kestrel.test' });
    await invite(kestrel, 'admin@kestrel.test', ['admin']);
    const admin = await harness.asBearer((await signIn('admin@kestrel.test')).session);
    await expect(admin.saveCompany(asked(SaveCompanyRequest, { kind: 'DEMO' }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await admin.saveCompany(asked(SaveCompanyRequest, { timeZone: 'America/Boise' }))).company).toMatchObject({ timeZone: 'America/Boise' });
    expect((await alder.accounts.getCompany({})).company).toMatchObject({ name: 'Alder Law', timeZone: 'America/Denver' });
  });

  it('that is suspended lets nobody in', async () => {
    const birch = await harness.company('Birch Law', 'bo@birch.test');
    const installation = await harness.asInstallation();
    await installation.suspendCompany({ id: birch.id, suspended: true });
    await expect(harness.asBearer(birch.session)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(signIn('bo@birch.test')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await installation.suspendCompany({ id: birch.id, suspended: false });
    expect((await signIn('bo@birch.test')).company).toMatchObject({ name: 'Birch Law' });
    await expect(birch.accounts.suspendCompany({ id: kestrel.id, suspended: true })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a context', () => {
  it('that is forged or expired is refused (T3)', async () => {
    const owner = { kind: 'user' as const, tenant: kestrel.id, subject: kestrel.ownerId, roles: ['owner'], permissions: ['users.manage'] };
    const forged = await signContext('another secret that is long enough, too', owner);
    const expired = await signContext(harness.contextSecret, owner, { now: new Date(Date.now() - 120_000) });
    for (const context of ['', 'rubbish', forged, expired]) {
      await expect(harness.withContext(context).getCompany({})).rejects.toMatchObject(unauthenticated);
    }
  });
});

describe('two companies', () => {
  it('do not see each other, and another’s ids do not exist (T1)', async () => {
    const theirs = await invite(alder, 'tim@alder.test', ['staff']);
    const key = await alder.accounts.createApiKey(asked(CreateApiKeyRequest, { name: 'theirs', scopes: ['imports.run'] }));
    expect((await kestrel.accounts.getUsers({ ids: [theirs.id, alder.ownerId] })).users).toEqual([]);
    const listed = (await kestrel.accounts.listUsers({ first: 500, after: '' })).users.map(({ id }) => id);
    expect(listed).not.toContain(theirs.id);
    for (const id of [theirs.id, kestrel.id, 'no id']) {
      await expect(kestrel.accounts.saveUser(asked(SaveUserRequest, { id, name: 'Taken over' }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(kestrel.accounts.revokeApiKey({ id: key.apiKey?.id ?? '', idempotencyKey: '' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await kestrel.accounts.listApiKeys({ first: 500, after: '' })).apiKeys.map(({ name }) => name)).not.toContain('theirs');
  });

  it('may know the same person, and neither learns of it', async () => {
    const atKestrel = await invite(kestrel, 'both@people.test', ['viewer']);
    const atAlder = await invite(alder, 'both@people.test', ['auditor'], { password: `${PASSWORD} two` });
    expect((await signIn('both@people.test')).user).toMatchObject({ id: atKestrel.id });
    expect((await signIn('both@people.test', `${PASSWORD} two`)).user).toMatchObject({ id: atAlder.id });
    expect((await signIn('Both@People.test', PASSWORD, { companyId: kestrel.id })).user).toMatchObject({ id: atKestrel.id });
    await expect(signIn('both@people.test', PASSWORD, { companyId: alder.id })).rejects.toMatchObject(unauthenticated);
    await expect(invite(kestrel, 'BOTH@people.test', ['staff'])).rejects.toMatchObject({ code: 'DUPLICATE_VALUE' });
  });

  it('are kept apart by the database itself', async () => {
    await harness.running.store.transaction(kestrel.id, async (tx) => {
      const { rows } = await tx.query<{ tenant: string }>('select distinct tenant from app.member union select distinct tenant from app.session union select tenant from app.company');
      expect(rows).toEqual([{ tenant: kestrel.id }]);
      expect((await tx.query('update app.member set name = $1 where tenant = $2', ['x', alder.id])).rowCount).toBe(0);
    });
    expect(await harness.behind.app.query('select * from app.member')).toEqual([]);
  });
});

describe('sign-in', () => {
  it('opens a session that ends with the sign-out', async () => {
    const { session, expiresAtMs, user, company } = await signIn(kestrel.email);
    expect(user).toMatchObject({ id: kestrel.ownerId });
    expect(company).toMatchObject({ id: kestrel.id });
    expect(expiresAtMs).toBeGreaterThan(Date.now() + 11 * 3_600_000);
    const identity = await harness.withContext('').authenticate({ bearer: session, address: '' });
    expect(identity).toMatchObject({ tenant: kestrel.id, userId: kestrel.ownerId, roles: ['owner'], apiKeyId: '' });
    expect(identity.permissions).toContain('company.manage');
    expect(identity.contextExpiresAtMs - Date.now()).toBeLessThanOrEqual(60_000);
    await harness.withContext('').signOut({ session });
    await harness.withContext('').signOut({ session });
    await expect(harness.asBearer(session)).rejects.toMatchObject(unauthenticated);
    await harness.withContext('').signOut({ session: 'none of ours' });
  });

  it('says the same of a wrong password and of nobody, and locks both out alike (SEC-021)', async () => {
    await invite(kestrel, 'locked@kestrel.test', ['staff']);
    for (const email of ['locked@kestrel.test', 'nobody@kestrel.test']) {
      for (let tries = 0; tries < 5; tries += 1) await expect(signIn(email, 'wrong password')).rejects.toMatchObject(unauthenticated);
      await expect(signIn(email, 'wrong password')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    }
    // The right password does not help before the time is over.
    await expect(signIn('locked@kestrel.test')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await harness.behind.owner?.query(`update app.sign_in_try set since = since - interval '16 minutes'`);
    expect((await signIn('locked@kestrel.test')).user).toMatchObject({ email: 'locked@kestrel.test' });
  });

  it('counts tries made at once', async () => {
    const flood = await Promise.allSettled(Array.from({ length: 20 }, () => signIn('flood@kestrel.test', 'wrong password')));
    const codes = flood.map((one) => (one.status === 'rejected' && typeof one.reason === 'object' && one.reason !== null && 'code' in one.reason ? one.reason.code : 'in'));
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(5);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(15);
  });

  it('takes no session of others: forged, or a context for a session', async () => {
    const context = await signContext(harness.contextSecret, { kind: 'user', tenant: kestrel.id, subject: kestrel.ownerId, roles: [], permissions: [] });
    for (const bearer of ['', 'rubbish', `${kestrel.session}x`, context, 'clk_short']) await expect(harness.asBearer(bearer)).rejects.toMatchObject(unauthenticated);
  });
});

describe('the life of a session', () => {
  it('is over when its time is, and whatever names no session is none', async () => {
    const { session, expiresAtMs } = await signIn(kestrel.email);
    const claims = await readSessionToken(SESSION_SECRET, session);
    if (claims === undefined) throw new Error('A session that was just made counts');
    const now = Date.now();
    expect(expiresAtMs - now).toBeLessThanOrEqual(12 * 3_600_000);
    await expect(harness.asBearer(await signSession(SESSION_SECRET, claims, now + 60_000, now))).resolves.toBeDefined();
    const over = await signSession(SESSION_SECRET, claims, now - 1_000, now - 60_000);
    const ofNoCompany = await signSession(SESSION_SECRET, { ...claims, tenant: 'nowhere' }, now + 60_000, now);
    const ofNoSession = await signSession(SESSION_SECRET, { ...claims, sessionId: 'none' }, now + 60_000, now);
    for (const bearer of [over, ofNoCompany, ofNoSession]) await expect(harness.asBearer(bearer)).rejects.toMatchObject(unauthenticated);
  });
});

describe('users', () => {
  it('are managed by who may', async () => {
    const staff = await invite(kestrel, 'sam@kestrel.test', ['staff']);
    const asStaff = await harness.asBearer((await signIn('sam@kestrel.test')).session);
    await expect(asStaff.saveUser(asked(SaveUserRequest, { id: staff.id, roles: ['admin'] }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(asStaff.listUsers({ first: 10, after: '' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(asStaff.createApiKey(asked(CreateApiKeyRequest, { name: 'mine', scopes: ['contacts.read'] }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    // Colleagues are known by name; their addresses are not everybody's business.
    const { users } = await asStaff.getUsers({ ids: [staff.id, kestrel.ownerId] });
    expect(Object.fromEntries(users.map(({ id, email }) => [id, email]))).toEqual({ [staff.id]: 'sam@kestrel.test', [kestrel.ownerId]: '' });
  });

  it('that are deactivated, or get another password, are signed out everywhere', async () => {
    const user = await invite(kestrel, 'leaving@kestrel.test', ['manager']);
    const before = await signIn('leaving@kestrel.test');
    await kestrel.accounts.saveUser(asked(SaveUserRequest, { id: user.id, password: `${PASSWORD} new` }));
    await expect(harness.asBearer(before.session)).rejects.toMatchObject(unauthenticated);
    const after = await signIn('leaving@kestrel.test', `${PASSWORD} new`);
    await kestrel.accounts.saveUser(asked(SaveUserRequest, { id: user.id, state: 'INACTIVE' }));
    await expect(harness.asBearer(after.session)).rejects.toMatchObject(unauthenticated);
    await expect(signIn('leaving@kestrel.test', `${PASSWORD} new`)).rejects.toMatchObject(unauthenticated);
  });

  it('lose a role at once', async () => {
    const user = await invite(kestrel, 'demoted@kestrel.test', ['admin']);
    const { session } = await signIn('demoted@kestrel.test');
    await kestrel.accounts.saveUser(asked(SaveUserRequest, { id: user.id, roles: ['viewer'], replaceRoles: true }));
    expect((await harness.withContext('').authenticate({ bearer: session, address: '' })).permissions).toEqual(['cases.read', 'contacts.read']);
  });

  it('keep an owner among them, also when two owners leave at the same moment', async () => {
    const larch = await harness.company('Larch Law', 'lee@larch.test');
    const second = await invite(larch, 'second@larch.test', ['owner']);
    const leave = (id: string): Promise<unknown> => larch.accounts.saveUser(asked(SaveUserRequest, { id, state: 'INACTIVE' }));
    const { owner } = harness.behind;
    if (owner === undefined) throw new Error('The test database has an owner');
    const held = await holdCommits(owner);
    const leaving = Promise.allSettled([leave(larch.ownerId), leave(second.id)]);
    await held.untilWaiting(2);
    await held.release();
    const both = await leaving;
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'STATE_NOT_ALLOWED' } });
  });

  it('are listed page by page, and are made once per key', async () => {
    const once = { idempotencyKey: 'one user' };
    expect(await invite(alder, 'once@alder.test', ['staff'], once)).toEqual(await invite(alder, 'once@alder.test', ['staff'], once));
    const pages: string[] = [];
    for (let after = '', hasNext = true; hasNext; ) {
      const page = await alder.accounts.listUsers({ first: 2, after });
      pages.push(...page.users.map(({ id }) => id));
      ({ hasNext } = page);
      after = page.users.at(-1)?.id ?? '';
    }
    const all = (await alder.accounts.listUsers({ first: 500, after: '' })).users.map(({ id }) => id);
    expect(pages).toEqual(all);
    expect(new Set(pages).size).toBe(all.length);
    await expect(alder.accounts.listUsers({ first: 501, after: '' })).rejects.toMatchObject({ code: 'PAGE_SIZE_EXCEEDED' });
  });
});

describe('an API key', () => {
  const order = { name: 'Nightly push', scopes: ['imports.run', 'contacts.read'], idempotencyKey: 'nightly' };

  it('acts as its user within its scopes, and is shown once', async () => {
    const made = await kestrel.accounts.createApiKey(asked(CreateApiKeyRequest, order));
    expect(made.secret).toMatch(/^clk_[0-9a-f]{64}_[\w-]{43}$/);
    const again = await kestrel.accounts.createApiKey(asked(CreateApiKeyRequest, order));
    expect(again).toEqual({ ...made, secret: '' });
    const identity = await harness.withContext('').authenticate({ bearer: made.secret, address: '' });
    expect(identity).toMatchObject({ tenant: kestrel.id, userId: kestrel.ownerId, apiKeyId: made.apiKey?.id, permissions: ['contacts.read', 'imports.run'] });
    await expect((await harness.asBearer(made.secret)).listUsers({ first: 1, after: '' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const [listed] = (await kestrel.accounts.listApiKeys({ first: 1, after: '' })).apiKeys;
    expect(listed?.lastUsedAtMs).toBeGreaterThan(0);
  });

  it('is dead the moment it is revoked, or with its user, or past its time', async () => {
    const make = async (more: object): Promise<accountsV1.ApiKeyReply> => kestrel.accounts.createApiKey(asked(CreateApiKeyRequest, { name: 'short', scopes: ['imports.run'], ...more }));
    const revoked = await make({});
    expect((await kestrel.accounts.revokeApiKey({ id: revoked.apiKey?.id ?? '', idempotencyKey: '' })).apiKey?.revokedAtMs).toBeGreaterThan(0);
    await expect(harness.asBearer(revoked.secret)).rejects.toMatchObject(unauthenticated);
    const expiring = await make({ expiresAtMs: Date.now() + 500 });
    const over = await eventually(() => harness.asBearer(expiring.secret).then(() => false, (refusal: unknown) => ({ refusal })));
    expect(over).toMatchObject({ refusal: unauthenticated });
    const wrongSecret = (await make({})).secret.replace(/.{43}$/, 'A'.repeat(43));
    await expect(harness.asBearer(wrongSecret)).rejects.toMatchObject(unauthenticated);
    await expect(make({ expiresAtMs: Date.now() - 1 })).rejects.toMatchObject({ code: 'DATE_OUT_OF_RANGE' });
    await expect(make({ scopes: ['imports.fly'] })).rejects.toMatchObject({ code: 'VALUE_NOT_ALLOWED' });
  });

  it('is written down nowhere', async () => {
    const { secret } = await kestrel.accounts.createApiKey(asked(CreateApiKeyRequest, { name: 'secret', scopes: ['imports.run'], idempotencyKey: 'secret key' }));
    const tail = secret.slice(-43);
    const { rows } = await harness.running.store.transaction(kestrel.id, (tx) =>
      tx.query(`select 1 from es.event e where e.data::text like '%' || $1 || '%' union all select 1 from es.idempotency i where i::text like '%' || $1 || '%' union all select 1 from app.api_key k where k::text like '%' || $1 || '%'`, [tail]),
    );
    expect(rows).toEqual([]);
    expect(harness.logLines.join('\n')).not.toContain(tail);
  });
});

describe('what accounts keeps and tells', () => {
  it('holds no name, address or password hash in clear in the log or in log lines', async () => {
    const found = await harness.behind.tail.query(`select 1 from es.event where data::text || meta::text ~* 'kestrel\\.test|Sam Staff|Dana Owner|scrypt'`);
    expect(found).toEqual([]);
    expect(harness.logLines.join('\n')).not.toMatch(/kestrel\.test|Sam Staff|Dana Owner/);
  });

  it('tells other services who may do what, and never who they are (SEC-012)', async () => {
    const feed = feedClient(harness.running.address, () => signServiceContext(harness.contextSecret, 'imports'));
    const after = Array.from({ length: accountsTopic.partitions }, (_, partition) => ({ shard: 0, partition, position: 0 }));
    const { events } = await feed.read({ topic: accountsTopic.topic, after, limit: 500, waitMs: 0 });
    feed.close();
    const ofOwner = events.filter(({ stream }) => stream === kestrel.ownerId).map(({ payload }) => accountFactsV1.MemberChanged.decode(payload));
    expect(ofOwner[0]).toMatchObject({ userId: kestrel.ownerId, active: true, roles: ['owner'] });
    expect(ofOwner[0]?.permissions).toContain('imports.run');
    const ofCompany = events.find(({ type, stream }) => type === 'CompanyCreated' && stream === alder.id);
    expect(accountFactsV1.CompanyChanged.decode(ofCompany?.payload ?? new Uint8Array())).toMatchObject({ companyId: alder.id, suspended: false, defaultCountry: 'US' });
    expect(Buffer.concat(events.map(({ payload }) => payload)).toString('latin1')).not.toMatch(/\.test|Staff|Owner/);
    expect(events.some(({ type }) => type === 'SignedIn')).toBe(false);
  });

  it('gives its feed to services alone', async () => {
    const context = (await harness.withContext('').authenticate({ bearer: kestrel.session, address: '' })).context;
    const feed = feedClient(harness.running.address, context);
    await expect(feed.head()).rejects.toMatchObject({ code: 7 });
    feed.close();
  });

  it('comes back from the log whole (DESIGN 27)', async () => {
    const { owner } = harness.behind;
    if (owner === undefined) throw new Error('The spec needs the owner');
    const tables = ['app.company', 'app.member', 'app.session', 'app.api_key'];
    const sums = (): Promise<string[]> => Promise.all(tables.map((table) => tableChecksum(harness.behind.tail, table)));
    const before = await sums();
    expect(before.every((sum) => /^[1-9]\d*:/.test(sum))).toBe(true);
    await harness.running.store.rebuild({ owner, drop: true });
    expect(await sums()).toEqual(before);
    expect((await harness.running.store.verify()).ok).toBe(true);
    expect((await signIn(alder.email)).user).toMatchObject({ id: alder.ownerId });
  });
});
