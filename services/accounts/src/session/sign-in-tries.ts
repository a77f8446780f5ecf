import type { DataSource } from 'typeorm';
import { limit } from '@caseledger/errors';

const WINDOW_S = 15 * 60;
/** Wrong passwords for one e-mail, and from one client, within the window. */
const EMAIL_TRIES_MAX = 5;
const ADDRESS_TRIES_MAX = 100;

const COUNT = `
insert into app.sign_in_try as t (key, tries, since) values ($1, 1, clock_timestamp())
on conflict (key) do update set
  tries = case when t.since < clock_timestamp() - make_interval(secs => $2) then 1 else t.tries + 1 end,
  since = case when t.since < clock_timestamp() - make_interval(secs => $2) then clock_timestamp() else t.since end
returning tries, ceil(extract(epoch from since + make_interval(secs => $2) - clock_timestamp()))::int as "waitS"`;

const FORGET = 'delete from app.sign_in_try where key = $1';

const GIVE_BACK = 'update app.sign_in_try set tries = greatest(tries - 1, 0) where key = $1';

/** A few old ones with each new one, so that the table stays small and nobody waits for a big deletion. */
const SWEEP = `
delete from app.sign_in_try where key in (
  select key from app.sign_in_try where since < clock_timestamp() - interval '1 day' order by since limit 5 for update skip locked)`;

/** Under what a try is counted; a client without an address is not counted by it. */
export interface TryKeys {
  readonly email: Buffer;
  readonly address?: Buffer;
}

/**
 * The lockout of sign-in (SEC-021). A try is counted before the password is looked at, so that many at once do not
 * slip through; and whether somebody has the e-mail makes no difference, so that lockout does not tell.
 */
export class SignInTries {
  constructor(private readonly database: DataSource) {}

  /** @throws DomainError RATE_LIMITED with the seconds to wait */
  async begin(keys: TryKeys): Promise<void> {
    await this.count(keys.email, EMAIL_TRIES_MAX);
    if (keys.address !== undefined) await this.count(keys.address, ADDRESS_TRIES_MAX);
    await this.database.query(SWEEP);
  }

  /** A right password clears the e-mail; of the client only this try is taken back. */
  async succeeded(keys: TryKeys): Promise<void> {
    await this.database.query(FORGET, [keys.email]);
    if (keys.address !== undefined) await this.database.query(GIVE_BACK, [keys.address]);
  }

  private async count(key: Buffer, triesMax: number): Promise<void> {
    const rows: { tries: number; waitS: number }[] = await this.database.query(COUNT, [key, WINDOW_S]);
    const [row] = rows;
    if (row !== undefined && row.tries > triesMax) throw limit('RATE_LIMITED', { seconds: Math.max(1, row.waitS) });
  }
}
