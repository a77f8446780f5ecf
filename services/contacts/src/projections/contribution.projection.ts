import { pgArray, type StoreTransaction, type StoredEvent } from '@caseledger/event-store';
import { contactEventOf } from '../contact/stored-contact.js';

interface Contribution {
  readonly importId: string;
  readonly contact: string;
  readonly inForce: boolean;
}

/** A record that is made in this batch has no contribution yet. */
const INSERT = `
insert into app.contact_import (tenant, import, contact, in_force)
select $1, u.import, u.contact, u.in_force from unnest($2::uuid[], $3::uuid[], $4::bool[]) u(import, contact, in_force)`;

const UPSERT = `
insert into app.contact_import (tenant, import, contact, in_force)
select $1, u.import, u.contact, u.in_force from unnest($2::uuid[], $3::uuid[], $4::bool[]) u(import, contact, in_force)
order by u.import, u.contact
on conflict (tenant, import, contact) do update set in_force = excluded.in_force
where app.contact_import.in_force <> excluded.in_force`;

/** Notes which imports wrote to which contacts, and by the markers of reverts and restores whether that is in force. */
export async function writeContributions(tx: StoreTransaction, events: readonly StoredEvent[]): Promise<void> {
  const found = new Map<string, Contribution>();
  const created = new Set<string>();
  for (const stored of events) {
    const contribution = contributionOf(stored);
    if (contribution !== undefined) found.set(`${contribution.importId} ${contribution.contact}`, contribution);
    if (stored.version === 1) created.add(stored.stream);
  }
  const all = [...found.values()];
  const first = all.filter(({ contact }) => created.has(contact));
  const later = all.filter(({ contact }) => !created.has(contact));
  if (first.length > 0) await tx.query({ name: 'contact_import_insert', text: INSERT, values: valuesOf(tx, first) });
  if (later.length > 0) await tx.query({ name: 'contact_import_upsert', text: UPSERT, values: valuesOf(tx, later) });
}

function valuesOf(tx: StoreTransaction, contributions: readonly Contribution[]): unknown[] {
  const imports = contributions.map(({ importId }) => importId);
  const contacts = contributions.map(({ contact }) => contact);
  const inForce = contributions.map((contribution) => contribution.inForce);
  return [tx.tenant, pgArray('uuid', imports), pgArray('uuid', contacts), pgArray('bool', inForce)];
}

function contributionOf(stored: StoredEvent): Contribution | undefined {
  const contact = stored.stream;
  if (stored.origin.kind === 'import' && stored.origin.id !== undefined) {
    return { importId: stored.origin.id, contact, inForce: true };
  }
  const event = contactEventOf(stored);
  if (event.type === 'ImportContributionReverted') return { importId: event.data.import, contact, inForce: false };
  if (event.type === 'ImportContributionRestored') return { importId: event.data.import, contact, inForce: true };
  return undefined;
}
