import { uuid7 } from '@caseledger/event-store';
import { contactsV1, targetsV1 } from '@caseledger/contracts';
import type { ContactsClient } from '../contacts.client.js';
import { asked } from './asked.js';

/** Contacts as cases ask about them, kept in memory: clients are told apart by their e-mail. */
export class KnownContacts implements ContactsClient {
  readonly #words = new Map<string, string>();
  readonly #emails = new Map<string, string>();
  readonly #external = new Map<string, string>();
  readonly #replies = new Map<string, readonly contactsV1.SubmittedResult[]>();
  /** Every submission that was not a repetition. */
  readonly submissions: (readonly contactsV1.SubmittedContact[])[] = [];

  /** Contacts that were marked as clients because of a case. */
  readonly clients = new Set<string>();

  /** A contact that is found by these words. */
  add(words: string, more: { readonly externalId?: contactsV1.ExternalId; readonly email?: string } = {}): string {
    const id = uuid7();
    this.#words.set(id, words.toLowerCase());
    if (more.email !== undefined) this.#emails.set(more.email, id);
    if (more.externalId !== undefined) this.#external.set(JSON.stringify(more.externalId), id);
    return id;
  }

  existing(_caller: unknown, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(ids.filter((id) => this.#words.has(id))));
  }

  search(_caller: unknown, text: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#words].filter(([, words]) => words.includes(text)).map(([id]) => id));
  }

  byExternalId(
    _caller: unknown,
    pairs: readonly contactsV1.ExternalId[],
  ): Promise<readonly (string | undefined)[]> {
    return Promise.resolve(pairs.map((pair) => this.#external.get(JSON.stringify(pair))));
  }

  submit(
    _caller: unknown,
    { items, key }: { readonly items: readonly contactsV1.SubmittedContact[]; readonly key: string },
  ): Promise<readonly contactsV1.SubmittedResult[]> {
    const before = key === '' ? undefined : this.#replies.get(key);
    if (before !== undefined) return Promise.resolve(before);
    this.submissions.push(items);
    const results = items.map((item) => this.#submitOne(item));
    this.#replies.set(key, results);
    return Promise.resolve(results);
  }

  markClients(_caller: unknown, ids: readonly string[]): Promise<void> {
    for (const id of ids) this.clients.add(id);
    return Promise.resolve();
  }

  close(): void {
    // Nothing is held.
  }

  #submitOne({ fields }: contactsV1.SubmittedContact): contactsV1.SubmittedResult {
    const value = (key: string): string => fields.find(({ field }) => field === key)?.text ?? '';
    if (value('lastName') === '') {
      const issue = asked(targetsV1.RowIssue, { code: 'REQUIRED_MISSING', severity: 'ERROR', field: 'lastName', params: { field: 'Last name' } });
      return asked(contactsV1.SubmittedResult, { outcome: 'FAILED', reason: 'REQUIRED_MISSING', issues: [issue] });
    }
    const known = this.#emails.get(value('email'));
    const id = known ?? this.add(`${value('firstName')} ${value('lastName')}`, { email: value('email') });
    const contact = asked(contactsV1.Contact, { id });
    return asked(contactsV1.SubmittedResult, { outcome: known === undefined ? 'CREATED' : 'SKIPPED', contact });
  }
}
