import type { StoreTransaction } from '@caseledger/event-store';

/** How fast a run goes now, and who works on it (RUN-002). */
export interface Pace {
  readonly ratePerSecond: number;
  readonly workers: number;
  /** When the last chunk was stored; 0 before the first. */
  readonly heartbeatAtMs: number;
}

/** Rows of so long a time make the rate. */
const WINDOW_S = 10;

export async function paceOf(tx: StoreTransaction, subject: string): Promise<Pace> {
  const { rows } = await tx.query<{ rows: number; first: Date | null; last: Date | null }>(
    `select coalesce(sum(rows), 0)::int as rows, min(at) as first, max(at) as last from app.import_progress
     where tenant = $1 and subject = $2 and at > clock_timestamp() - $3::int * interval '1 second'`,
    [tx.tenant, subject, WINDOW_S],
  );
  const { rows: newest } = await tx.query<{ at: Date | null }>('select max(at) as at from app.import_progress where tenant = $1 and subject = $2', [
    tx.tenant,
    subject,
  ]);
  const { rows: members } = await tx.query<{ n: number }>(
    `select count(distinct owner)::int as n from es.lease where consumer = 'imports.chunks' and lease_until > clock_timestamp()`,
  );
  const [window] = rows;
  const seconds = window?.first === null || window?.first === undefined ? 0 : Math.max(1, (tx.now.getTime() - window.first.getTime()) / 1000);
  return {
    ratePerSecond: seconds === 0 ? 0 : (window?.rows ?? 0) / seconds,
    workers: members[0]?.n ?? 0,
    heartbeatAtMs: newest[0]?.at?.getTime() ?? 0,
  };
}
