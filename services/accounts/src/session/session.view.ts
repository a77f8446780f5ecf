import type { InlineProjection, StoredEvent, StoreTransaction } from '@caseledger/event-store';
import { CATEGORY } from '../accounts.catalogue.js';
import { userEventOf } from '../user/user.view.js';
import type { SessionEvent } from './session.events.js';

/** A session and whom it stands for, as of now. */
export interface SessionRow {
  readonly member: string;
  readonly roles: string[];
  readonly active: boolean;
  readonly suspended: boolean;
  readonly open: boolean;
}

const OPEN = 'insert into app.session (tenant, id, member, signed_in_at, expires_at) values ($1, $2, $3, $4, to_timestamp($5 / 1000.0))';

const END = 'update app.session set ended_at = $3 where tenant = $1 and id = $2 and ended_at is null';

const END_ALL = 'update app.session set ended_at = $3 where tenant = $1 and member = $2 and ended_at is null';

const READ = `
select s.member, m.roles, m.active, c.suspended, s.ended_at is null and s.expires_at > clock_timestamp() as open
from app.session s join app.member m on m.tenant = s.tenant and m.id = s.member join app.company c on c.tenant = s.tenant
where s.tenant = $1 and s.id = $2`;

/** The sign-ins of a company; they end with the user's standing and with his password. */
export const sessionView: InlineProjection = {
  name: 'session',
  tables: ['app.session'],
  categories: [CATEGORY.session, CATEGORY.user],
  apply: async (tx, events) => {
    for (const event of events) {
      if (event.category === CATEGORY.session) await applySession(tx, event);
      else if (endsSessions(event)) await tx.query({ name: 'session_end_all', text: END_ALL, values: [tx.tenant, event.stream, event.at] });
    }
  },
};

async function applySession(tx: StoreTransaction, stored: StoredEvent): Promise<void> {
  const event = sessionEventOf(stored);
  if (event.type === 'SignedIn') {
    const { userId, expiresAtMs } = event.data;
    await tx.query({ name: 'session_open', text: OPEN, values: [tx.tenant, stored.stream, userId, stored.at, expiresAtMs] });
  } else {
    await tx.query({ name: 'session_end', text: END, values: [tx.tenant, stored.stream, stored.at] });
  }
}

function endsSessions(stored: StoredEvent): boolean {
  const event = userEventOf(stored);
  return !event.data.active || 'passwordHash' in event.data;
}

export async function readSession(tx: StoreTransaction, id: string): Promise<SessionRow | undefined> {
  const { rows } = await tx.query<SessionRow>({ name: 'session_read', text: READ, values: [tx.tenant, id] });
  return rows[0];
}

/** The log's bytes become this service's own type here: the catalogue let nothing else in. */
function sessionEventOf({ type, data }: StoredEvent): SessionEvent {
  return { type, data } as unknown as SessionEvent;
}
