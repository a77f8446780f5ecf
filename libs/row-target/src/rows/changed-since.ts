import { pgArray, type EventStore } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';

const RECORDS = `
select distinct e.stream from unnest($2::uuid[]) u(id)
join es.event e on e.tenant = $1 and e.stream = u.id
join es.log l on l.batch = e.batch
join unnest($3::int4[], $4::int8[]) p(shard, position) on p.shard = l.shard
where l.last_pos > p.position and e.meta ->> 'run' is distinct from $5`;

const KEYS = `
select m.key from unnest($2::uuid[]) u(key)
join app.match_key m on m.tenant = $1 and m.key = u.key
join es.log l on l.batch = m.batch
join unnest($3::int4[], $4::int8[]) p(shard, position) on p.shard = l.shard
where l.last_pos > p.position
  and not exists (select from es.event e where e.batch = m.batch and e.meta ->> 'run' = $5)`;

/**
 * Which of these records and keys have changed after positions (DESIGN §4, Plan), by others than this run. A key that
 * was given up shows as a change of the record that had it.
 */
export async function changedSince(
  store: EventStore,
  request: targetsV1.ChangedSinceRequest,
): Promise<targetsV1.ChangedSinceReply> {
  const { tenant, run, positions } = request;
  // The positions answered are read first: a change during the questions is found again the next time.
  const heads = await store.head();
  const since = [
    pgArray(
      'int4',
      positions.map(({ shard }) => shard),
    ),
    pgArray(
      'int8',
      positions.map(({ position }) => position),
    ),
    run,
  ];
  const keys = request.keys.map(uuidForm);
  return store.transaction(tenant, async (tx) => {
    const records = await tx.query<{ stream: string }>({
      name: 'records_since',
      text: RECORDS,
      values: [tenant, pgArray('uuid', request.records), ...since],
    });
    const changed = await tx.query<{ key: string }>({
      name: 'keys_since',
      text: KEYS,
      values: [tenant, pgArray('uuid', keys), ...since],
    });
    return {
      records: records.rows.map(({ stream }) => stream).sort(),
      keys: changed.rows.map(({ key }) => key.replaceAll('-', '')).sort(),
      positions: heads,
    };
  });
}

function uuidForm(hex: string): string {
  const text = hex.replaceAll('-', '');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}
