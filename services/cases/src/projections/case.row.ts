import { fold } from '@caseledger/normalise';
import { primaryOf, type CaseState } from '../case/case.js';

/** The columns of `app.case_state` that follow from the state: what lists filter and sort by (CAS-009). */
export interface CaseColumns {
  readonly sortName: string;
  readonly search: string;
  readonly archived: string | null;
}

export function columnsOfState(state: CaseState): CaseColumns {
  const name = fold(state.name);
  return {
    sortName: name,
    search: [name, state.number.toLowerCase(), ...state.externalIds.map(({ id }) => id.toLowerCase())].join('\n'),
    archived: state.archived?.reason ?? null,
  };
}

/** A contact of a case as `app.case_contact` keeps it. */
export interface ContactRow {
  readonly contact: string;
  readonly role: string;
  /** It is the main client. */
  readonly main: boolean;
}

export function contactRows(state: CaseState | undefined): ContactRow[] {
  if (state === undefined) return [];
  const primary = primaryOf(state);
  return state.contacts.map(({ contact, role }) => ({ contact, role, main: role === 'CLIENT' && contact === primary }));
}

/** A key date as `app.case_key_date` keeps it: the day of a date-time is that of UTC. */
export interface KeyDateRow {
  readonly id: number;
  readonly kind: string;
  readonly day: string;
}

export function keyDateRows(state: CaseState | undefined): KeyDateRow[] {
  return (state?.keyDates ?? []).map(({ id, kind, at }) => ({ id, kind, day: at.slice(0, 10) }));
}
