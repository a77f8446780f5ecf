import { applyRow, type OracleContact, type OracleOutcome, type OracleRow, type Policy } from './sequential-oracle.js';
import { ruled, writeCase, type CaseDraft } from './case-values.js';

/**
 * What an import of cases must do, told by one small sequential program: it takes row after row, asks the clerk of
 * contacts for the people, then writes the case, and shares no code with the product.
 */

/** A cell that is blank is ''. */
export interface OracleCaseRow {
  readonly row: number;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly source: string;
  readonly externalId: string;
  readonly description: string;
  readonly deadline: string;
  readonly tags: string;
  readonly client: Pick<OracleRow, 'firstName' | 'lastName' | 'email' | 'phone' | 'jobTitle'>;
  /** A further contact: name in one cell, `role` as FLD-003 names it. */
  readonly other: { readonly firstName: string; readonly lastName: string; readonly email: string; readonly role: string };
}

export interface OracleLink {
  /** The contact, as the oracle names it. */
  readonly contact: string;
  readonly role: string;
}

export interface OracleCase {
  /** `case existing 3` or `case row 17`. */
  readonly name: string;
  number: number;
  title: string;
  type: string;
  status: string;
  source: string;
  description: string;
  deadlines: string[];
  tags: string[];
  externalIds: string[];
  contacts: OracleLink[];
  /** The main client. */
  primary: string;
  lists: string[];
  archived: boolean;
  /** Whether it has a day of closing. */
  isDated: boolean;
}

export interface CaseOptions {
  readonly policy: Policy;
  readonly clientPolicy: Policy;
  /** The type of rows that name none; '' for none. */
  readonly type: string;
  /** The list every case goes to and the type it is bound to; '' for no list. */
  readonly list: string;
  readonly listType: string;
  readonly addSkipped: boolean;
  /** The number before the first of the import's block. */
  readonly numbersAfter: number;
}

export interface CaseWorld {
  contacts: OracleContact[];
  cases: OracleCase[];
  /** Names of the contacts that are marked as clients. */
  clients: string[];
}

export interface OracleCaseOutcome {
  readonly row: number;
  readonly outcome: string;
  readonly reason: string;
  /** `KIND name`, in the order in which they are told. */
  readonly effects: readonly string[];
}

export interface CaseResult extends CaseWorld {
  readonly outcomes: readonly OracleCaseOutcome[];
}

export interface Part extends OracleLink {
  readonly outcome: string;
  readonly reason: string;
  readonly isClient: boolean;
}

interface Ended {
  readonly outcome: string;
  readonly reason: string;
  /** Of the case and its list alone. */
  readonly effects: readonly string[];
  readonly parts: readonly Part[];
}

export const TYPES = ['Personal Injury', "Workers' Compensation", 'Family Law', 'Criminal Defense'];

const WRITTEN = ['CREATED', 'UPDATED', 'MERGED'];

export function predictCases(world: CaseWorld, rows: readonly OracleCaseRow[], options: CaseOptions): CaseResult {
  let now: CaseWorld = structuredClone(world);
  const outcomes = rows.map((row): OracleCaseOutcome => {
    const tried = structuredClone(now);
    const { outcome, reason, effects, parts } = judge(row, tried, options);
    const isWritten = WRITTEN.includes(outcome) || outcome === 'UNCHANGED';
    // Nobody of a row without a case is written (RUN-012).
    now = isWritten ? tried : { ...now, cases: tried.cases };
    const people = isWritten ? parts.filter((part) => WRITTEN.includes(part.outcome)).map((part) => `CONTACT_${part.outcome} ${part.contact}`) : [];
    return { row: row.row, outcome, reason, effects: [...people, ...effects] };
  });
  return { ...now, outcomes };
}

