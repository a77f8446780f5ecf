import type { CaseResult, CaseWorld } from './case-oracle.js';

/**
 * The world that the next file finds: every record has been there before it.
 * @returns the world, and a record's name in it by the name it had
 */
export function nextWorld({ contacts, cases, clients }: CaseResult): { world: CaseWorld; now: (name: string) => string } {
  const renamed = new Map<string, string>();
  contacts.forEach(({ name }, at) => renamed.set(name, `existing ${at}`));
  cases.forEach(({ name }, at) => renamed.set(name, `case existing ${at}`));
  const now = (name: string): string => renamed.get(name) ?? name;
  const world = {
    clients: clients.map(now),
    contacts: contacts.map((one) => ({ ...one, name: now(one.name) })),
    cases: cases.map((one) => ({ ...one, name: now(one.name), primary: now(one.primary), contacts: one.contacts.map(({ contact, role }) => ({ contact: now(contact), role })) })),
  };
  return { world, now };
}
