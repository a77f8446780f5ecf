import { uuid7, uuid8 } from '@caseledger/event-store';
import { denied, unauthenticated } from '@caseledger/errors';
import type { accountsV1 } from '@caseledger/contracts';
import { trimText } from '@caseledger/normalise';
import { CATEGORY } from '../accounts.catalogue.js';
import type { AccountsSetting } from '../accounts.setting.js';
import { readCompany, type CompanyRow } from '../company/company.view.js';
import { findUsers, type UserRow } from '../user/user.view.js';
import { SignInTries, type TryKeys } from './sign-in-tries.js';
import { readSessionToken, signSession } from './session-token.js';
import type { SessionEvent } from './session.events.js';

const SESSION_MS = 12 * 3_600_000;
/** One person may work for several firms; more than this many is not a person. */
const COMPANIES_MAX = 10;
const TEXT_CHARACTERS_MAX = 400;

const CANDIDATES = `
select tenant, id, password_hash as "passwordHash", active from app.member where email_key = $1 order by created_at, id limit $2`;

interface Candidate {
  readonly tenant: string;
  readonly id: string;
  readonly passwordHash: string | null;
  readonly active: boolean;
}

export interface SignedInUser {
  readonly session: string;
  readonly expiresAtMs: number;
  readonly company: CompanyRow;
  readonly user: UserRow;
}

/** Local sign-in with e-mail and password (ADM-002). */
export class SignIn {
  private readonly tries: SignInTries;

  constructor(private readonly setting: AccountsSetting) {
    this.tries = new SignInTries(setting.app);
  }

  /**
   * Opens a session of 12 hours. The e-mail alone tells the company; where one person works for several with the same
   * password, it is the one named, else the first.
   * @throws DomainError UNAUTHENTICATED, the same for a wrong password and an unknown e-mail; RATE_LIMITED; FORBIDDEN
   *   when the company is suspended
   */
  async signIn(request: accountsV1.SignInRequest): Promise<SignedInUser> {
    const email = trimText(request.email.slice(0, TEXT_CHARACTERS_MAX));
    const password = request.password.slice(0, TEXT_CHARACTERS_MAX);
    const keys = this.triesOf(email, request.address);
    await this.tries.begin(keys);
    const candidates: Candidate[] = await this.setting.tail.query(CANDIDATES, [this.setting.keys.emailKey(email), COMPANIES_MAX]);
    const matching = await this.matching(candidates, password);
    const chosen = matching.find(({ tenant }) => request.companyId === '' || tenant === request.companyId);
    if (chosen === undefined) {
      await Promise.all(candidates.map((candidate) => this.noteFailure(candidate)));
      throw unauthenticated();
    }
    const opened = await this.open(chosen);
    await this.tries.succeeded(keys);
    return opened;
  }

  /** Ends a session; one that is over, or was none, is over just as well. */
  async signOut(request: accountsV1.SignOutRequest): Promise<void> {
    const claims = await readSessionToken(this.setting.sessionSecret, request.session);
    if (claims === undefined) return;
    const { tenant, userId, sessionId } = claims;
    await this.setting.store.transaction(tenant, async (tx) => {
      const version = (await tx.lockStreams([sessionId])).get(sessionId);
      // Version 1 is the sign-in; a second fact is the sign-out.
      if (version !== 1) return;
      const event: SessionEvent = { type: 'SignedOut', data: { userId } };
      await tx.append({ tenant, origin: { kind: 'user', id: userId }, actor: userId }, [{ stream: sessionId, category: CATEGORY.session, expected: version, events: [event] }]);
    });
  }

  private triesOf(email: string, address: string): TryKeys {
    const { keys } = this.setting;
    return { email: keys.tryKey('e-mail', email), ...(address === '' ? {} : { address: keys.tryKey('address', address) }) };
  }

  /** All are looked at, also when there are none: the time taken tells nothing. */
  private async matching(candidates: readonly Candidate[], password: string): Promise<Candidate[]> {
    const { passwords } = this.setting;
    if (candidates.length === 0) await passwords.matches(password, undefined);
    const matches = await Promise.all(candidates.map(({ passwordHash }) => passwords.matches(password, passwordHash ?? undefined)));
    return candidates.filter(({ active }, at) => matches[at] === true && active);
  }

  private async open({ tenant, id }: Candidate): Promise<SignedInUser> {
    const sessionId = uuid7();
    const opened = await this.setting.store.transaction(tenant, async (tx) => {
      const company = await readCompany(tx);
      const [user] = await findUsers(tx, [id]);
      // The user may have been deactivated since he was looked up.
      if (company === undefined || user?.active !== true) throw unauthenticated();
      if (company.suspended) throw denied();
      const expiresAtMs = tx.now.getTime() + SESSION_MS;
      const event: SessionEvent = { type: 'SignedIn', data: { userId: id, expiresAtMs } };
      await tx.append({ tenant, origin: { kind: 'user', id }, actor: id }, [{ stream: sessionId, category: CATEGORY.session, expected: 'none', events: [event] }]);
      return { company, user, expiresAtMs, nowMs: tx.now.getTime() };
    });
    const { expiresAtMs, nowMs, company, user } = opened;
    const session = await signSession(this.setting.sessionSecret, { tenant, userId: id, sessionId }, expiresAtMs, nowMs);
    return { session, expiresAtMs, company, user };
  }

  /** A failure is a fact of each user the e-mail stands for; how often it can happen is bounded by the lockout. */
  private async noteFailure({ tenant, id }: Candidate): Promise<void> {
    const event: SessionEvent = { type: 'SignInFailed', data: { userId: id } };
    const stream = uuid8('accounts sign-in failures', tenant, id);
    await this.setting.store.transaction(tenant, (tx) =>
      tx.append({ tenant, origin: { kind: 'system', id: 'accounts' }, actor: 'accounts' }, [{ stream, category: CATEGORY.failures, expected: 'any', events: [event] }]),
    );
  }
}

