/**
 * What an import must do, told by one small sequential program: it reads the rows one after another as a clerk would
 * and shares no code with the product. It knows few fields and few shapes; the generator makes files of just these.
 */

export interface OracleRow {
  readonly row: number;
  /** The contact that the row names by its id, as the oracle calls it; the only thing that overrules its name. */
  readonly recordId?: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly mobile: string;
  readonly jobTitle: string;
  readonly tags: string;
}

export type Policy = 'SKIP' | 'UPDATE' | 'CREATE' | 'MERGE';

/** What an import does with a contact that is there, and with one that somebody has to look at. */
export interface ContactRules {
  readonly policy: Policy;
  readonly onReview: 'HOLD' | 'CREATE';
}

export interface OraclePhone {
  label: string;
  number: string;
  primary: boolean;
}

export interface OracleContact {
  /** `existing 3` or `row 17`: who made it. */
  readonly name: string;
  firstName: string;
  lastName: string;
  jobTitle: string;
  tags: string[];
  emails: string[];
  phones: OraclePhone[];
  archived: boolean;
}

export interface OracleOutcome {
  readonly row: number;
  readonly outcome: string;
  readonly reason: string;
  /** The contact written or left alone, as the oracle names it. */
  readonly contact: string;
}

export interface OracleResult {
  readonly contacts: OracleContact[];
  readonly outcomes: OracleOutcome[];
}

/** Ten digits in any dressing, as +1…; undefined for anything else. */
function number(cell: string): string | undefined {
  const digits = cell.replace(/[^0-9]/g, '').replace(/^1(?=\d{10}$)/, '');
  return digits.length === 10 ? `+1${digits}` : undefined;
}

function address(cell: string): string | undefined {
  const [local, domain, ...rest] = cell.trim().split('@');
  if (local === undefined || domain === undefined || rest.length > 0 || local === '' || /\s/.test(cell.trim())) return undefined;
  return `${local}@${domain.toLowerCase()}`;
}

interface Read {
  readonly row: OracleRow;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly mobile: string | undefined;
  readonly tags: string[];
  readonly fault: string | undefined;
}

function read(row: OracleRow): Read {
  const email = row.email === '' ? undefined : address(row.email);
  const phone = row.phone === '' ? undefined : number(row.phone);
  const mobile = row.mobile === '' ? undefined : number(row.mobile);
  const faults = [
    ...(row.email !== '' && email === undefined ? ['EMAIL_INVALID'] : []),
    ...(row.phone !== '' && phone === undefined ? ['PHONE_INVALID'] : []),
    ...(row.mobile !== '' && mobile === undefined ? ['PHONE_INVALID'] : []),
  ];
  const tags = row.tags.split(';').map((tag) => tag.trim()).filter((tag) => tag !== '');
  return { row, email, phone, mobile, tags, fault: faults[0] };
}

function isBlank(row: OracleRow): boolean {
  const { row: _number, ...cells } = row;
  return Object.values(cells).every((cell) => cell === '');
}

/** Same last name, or a whole given name in common; a name that is missing says nothing against anybody. */
function mayBeSame(row: OracleRow, contact: OracleContact): boolean {
  const fold = (text: string): string => text.toLowerCase();
  if (row.firstName === '' && row.lastName === '') return true;
  if (row.lastName !== '' && fold(row.lastName) === fold(contact.lastName)) return true;
  return row.firstName !== '' && fold(row.firstName) === fold(contact.firstName);
}

function hits({ email, phone, mobile }: Read, contact: OracleContact): boolean {
  if (email !== undefined && contact.emails.some((one) => one.toLowerCase() === email.toLowerCase())) return true;
  return contact.phones.some((one) => one.number === phone || one.number === mobile);
}

export function predict(existing: readonly OracleContact[], rows: readonly OracleRow[], policy: Policy): OracleResult {
  const contacts = existing.map((one) => structuredClone(one));
  const outcomes = rows.map((row) => applyRow(row, contacts, { policy, onReview: 'HOLD' }));
  return { contacts, outcomes };
}

