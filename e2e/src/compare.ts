import type { OracleContact, OracleResult } from './oracle/sequential-oracle.js';
import type { RowView } from './company.js';

type Json = Record<string, unknown>;

/** A contact as one line, without id and version: what has to be equal however it came about. */
export function contactLine(contact: Json): string {
  const { firstName, lastName, jobTitle, tags, phones, emails, archived } = contact as {
    firstName: string | null;
    lastName: string | null;
    jobTitle: string | null;
    tags: string[];
    phones: { label: string; number: string; primary: boolean }[];
    emails: { address: string }[];
    archived: boolean;
  };
  return JSON.stringify({
    firstName: firstName ?? '',
    lastName: lastName ?? '',
    jobTitle: jobTitle ?? '',
    tags: [...tags].sort(),
    phones: phones.map(({ label, number, primary }) => `${label} ${number}${primary ? ' primary' : ''}`).sort(),
    emails: emails.map(({ address }) => address).sort(),
    archived,
  });
}

function oracleLine({ emails, name: _name, ...rest }: OracleContact): string {
  return contactLine({ ...rest, emails: emails.map((address) => ({ address })) });
}

/** Contacts as a sorted list of lines: equal lists are equal sets with their multiplicity. */
export function contactLines(contacts: readonly Json[]): string[] {
  return contacts.map(contactLine).sort();
}

export function oracleLines({ contacts }: OracleResult): string[] {
  return contacts.map(oracleLine).sort();
}

/** `row outcome reason` per row, in row order. */
export function ledgerLines(rows: readonly { row: number; outcome: string; reason: string | null }[]): string[] {
  return [...rows].sort((left, right) => left.row - right.row).map(({ row, outcome, reason }) => `${row} ${outcome} ${reason ?? ''}`.trimEnd());
}

export function oracleLedger({ outcomes }: OracleResult): string[] {
  return ledgerLines(outcomes);
}

/** What plan and ledger must agree on for every row: outcome, reason and each field change. */
export function judgedLines(rows: readonly RowView[]): string[] {
  return [...rows]
    .sort((left, right) => left.row - right.row)
    .map(({ row, outcome, reason, changes }) => {
      const fields = changes.map(({ record, field, before, after }) => JSON.stringify([record, field, before, after])).sort();
      return `${row} ${outcome} ${reason ?? ''} ${fields.join(' ')}`;
    });
}
