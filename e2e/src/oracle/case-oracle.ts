import { CLOSED, ruled, TYPES, writeCase, type CaseDraft } from './case-values.js';
import { peopleOf, ROLES, WRITTEN, type OracleLink, type OracleOther, type Part } from './case-people.js';
import type { ContactRules, OracleContact, OracleRow, Policy } from './sequential-oracle.js';

/**
 * What an import of cases must do, told by one small sequential program: it takes row after row, asks the clerk of
 * contacts for the people, then writes the case, and shares no code with the product.
 */

/** A cell that is blank is ''; an id names a record as the oracle does. */
export interface OracleCaseRow {
  readonly row: number;
  readonly recordId: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly source: string;
  readonly externalId: string;
  readonly description: string;
  readonly deadline: string;
  readonly tags: string;
  readonly client: Pick<OracleRow, 'firstName' | 'lastName' | 'email' | 'phone' | 'jobTitle'> & { readonly recordId: string };
  /** Further contacts by their place, from the first; blank ones between. */
  readonly others: readonly OracleOther[];
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
  readonly onReview: ContactRules['onReview'];
  /** The type of rows that name none; '' for none. */
  readonly type: string;
  /** The list every case goes to; '' for none. */
  readonly list: string;
  /** The only type of its members; '' for any. */
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

interface Ended {
  readonly outcome: string;
  readonly reason: string;
  /** Of the case and its list alone. */
  readonly effects: readonly string[];
  readonly parts: readonly Part[];
}

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
  const parts = peopleOf(row, world, { policy: options.clientPolicy, onReview: options.onReview });
  const failed = parts.find(({ outcome }) => outcome === 'FAILED');
  if (failed !== undefined) return end('FAILED', failed.reason);
  if (parts.some(({ contact }) => contact === '')) return end('SKIPPED', 'HELD_FOR_REVIEW');
  const type = row.type === '' ? options.type : TYPES.find((one) => fold(one) === fold(row.type));
  if (type === undefined) return end('FAILED', 'VALUE_NOT_ALLOWED');
  const found = matches(row, type, parts, world.cases);
  if (found === undefined) return end('FAILED', 'RECORD_NOT_FOUND');
  const [match] = found;
  const isDoubtful = found.length > 1 || match?.archived === true;
  if (isDoubtful && options.onReview === 'HOLD') return end('SKIPPED', 'HELD_FOR_REVIEW');
  const draft = { row, type, parts, options, cases: world.cases };
  if (match === undefined || isDoubtful || options.policy === 'CREATE') return written(create({ ...draft, match: undefined }, world.cases), parts);
  if (options.policy === 'SKIP') return written(skip(match, options), parts);
  return written(complete(match, { ...draft, match }), parts);
}

function written(ended: Omit<Ended, 'parts'>, parts: readonly Part[]): Ended {
  return { ...ended, parts };
}

/** DUP-001, DUP-002: by the record's own id and nothing else; by the external id; where that finds nothing, by client, type and name. */
function matches(row: OracleCaseRow, type: string, parts: readonly Part[], cases: readonly OracleCase[]): OracleCase[] | undefined {
  if (row.recordId !== '') {
    const named = cases.find(({ name }) => name === row.recordId);
    return named === undefined ? undefined : [named];
  }
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
    primary: parts.find(({ role }) => role === 'CLIENT')?.contact ?? '',
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

/** The case stays as it is; only the list takes it (OPT-006). */
function skip(match: OracleCase, { list, listType, addSkipped }: CaseOptions): Omit<Ended, 'parts'> {
  if (list !== '' && listType !== '' && listType !== match.type) return { outcome: 'FAILED', reason: 'LIST_CASE_TYPE_MISMATCH', effects: [] };
  const reason = match.name.startsWith('case row') ? 'DUPLICATE_IN_FILE' : 'DUPLICATE_EXISTING';
  if (list === '' || !addSkipped || match.lists.includes(list)) return { outcome: 'SKIPPED', reason, effects: [] };
  match.lists.push(list);
  return { outcome: 'SKIPPED', reason, effects: [`LIST_MEMBER_ADDED ${match.name}`] };
}

/** A client that the row itself writes is told by that, any other once. */
function effectsOf(outcome: string, before: OracleCase | undefined, after: OracleCase, parts: readonly Part[]): string[] {
  const told = new Set(before?.contacts.map(({ contact }) => contact));
  for (const part of parts) if (WRITTEN.includes(part.outcome)) told.add(part.contact);
  const linked = parts.filter(({ role, contact }) => role === 'CLIENT' && !told.has(contact)).map(({ contact }) => `CLIENT_LINKED ${contact}`);
  const isListed = after.lists.length > (before?.lists.length ?? 0);
  return [`CASE_${outcome} ${after.name}`, ...new Set(linked), ...(isListed ? [`LIST_MEMBER_ADDED ${after.name}`] : [])];
}

/** What is wrong with a cell by itself: what is the case's own first, then person after person, each in the order of the columns. */
function faultOf({ recordId, source, deadline, client, others }: OracleCaseRow): string {
  const faults = [
    isNoId(recordId) ? 'RECORD_NOT_FOUND' : '',
    source === 'AUTOMATED_HOTLINE' ? 'SOURCE_NOT_IMPORTABLE' : '',
    deadline !== '' && !/^\d{4}-\d\d-\d\d$/.test(deadline) ? 'DATE_INVALID' : '',
    ...others.map(({ role }) => (role !== '' && !ROLES.includes(role) ? 'ROLE_UNKNOWN' : '')),
    isNoId(client.recordId) ? 'RECORD_NOT_FOUND' : '',
    ...[client, ...others].flatMap(({ email, phone }) => [isNoEmail(email) ? 'EMAIL_INVALID' : '', isNoPhone(phone) ? 'PHONE_INVALID' : '']),
  ];
  return faults.find((fault) => fault !== '') ?? '';
}

function isNoEmail(cell: string): boolean {
  return cell !== '' && !cell.includes('@');
}

function isNoPhone(cell: string): boolean {
  return cell !== '' && cell.replace(/\D/g, '').length < 10;
}

/** What stands in the cell is no id at all. */
function isNoId(cell: string): boolean {
  return /^\d+$/.test(cell);
}

function isBlank({ row: _row, client, others, ...own }: OracleCaseRow): boolean {
  return [own, client, ...others].every((cells) => Object.values(cells).every((cell) => cell === ''));
}

function fold(text: string): string {
  return text.toLowerCase();
}
