import type { CompanyEvent, CompanyProfile } from './company.events.js';
import { refuse } from './company.refusals.js';

export type Company =
  | { readonly status: 'None' }
  | { readonly status: 'Active'; readonly profile: CompanyProfile }
  | { readonly status: 'Suspended'; readonly profile: CompanyProfile };

export const initialCompany: Company = { status: 'None' };

/** What to change; what is absent stays. */
export interface SaveCompany {
  readonly changes: Partial<CompanyProfile>;
  /** Whether an owner asks: the kind is his to change (SEC-010, ADM-001). */
  readonly byOwner: boolean;
}

export function createCompany(profile: CompanyProfile, state: Company): CompanyEvent[] {
  if (state.status !== 'None') throw refuse.exists();
  return [{ type: 'CompanyCreated', data: { ...profile, suspended: false } }];
}

export function saveCompany({ changes, byOwner }: SaveCompany, state: Company): CompanyEvent[] {
  if (state.status === 'None') throw refuse.unknown();
  if (state.status === 'Suspended') throw refuse.suspended();
  const profile = { ...state.profile, ...changes };
  if (profile.kind !== state.profile.kind && !byOwner) throw refuse.needsOwner();
  return isSame(profile, state.profile) ? [] : [{ type: 'CompanyChanged', data: { ...profile, suspended: false } }];
}

export function suspendCompany(suspended: boolean, state: Company): CompanyEvent[] {
  if (state.status === 'None') throw refuse.unknown();
  if ((state.status === 'Suspended') === suspended) return [];
  return [{ type: suspended ? 'CompanySuspended' : 'CompanyResumed', data: { ...state.profile, suspended } }];
}

export function evolveCompany(_state: Company, event: CompanyEvent): Company {
  const { suspended, ...profile } = event.data;
  return { status: suspended ? 'Suspended' : 'Active', profile };
}

function isSame(one: CompanyProfile, other: CompanyProfile): boolean {
  return (
    one.name === other.name &&
    one.kind === other.kind &&
    one.defaultCountry === other.defaultCountry &&
    one.timeZone === other.timeZone &&
    one.supportContact === other.supportContact &&
    one.languages.join() === other.languages.join()
  );
}
