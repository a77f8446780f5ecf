import type { EventStore } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';

const PAGE_MAX = 5_000;

/** Whether the import has taken an external id from any record: only then can records have exchanged one. */
const EXCHANGES = `
select exists (select from es.batch b join es.event e on e.batch = b.id
  where b.tenant = $1 and b.source_id = $2 and b.source_kind = 'import' and e.type = 'ContactExternalIdRemoved') as found`;

const TOUCHED = `
select i.contact as record, s.version, $5 and exists (
    select from es.event e where e.tenant = $1 and e.stream = i.contact
      and (e.type like 'ContactExternalId%' or e.data -> 'columns' -> 'externalIds' is not null)) as exchanges
from app.contact_import i join es.stream s on s.tenant = $1 and s.stream = i.contact
where i.tenant = $1 and i.import = $2::uuid and i.contact > coalesce(nullif($3, '')::uuid, '00000000-0000-0000-0000-000000000000')
order by i.contact limit $4`;

interface TouchedRow {
  readonly record: string;
  readonly version: number;
  readonly exchanges: boolean;
}

/**
 * The records an import has written to, page by page in the order of their ids, with what has to be taken back together:
 * records that exchanged an external id share a component, every other one is its own (DESIGN §4, Revert).
 */
export async function touchedRecords(
  store: EventStore,
  request: targetsV1.TouchedRequest,
): Promise<targetsV1.TouchedReply> {
  const { tenant, importId, after } = request;
  const limit = Math.min(Math.max(request.limit, 1), PAGE_MAX);
  const positions = await store.head();
  return store.transaction(tenant, async (tx) => {
    const exchanges = await tx.query<{ found: boolean }>(EXCHANGES, [tenant, importId]);
    const values = [tenant, importId, after, limit, exchanges.rows[0]?.found ?? false];
    const { rows } = await tx.query<TouchedRow>({ name: 'touched', text: TOUCHED, values });
    const records = rows.map(({ record, version, exchanges: tied }) => ({
      record,
      component: tied ? importId : record,
      version,
      target: 'contacts',
      ties: [],
    }));
    return { records, next: rows.length < limit ? '' : (rows.at(-1)?.record ?? ''), positions };
  });
}