function judge(row: OracleCaseRow, world: CaseWorld, options: CaseOptions): Ended {
  const end = (outcome: string, reason: string, parts: readonly Part[] = []): Ended => ({ outcome, reason, effects: [], parts });
  if (isBlank(row)) return end('SKIPPED', 'ROW_BLANK');
  const fault = faultOf(row);
  if (fault !== '') return end('FAILED', fault);
  const parts = people(row, world, options.clientPolicy);
  const failed = parts.find(({ outcome }) => outcome === 'FAILED');
  if (failed !== undefined) return end('FAILED', failed.reason);
  if (parts.some(({ contact }) => contact === '')) return end('SKIPPED', 'HELD_FOR_REVIEW');
  const type = row.type === '' ? options.type : TYPES.find((one) => fold(one) === fold(row.type));
  if (type === undefined) return end('FAILED', 'VALUE_NOT_ALLOWED');
  const found = matches(row, type, parts, world.cases);
  const [match] = found;
  if (found.length > 1 || match?.archived === true) return end('SKIPPED', 'HELD_FOR_REVIEW');
  const draft: CaseDraft = { row, type, parts, options, match, cases: world.cases };
  if (match === undefined || options.policy === 'CREATE') return written(create(draft, world.cases), parts);
  if (options.policy === 'SKIP') return written(skip(match, options), parts);
  return written(complete(match, { ...draft, match }), parts);
}

function written(ended: Omit<Ended, 'parts'>, parts: readonly Part[]): Ended {
  return { ...ended, parts };
}

/** The row's client and its further contact, one after the other. */
function people({ row, client, other }: OracleCaseRow, { contacts, clients }: CaseWorld, policy: Policy): Part[] {
  const none = { row, phone: '', mobile: '', jobTitle: '', tags: '' };
  const { role, ...name } = other;
  const both = [
    { given: { ...none, ...client }, maker: `row ${row}`, role: 'CLIENT', isClient: true },
    { given: { ...none, ...name }, maker: `row ${row} other`, role: role === '' ? 'OTHER' : role, isClient: false },
  ];
  return both
    .filter(({ given }) => [given.firstName, given.lastName, given.email, given.phone, given.jobTitle].some((cell) => cell !== ''))
    .map(({ given, maker, role: as, isClient }): Part => {
      const { outcome, reason, contact }: OracleOutcome = applyRow(given, contacts, policy, maker);
      const isMarked = isClient && !clients.includes(contact) && [...WRITTEN, 'UNCHANGED'].includes(outcome);
      if (isMarked) clients.push(contact);
      // The mark is a change like any other.
      const told = isMarked && outcome === 'UNCHANGED' ? (policy === 'MERGE' ? 'MERGED' : 'UPDATED') : outcome;
      return { outcome: told, reason, contact, role: as, isClient };
    });
}

/** DUP-001: by the external id; where that finds nothing, by client, type and name. */
function matches(row: OracleCaseRow, type: string, parts: readonly Part[], cases: readonly OracleCase[]): OracleCase[] {
  const byId = row.externalId === '' ? [] : cases.filter(({ externalIds }) => externalIds.includes(row.externalId));
  if (byId.length > 0) return byId;
  const client = parts.find(({ isClient }) => isClient)?.contact;
  if (client === undefined || type === '' || row.name === '') return [];
  const isHis = (one: OracleCase): boolean => one.contacts.some(({ contact, role }) => role === 'CLIENT' && contact === client);
  return cases.filter((one) => one.type === type && fold(one.title) === fold(row.name) && isHis(one));
}

function create(draft: CaseDraft, cases: OracleCase[]): Omit<Ended, 'parts'> {
  const { row, parts, options } = draft;
  const standing = ruled(draft);
  if (typeof standing === 'string') return { outcome: 'FAILED', reason: standing, effects: [] };
  const client = parts.find(({ isClient }) => isClient);
  const made: OracleCase = {
    name: `case row ${row.row}`,
    number: options.numbersAfter + row.row,
    title: '',
    ...standing,
    source: '',
    description: '',
    deadlines: [],
    tags: [],
    externalIds: [],
    contacts: [],
    primary: client?.contact ?? '',
    lists: [],
    archived: false,
    isDated: false,
  };
  const fault = writeCase(made, draft, 'CREATE');
  if (fault !== '') return { outcome: 'FAILED', reason: fault, effects: [] };
  cases.push(made);
  return { outcome: 'CREATED', reason: '', effects: effectsOf('CREATED', undefined, made, parts) };
}

