import { uuid8 } from '@caseledger/event-store';
import type { StatusFacts, TypeProfile } from './case-type.events.js';

/** A type of the start set with its id. */
export interface StartType extends TypeProfile {
  readonly id: string;
  readonly statuses: readonly StatusFacts[];
}

interface StartStatus {
  readonly key: string;
  readonly name: string;
  readonly category: 'OPEN' | 'CLOSED';
  readonly proposesArchiving: boolean;
}

const open = (key: string, name: string): StartStatus => ({ key, name, category: 'OPEN', proposesArchiving: false });

/** TYP-002. */
const STATUSES: readonly StartStatus[] = [
  open('NEW_LEAD', 'New Lead'),
  open('IN_REVIEW', 'In Review'),
  open('ACTIVE', 'Active'),
  open('AWAITING_DOCUMENTS', 'Awaiting Documents'),
  open('IN_NEGOTIATION', 'In Negotiation'),
  { key: 'SETTLED', name: 'Settled', category: 'CLOSED', proposesArchiving: false },
  { key: 'CLOSED', name: 'Closed', category: 'CLOSED', proposesArchiving: true },
];

/** TYP-001. */
const TYPES: readonly { readonly key: string; readonly name: string; readonly colour: string }[] = [
  { key: 'PERSONAL_INJURY', name: 'Personal Injury', colour: '#2563EB' },
  { key: 'WORKERS_COMPENSATION', name: "Workers' Compensation", colour: '#D97706' },
  { key: 'FAMILY_LAW', name: 'Family Law', colour: '#059669' },
  { key: 'CRIMINAL_DEFENSE', name: 'Criminal Defense', colour: '#7C3AED' },
];

/** What a company starts with. Ids follow from the company alone, so that they are the same whoever makes it first. */
export function startSet(tenant: string): StartType[] {
  return TYPES.map(({ key, name, colour }) => {
    const id = uuid8('case-type', tenant, key);
    const statuses = STATUSES.map((status): StatusFacts => ({
      id: uuid8('case-status', id, status.key),
      name: status.name,
      category: status.category,
      description: '',
      clientWording: '',
      next: [],
      proposesArchiving: status.proposesArchiving,
    }));
    return { id, name, description: '', practiceArea: name, colour, statuses };
  });
}
