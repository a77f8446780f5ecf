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
  const name = `${table.replace('app.', '')}_upsert`;
  const text = `
insert into ${table} (tenant, import, ${record}, in_force)
select $1, u.import, u.record, u.in_force from unnest($2::uuid[], $3::uuid[], $4::bool[]) u(import, record, in_force)
order by u.import, u.record
on conflict (tenant, import, ${record}) do update set in_force = excluded.in_force
where ${table}.in_force <> excluded.in_force`;
  return async (tx, events) => {
    const all = contributionsOf(events);
    if (all.length === 0) return;
    const imports = all.map(({ importId }) => importId);
    const records = all.map((each) => each.record);
    const inForce = all.map((each) => each.inForce);
    const values = [tx.tenant, pgArray('uuid', imports), pgArray('uuid', records), pgArray('bool', inForce)];
    await tx.query({ name, text, values });
  };
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
