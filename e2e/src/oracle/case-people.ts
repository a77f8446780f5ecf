import type { CaseWorld, OracleCaseRow } from './case-oracle.js';
import { applyRow, type ContactRules, type OracleOutcome } from './sequential-oracle.js';

/** The people of a case row, as the oracle of cases asks the clerk of contacts for them. */

/** A further contact of a row: name in one cell, role as FLD-003 names it. */
export interface OracleOther {
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: string;
  readonly email: string;
  readonly role: string;
}

export interface OracleLink {
  /** The contact, as the oracle names it. */
  readonly contact: string;
  readonly role: string;
}

/** What became of one of a row's people. */
export interface Part extends OracleLink {
  readonly outcome: string;
  readonly reason: string;
  /** The client of the row, not a further contact. */
  readonly isClient: boolean;
}

/** What somebody can be to a case (FLD-003). */
export const ROLES = ['CLIENT', 'OPPOSING_PARTY', 'WITNESS', 'ATTORNEY', 'FAMILY', 'OTHER'];

export const WRITTEN = ['CREATED', 'UPDATED', 'MERGED'];

/** The row's client and its further contacts, one after the other; contacts and marks of the world are changed in place. */
export function peopleOf({ row, client, others }: OracleCaseRow, { contacts, clients }: CaseWorld, rules: ContactRules): Part[] {
  const none = { row, mobile: '', jobTitle: '', tags: '' };
  const further = others.map(({ role, ...given }, at) => ({ given: { ...none, ...given }, maker: `row ${row} other ${at + 1}`, role: role === '' ? 'OTHER' : role, isClient: false }));
  return [{ given: { ...none, ...client }, maker: `row ${row}`, role: 'CLIENT', isClient: true }, ...further]
    .filter(({ given: { row: _row, ...cells } }) => Object.values(cells).some((cell) => cell !== ''))
    .map(({ given, maker, role, isClient }): Part => {
      const { outcome, reason, contact }: OracleOutcome = applyRow(given, contacts, rules, maker);
      const isMarked = isClient && !clients.includes(contact) && [...WRITTEN, 'UNCHANGED'].includes(outcome);
      if (isMarked) clients.push(contact);
      // The mark is a change like any other.
      const told = isMarked && outcome === 'UNCHANGED' ? (rules.policy === 'MERGE' ? 'MERGED' : 'UPDATED') : outcome;
      return { outcome: told, reason, contact, role, isClient };
    });
}
