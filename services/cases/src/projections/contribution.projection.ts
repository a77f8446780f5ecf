import { pgArray, type StoreTransaction, type StoredEvent } from '@caseledger/event-store';
import { caseEventOf } from '../case/stored-case.js';

interface Contribution {
  readonly importId: string;
  readonly caseId: string;
  readonly inForce: boolean;
}

const UPSERT = `
insert into app.case_import (tenant, import, case_id, in_force)
select $1, u.import, u.case_id, u.in_force from unnest($2::uuid[], $3::uuid[], $4::bool[]) u(import, case_id, in_force)
order by u.import, u.case_id
on conflict (tenant, import, case_id) do update set in_force = excluded.in_force
where app.case_import.in_force <> excluded.in_force`;

/** Notes which imports wrote to which cases, and by the markers of reverts and restores whether that is in force. */
export async function writeContributions(tx: StoreTransaction, events: readonly StoredEvent[]): Promise<void> {
  const found = new Map<string, Contribution>();
  for (const stored of events) {
    const contribution = contributionOf(stored);
    if (contribution !== undefined) found.set(`${contribution.importId} ${contribution.caseId}`, contribution);
  }
  if (found.size === 0) return;
  const all = [...found.values()];
  const values = [
    tx.tenant,
    pgArray(
      'uuid',
      all.map(({ importId }) => importId),
    ),
    pgArray(
      'uuid',
      all.map(({ caseId }) => caseId),
    ),
    pgArray(
      'bool',
      all.map(({ inForce }) => inForce),
    ),
  ];
  await tx.query({ name: 'case_import_upsert', text: UPSERT, values });
}

function contributionOf(stored: StoredEvent): Contribution | undefined {
  const caseId = stored.stream;
  if (stored.origin.kind === 'import' && stored.origin.id !== undefined) {
    return { importId: stored.origin.id, caseId, inForce: true };
  }
  const event = caseEventOf(stored);
  if (event.type === 'ImportContributionReverted') return { importId: event.data.import, caseId, inForce: false };
  if (event.type === 'ImportContributionRestored') return { importId: event.data.import, caseId, inForce: true };
  return undefined;
}