function complete(match: OracleCase, draft: CaseDraft): Omit<Ended, 'parts'> {
  const mode = draft.options.policy === 'MERGE' ? 'MERGE' : 'UPDATE';
  const standing = ruled(draft);
  if (typeof standing === 'string') return { outcome: 'FAILED', reason: standing, effects: [] };
  const before = structuredClone(match);
  const after = structuredClone(match);
  const isClosed = CLOSED.includes(after.status);
  Object.assign(after, standing);
  if (CLOSED.includes(after.status) !== isClosed) after.isDated = !isClosed;
  const fault = writeCase(after, draft, mode);
  if (fault !== '') return { outcome: 'FAILED', reason: fault, effects: [] };
  if (JSON.stringify(after) === JSON.stringify(before)) return { outcome: 'UNCHANGED', reason: '', effects: [] };
  Object.assign(match, after);
  const outcome = mode === 'MERGE' ? 'MERGED' : 'UPDATED';
  return { outcome, reason: '', effects: effectsOf(outcome, before, after, draft.parts) };
}

const CLOSED = ['Settled', 'Closed'];

/** The case stays as it is; only the list takes it (OPT-006). */
function skip(match: OracleCase, { list, listType, addSkipped }: CaseOptions): Omit<Ended, 'parts'> {
  if (list !== '' && listType !== match.type) return { outcome: 'FAILED', reason: 'LIST_CASE_TYPE_MISMATCH', effects: [] };
  const reason = match.name.startsWith('case row') ? 'DUPLICATE_IN_FILE' : 'DUPLICATE_EXISTING';
  if (list === '' || !addSkipped || match.lists.includes(list)) return { outcome: 'SKIPPED', reason, effects: [] };
  match.lists.push(list);
  return { outcome: 'SKIPPED', reason, effects: [`LIST_MEMBER_ADDED ${match.name}`] };
}

function effectsOf(outcome: string, before: OracleCase | undefined, after: OracleCase, parts: readonly Part[]): string[] {
  const had = new Set(before?.contacts.map(({ contact }) => contact));
  const linked = parts.filter(({ isClient, contact, outcome: how }) => isClient && !WRITTEN.includes(how) && !had.has(contact));
  const isListed = after.lists.length > (before?.lists.length ?? 0);
  return [`CASE_${outcome} ${after.name}`, ...linked.map(({ contact }) => `CLIENT_LINKED ${contact}`), ...(isListed ? [`LIST_MEMBER_ADDED ${after.name}`] : [])];
}

function faultOf({ source, deadline, client, other }: OracleCaseRow): string {
  if (source === 'AUTOMATED_HOTLINE') return 'SOURCE_NOT_IMPORTABLE';
  if (deadline !== '' && !/^\d{4}-\d\d-\d\d$/.test(deadline)) return 'DATE_INVALID';
  if (isNoAddress(client.email)) return 'EMAIL_INVALID';
  if (client.phone !== '' && client.phone.replace(/\D/g, '').length < 10) return 'PHONE_INVALID';
  return isNoAddress(other.email) ? 'EMAIL_INVALID' : '';
}

function isNoAddress(cell: string): boolean {
  return cell !== '' && !cell.includes('@');
}

function isBlank({ row: _row, client, other, ...own }: OracleCaseRow): boolean {
  return [own, client, other].every((cells) => Object.values(cells).every((cell) => cell === ''));
}

function fold(text: string): string {
  return text.toLowerCase();
}
