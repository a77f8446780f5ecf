import { pgArray, type StoreTransaction, type StoredEvent } from '@caseledger/event-store';

interface Contribution {
  readonly importId: string;
  readonly record: string;
  readonly inForce: boolean;
}

/** Writes what imports contribute to records, for one table. */
export type ContributionWriter = (tx: StoreTransaction, events: readonly StoredEvent[]) => Promise<void>;

/**
 * Notes which imports wrote to which records, and by the markers of reverts and restores whether that is in force, in a
 * table with the key (tenant, import, `record`) and a column in_force.
 */
export function contributionsIn(table: string, record: string): ContributionWriter {
  const name = table.replace('app.', '');
  const insert = `
insert into ${table} (tenant, import, ${record}, in_force)
select $1, u.import, u.record, u.in_force from unnest($2::uuid[], $3::uuid[], $4::bool[]) u(import, record, in_force)`;
  const upsert = `${insert}
order by u.import, u.record
on conflict (tenant, import, ${record}) do update set in_force = excluded.in_force
where ${table}.in_force <> excluded.in_force`;
  return async (tx, events) => {
    const all = contributionsOf(events);
    // A record that is made in this batch has no contribution yet.
    const created = new Set<string>();
    for (const { version, stream } of events) if (version === 1) created.add(stream);
    const first = all.filter((each) => created.has(each.record));
    const later = all.filter((each) => !created.has(each.record));
    if (first.length > 0) await tx.query({ name: `${name}_insert`, text: insert, values: valuesOf(tx, first) });
    if (later.length > 0) await tx.query({ name: `${name}_upsert`, text: upsert, values: valuesOf(tx, later) });
  };
}

function valuesOf(tx: StoreTransaction, contributions: readonly Contribution[]): unknown[] {
  const imports = contributions.map(({ importId }) => importId);
  const records = contributions.map(({ record }) => record);
  const inForce = contributions.map((contribution) => contribution.inForce);
  return [tx.tenant, pgArray('uuid', imports), pgArray('uuid', records), pgArray('bool', inForce)];
}

/** The last word of the events on each import and record. */
function contributionsOf(events: readonly StoredEvent[]): Contribution[] {
  const found = new Map<string, Contribution>();
  for (const stored of events) {
    const contribution = contributionOf(stored);
    if (contribution !== undefined) found.set(`${contribution.importId} ${contribution.record}`, contribution);
  }
  return [...found.values()];
}

function contributionOf({ type, data, origin, stream: record }: StoredEvent): Contribution | undefined {
  if (origin.kind === 'import' && origin.id !== undefined) return { importId: origin.id, record, inForce: true };
  const importId = data['import'];
  if (typeof importId !== 'string') return undefined;
  if (type === 'ImportContributionReverted') return { importId, record, inForce: false };
  if (type === 'ImportContributionRestored') return { importId, record, inForce: true };
  return undefined;
}
