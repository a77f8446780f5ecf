import { hash } from 'node:crypto';
import { isCode, type RowIssue } from '@caseledger/errors';
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

interface Asking {
  readonly command: Command;
  /** What becomes of a client that matches a contact (DUP-011). */
  readonly policy: string;
}

/**
 * The clients of items by id, by external id, or made of their data; undefined where an item names none. Only items that
 * are wanted have a client made. With an idempotency key the clients are made once per key and data, so that a repetition
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
  const pairs = items.flatMap(({ clientExternalId }) => clientExternalId ?? []);
  const byPair = await contacts.byExternalId(caller, pairs);
  const made = await makeClients(contacts, items, wanted, { command, policy });
  let pair = 0;
  return items.map((item, at) => {
    const unknown = item.contacts.find(({ contact }) => !existing.has(contact));
    if (unknown !== undefined) return notFound(unknown.contact, 'contacts');
    if (item.clientId !== '') {
      return existing.has(item.clientId) ? linkedTo(item.clientId) : notFound(item.clientId, 'client');
    }
    if (item.clientExternalId !== undefined) {
      const id = byPair[pair++];
      return id === undefined ? notFound(item.clientExternalId.id, 'client') : linkedTo(id);
    }
    return made.get(at);
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
  const issues = (result?.issues ?? []).map(({ code, severity, field, params }): RowIssue => ({
    code: isCode(code) ? code : 'INTERNAL_ERROR',
    severity: severity === 'WARNING' ? 'WARNING' : 'ERROR',
    field: clientField(field),
    params,
  }));
  const { outcome = 'FAILED', reason = 'INTERNAL_ERROR', contact, candidates = [] } = result ?? {};
  // One that needs a decision is no contact yet, and holds its case.
  if (reason === 'DUPLICATE_REVIEW') {
    return { part: { record: '', outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW' }, outcome, candidates, issues };
  }
  if (outcome === 'FAILED') return { part: { record: '', outcome, reason }, outcome, candidates: [], issues };
  return { ...linkedTo(contact?.id ?? ''), outcome, issues };
}

// A field of the client, as columns of case files name it: clientFirstName.
function clientField(field: string): string {
  return field === '' ? 'client' : `client${field.charAt(0).toUpperCase()}${field.slice(1)}`;
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