/** What one row does to the contacts, which are changed in place; a contact it makes goes by the name of its maker. */
export function applyRow(row: OracleRow, contacts: OracleContact[], { policy, onReview }: ContactRules, maker = `row ${row.row}`): OracleOutcome {
  const end = (outcome: string, reason = '', contact = ''): OracleOutcome => ({ row: row.row, outcome, reason, contact });
  if (isBlank(row)) return end('SKIPPED', 'ROW_BLANK');
  const given = read(row);
  if (given.fault !== undefined) return end('FAILED', given.fault);
  const isNamed = (row.recordId ?? '') !== '';
  const found = contacts.filter((contact) => (isNamed ? contact.name === row.recordId : hits(given, contact)));
  const [match] = found;
  if (match === undefined) return isNamed ? end('FAILED', 'RECORD_NOT_FOUND') : create(given, contacts, maker);
  const isDoubtful = found.length > 1 || match.archived || !(isNamed || mayBeSame(row, match));
  if (isDoubtful && onReview === 'HOLD') return end('SKIPPED', 'HELD_FOR_REVIEW');
  if (isDoubtful || policy === 'CREATE') return create(given, contacts, maker);
  if (policy === 'SKIP') return end('SKIPPED', match.name.startsWith('row') ? 'DUPLICATE_IN_FILE' : 'DUPLICATE_EXISTING', match.name);
  const before = JSON.stringify(match);
  if (policy === 'UPDATE') update(match, given);
  else merge(match, given);
  if (JSON.stringify(match) === before) return end('UNCHANGED', '', match.name);
  return end(policy === 'UPDATE' ? 'UPDATED' : 'MERGED', '', match.name);
}

function create({ row, email, phone, mobile, tags }: Read, contacts: OracleContact[], name: string): OracleOutcome {
  if (row.firstName === '' || row.lastName === '') return { row: row.row, outcome: 'FAILED', reason: 'REQUIRED_MISSING', contact: '' };
  const phones = [
    ...(phone === undefined ? [] : [{ label: 'OTHER', number: phone, primary: true }]),
    ...(mobile === undefined ? [] : [{ label: 'MOBILE', number: mobile, primary: phone === undefined }]),
  ];
  contacts.push({
    name,
    firstName: row.firstName,
    lastName: row.lastName,
    jobTitle: row.jobTitle,
    tags: [...new Set(tags)].sort(),
    emails: email === undefined ? [] : [email],
    phones,
    archived: false,
  });
  return { row: row.row, outcome: 'CREATED', reason: '', contact: name };
}

function update(contact: OracleContact, { row, email, phone, mobile, tags }: Read): void {
  if (row.firstName !== '') contact.firstName = row.firstName;
  if (row.lastName !== '') contact.lastName = row.lastName;
  if (row.jobTitle !== '') contact.jobTitle = row.jobTitle;
  if (tags.length > 0) contact.tags = [...new Set(tags)].sort();
  // One e-mail slot, so a known address in another spelling is the same address and stays as it was typed first.
  if (email !== undefined && !contact.emails.some((one) => one.toLowerCase() === email.toLowerCase())) contact.emails[0] = email;
  const written = mobile === undefined ? undefined : putMobile(contact, mobile);
  if (phone !== undefined) putPrimary(contact, phone, written);
}

function putMobile(contact: OracleContact, mobile: string): OraclePhone | undefined {
  if (contact.phones.some((one) => one.number === mobile)) return contact.phones.find((one) => one.label === 'MOBILE');
  const slot = contact.phones.find((one) => one.label === 'MOBILE');
  if (slot !== undefined) {
    slot.number = mobile;
    return slot;
  }
  const added = { label: 'MOBILE', number: mobile, primary: contact.phones.length === 0 };
  contact.phones.push(added);
  return added;
}

/** The primary slot is the marked phone; where the mobile cell has just taken it, the number gets a phone of its own. */
function putPrimary(contact: OracleContact, phone: string, taken: OraclePhone | undefined): void {
  const there = contact.phones.find((one) => one.number === phone);
  const marked = contact.phones.find((one) => one.primary);
  if (there === undefined && marked !== undefined && marked !== taken) {
    marked.number = phone;
    return;
  }
  const target = there ?? { label: 'OTHER', number: phone, primary: false };
  if (there === undefined) contact.phones.push(target);
  for (const one of contact.phones) one.primary = one === target;
}

function merge(contact: OracleContact, { row, email, phone, mobile, tags }: Read): void {
  if (contact.firstName === '') contact.firstName = row.firstName;
  if (contact.lastName === '') contact.lastName = row.lastName;
  if (contact.jobTitle === '') contact.jobTitle = row.jobTitle;
  contact.tags = [...new Set([...contact.tags, ...tags])].sort();
  if (email !== undefined && !contact.emails.some((one) => one.toLowerCase() === email.toLowerCase())) contact.emails.push(email);
  // The labelled cell before the unlabelled one: the first phone of a contact without any is the primary one.
  for (const [label, value] of [['MOBILE', mobile], ['OTHER', phone]] as const) {
    if (value === undefined || contact.phones.some((one) => one.number === value)) continue;
    contact.phones.push({ label, number: value, primary: contact.phones.length === 0 });
  }
}
