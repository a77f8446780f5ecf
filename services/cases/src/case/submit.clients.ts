import { hash } from 'node:crypto';
import { isCode, type RowIssue } from '@caseledger/errors';
import { issueOfPart } from '@caseledger/fields';
import type { Command } from '@caseledger/row-target';
import type { casesV1, contactsV1, targetsV1 } from '@caseledger/contracts';
import type { ContactsSide } from '../contacts.client.js';

/** What contacts said of the client of an item. */
export interface GivenClient {
  readonly part: Pick<targetsV1.RowPart, 'record' | 'outcome' | 'reason'>;
  /** CREATED, UPDATED, MERGED, SKIPPED, UNCHANGED or FAILED. */
  readonly outcome: string;
  /** Contacts among which somebody has to choose. */
  readonly candidates: readonly string[];
  readonly issues: readonly RowIssue[];
}

/** The client's place among the contacts of a row. */
const CLIENT_PART = 0;

interface Asking {
  readonly command: Command;
  /** What becomes of a client that matches a contact (DUP-011). */
  readonly policy: string;
}

/**
 * The clients of items by id, by external id, or made of their data; undefined where an item names none. Only items that
 * are wanted, and whose further contacts exist, have a client made. With an idempotency key the clients are made once per key and data, so that a repetition
 * after a failure in between finds the very clients again.
 */
export async function clientsOf(
  contacts: ContactsSide,
  items: readonly casesV1.SubmittedCase[],
  wanted: ReadonlySet<number>,
  { command, policy }: Asking,
): Promise<readonly (GivenClient | undefined)[]> {
  const { caller } = command;
  const linked = items.flatMap(({ contacts: further }) => further.map(({ contact }) => contact));
  const existing = await contacts.existing(caller, [...items.map(({ clientId }) => clientId).filter(isGiven), ...linked]);
  const strangers = items.map((item) => item.contacts.find(({ contact }) => !existing.has(contact))?.contact);
  const paired = items.flatMap(({ clientExternalId: pair }, at) => (pair === undefined ? [] : [{ at, pair }]));
  const byPair = await contacts.byExternalId(caller, paired.map(({ pair }) => pair));
  const ofItem = new Map(paired.map(({ at }, index) => [at, byPair[index]]));
  const written = new Set([...wanted].filter((row) => strangers[row - 1] === undefined));
  const made = await makeClients(contacts, items, written, { command, policy });
  return items.map(({ clientId, clientExternalId }, at) => {
    const stranger = strangers[at];
    if (stranger !== undefined) return notFound(stranger, 'contacts');
    if (clientId !== '') return existing.has(clientId) ? linkedTo(clientId) : notFound(clientId, 'client');
    if (clientExternalId === undefined) return made.get(at);
    const id = ofItem.get(at);
    return id === undefined ? notFound(clientExternalId.id, 'client') : linkedTo(id);
  });
}

async function makeClients(
  contacts: ContactsSide,
  items: readonly casesV1.SubmittedCase[],
  wanted: ReadonlySet<number>,
  { command, policy }: Asking,
): Promise<Map<number, GivenClient>> {
  const asked = items.flatMap(({ clientFields }, at) =>
    clientFields.length > 0 && wanted.has(at + 1) ? [{ at, fields: clientFields }] : [],
  );
  if (asked.length === 0) return new Map();
  const submitted = asked.map(({ fields }) => ({ fields: [...fields] }));
  const key = keyOf(command.idempotencyKey, { submitted, policy });
  const results = await contacts.submit(command.caller, { items: submitted, policy, key });
  return new Map(asked.map(({ at }, index) => [at, givenBy(results[index])]));
}

// The data is part of the key: what is wanted may be less at a repetition, when others have written meanwhile.
function keyOf(key: string, data: object): string {
  return key === '' ? '' : `${key}:clients:${hash('sha256', JSON.stringify(data), 'hex')}`;
}

function givenBy(result: contactsV1.SubmittedResult | undefined): GivenClient {
  const issues = (result?.issues ?? []).map(issueOfClient);
  const { outcome = 'FAILED', reason = 'INTERNAL_ERROR', contact, candidates = [] } = result ?? {};
  // One that needs a decision is no contact yet, and holds its case.
  if (reason === 'DUPLICATE_REVIEW') {
    return { part: { record: '', outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW' }, outcome, candidates, issues };
  }
  if (outcome === 'FAILED') return { part: { record: '', outcome, reason }, outcome, candidates: [], issues };
  return { ...linkedTo(contact?.id ?? ''), outcome, issues };
}

// What contacts says of the client, under the keys and labels that its fields have in case files.
function issueOfClient({ code, severity, field, params }: targetsV1.RowIssue): RowIssue {
  const issue: RowIssue = { code: isCode(code) ? code : 'INTERNAL_ERROR', severity: severity === 'WARNING' ? 'WARNING' : 'ERROR', field, params };
  return field === '' ? { ...issue, field: 'client' } : issueOfPart(issue, CLIENT_PART);
}

// Contacts has done its part: for the case it is a contact that is there.
function linkedTo(record: string): GivenClient {
  return { part: { record, outcome: 'UNCHANGED', reason: '' }, outcome: 'UNCHANGED', candidates: [], issues: [] };
}

function notFound(value: string, field: string): GivenClient {
  const issue: RowIssue = { code: 'LINK_NOT_FOUND', severity: 'ERROR', field, params: { type: 'contact', value } };
  const part = { record: '', outcome: 'FAILED', reason: 'LINK_NOT_FOUND' };
  return { part, outcome: 'FAILED', candidates: [], issues: [issue] };
}

function isGiven(id: string): boolean {
  return id !== '';
}
