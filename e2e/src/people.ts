import { randomUUID } from 'node:crypto';
import { eventually, type Json, type Network } from '@caseledger/testing';
import { signIn, type ImportView, type Session } from './company.js';

/** A client as REST shows it; ids are those of ledgers and plans. */
export interface ClientView extends Json {
  readonly id: string;
  readonly version: number;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly jobTitle: string | null;
}

/** Another user of the owner's company, signed in; `id` is what `saveUser` takes. */
export async function colleague(network: Network, owner: Session, roles: readonly string[]): Promise<{ id: string; session: Session }> {
  const unique = randomUUID();
  const email = `user-${unique}@firm.test`;
  const password = `password-${unique}`;
  const { saveUser } = await owner.graphql<{ saveUser: { user: { id: string } | null; userErrors: { code: string }[] } }>(
    'mutation ($input: UserInput!) { saveUser(input: $input) { user { id } userErrors { code } } }',
    { input: { name: 'Uma User', email, roles, password } },
  );
  if (saveUser.user === null) throw new Error(JSON.stringify(saveUser.userErrors));
  return { id: saveUser.user.id, session: await signIn(network, email, password) };
}

export async function setRoles(owner: Session, id: string, roles: readonly string[]): Promise<void> {
  await owner.graphql('mutation ($input: UserInput!) { saveUser(input: $input) { user { id } userErrors { code } } }', { input: { id, roles } });
}

/** Every client that is not archived, in the order in which they were made. */
export async function clients(company: Session, search = ''): Promise<ClientView[]> {
  const page = await company.json<{ clients: ClientView[] }>('GET', `/api/clients?limit=500&search=${encodeURIComponent(search)}`);
  return page.clients;
}

/** A person edits a client, whatever its version is. */
export async function edit(company: Session, id: string, fields: Json): Promise<void> {
  await company.json('PATCH', `/api/clients/${id}`, fields);
}

/** Rows done so far. */
export function doneOf(item: ImportView): number {
  const { progress } = item as unknown as { progress: { done: number } };
  return progress.done;
}

/** How many contacts there are now, written a moment ago or not: the ledger is told later than they are. */
export async function contactCount(company: Session): Promise<number> {
  const { contacts } = await company.graphql<{ contacts: { totalCount: number } }>('{ contacts(first: 1) { totalCount } }');
  return contacts.totalCount;
}

/** Waits until the run of a new company has written its first records. */
export function underWay(company: Session): Promise<true> {
  return eventually(async () => (await contactCount(company)) > 0 && (true as const), { deadlineMs: 60_000, everyMs: 5 });
}

/** `count` clients that nobody has, each with a name and an e-mail of its own. */
export function manyClients(count: number, domain = 'kestrel-mail.net'): string {
  const lines = Array.from({ length: count }, (_, at) => `Ana,Quinn${at},p${at}@${domain}`);
  return `${['First Name,Last Name,Email', ...lines].join('\r\n')}\r\n`;
}

/** LED-001: read = created + updated + merged + unchanged + skipped + failed. */
export function sumOf({ counts }: ImportView): number {
  const { created, updated, merged, unchanged, skipped, failed } = counts;
  return created + updated + merged + unchanged + skipped + failed;
}
