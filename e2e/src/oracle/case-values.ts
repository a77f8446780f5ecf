import type { CaseOptions, OracleCase, OracleCaseRow } from './case-oracle.js';
import type { Part } from './case-people.js';

/** The table of DUP-006 for the values of a case, as the oracle of cases reads it. */

export interface CaseDraft {
  readonly row: OracleCaseRow;
  /** Of the cell or the option; '' for neither. */
  readonly type: string;
  readonly parts: readonly Part[];
  readonly options: CaseOptions;
  /** The case that the row is laid over; undefined for a new one. */
  readonly match: OracleCase | undefined;
  readonly cases: readonly OracleCase[];
}

export const TYPES = ['Personal Injury', "Workers' Compensation", 'Family Law', 'Criminal Defense'];

export const STATUSES = ['New Lead', 'In Review', 'Active', 'Awaiting Documents', 'In Negotiation', 'Settled', 'Closed'];

export const CLOSED = ['Settled', 'Closed'];

/** Type and status that the case ends with, or the code of what is wrong with them. */
export function ruled({ row, type: given, options, match: stays }: CaseDraft): { type: string; status: string } | string {
  const isMerged = stays !== undefined && options.policy === 'MERGE';
  const type = stays === undefined ? given : isMerged || row.type === '' ? stays.type : given;
  if (type === '') return 'CASE_TYPE_MISSING';
  const named = STATUSES.find((one) => one.toLowerCase() === row.status.toLowerCase());
  if (row.status !== '' && named === undefined && !isMerged) return 'VALUE_NOT_ALLOWED';
  const status = isMerged ? stays.status : (named ?? stays?.status ?? 'New Lead');
  if (options.list !== '' && options.listType !== '' && options.listType !== type) return 'LIST_CASE_TYPE_MISMATCH';
  return { type, status };
}

/** Lays the row over the case, in place. @returns the code of what forbids it, '' for nothing */
export function writeCase(one: OracleCase, draft: CaseDraft, mode: 'CREATE' | 'UPDATE' | 'MERGE'): string {
  const { row, parts, options, cases } = draft;
  const wins = (had: string, cell: string): string => (cell !== '' && (mode === 'UPDATE' || had === '') ? cell : had);
  one.title = wins(one.title, row.name);
  one.source = wins(one.source, row.source) || 'IMPORT';
  one.description = wins(one.description, row.description);
  putDeadline(one, row.deadline, mode);
  const tags = row.tags.split(';').map((tag) => tag.trim()).filter((tag) => tag !== '');
  if (tags.length > 0) one.tags = [...new Set([...(mode === 'UPDATE' ? [] : one.tags), ...tags])].sort();
  for (const { contact, role } of parts) if (!one.contacts.some((link) => link.contact === contact && link.role === role)) one.contacts.push({ contact, role });
  if (options.list !== '' && !one.lists.includes(options.list)) one.lists.push(options.list);
  if (one.title === '' || !one.contacts.some(({ role }) => role === 'CLIENT')) return 'REQUIRED_MISSING';
  if (row.externalId === '' || one.externalIds.includes(row.externalId)) return '';
  if (cases.some(({ name, externalIds }) => name !== one.name && externalIds.includes(row.externalId))) return 'EXTERNAL_ID_TAKEN';
  one.externalIds.push(row.externalId);
  return '';
}

/** A file has one deadline for a case: an update moves it, a merge adds another one. */
function putDeadline(one: OracleCase, deadline: string, mode: string): void {
  if (deadline === '' || one.deadlines.includes(deadline)) return;
  if (mode === 'UPDATE') one.deadlines[0] = deadline;
  else one.deadlines.push(deadline);
}
