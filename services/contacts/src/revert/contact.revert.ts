import { Counterfactual, RevertOf, type Assignment, type RevertRules } from '@caseledger/row-target';
import { ELEMENTS_MAX, TAGS_MAX } from '../contact/contact.decider.js';
import type { ContactEvent } from '../contact/contact.events.js';
import { assign, assignmentsOf, fieldOf, pathsOf } from '../contact/contact.paths.js';
import { copyOf, evolve, initial, requiredBlank, type ContactState } from '../contact/contact.js';
import { fieldDifferences } from '../contact/contact.view.js';
import { contactEventOf, pastEventOf } from '../contact/stored-contact.js';
import { keysOfRecord } from '../rows/record-keys.js';

/** Contacts as reverts treat them: their fold, path by path, and what they cannot be without. */
const rules: RevertRules<ContactState, ContactEvent> = {
  name: 'CONTACT',
  types: { created: 'ContactCreated', flagged: 'ContactReviewFlagged', cleared: 'ContactReviewCleared' },
  initial,
  copyOf,
  evolve,
  ownEvent: ({ type, data }) => contactEventOf({ type, data: { ...data } }),
  assignmentsOf,
  assign,
  pathsOf,
  fieldOf,
  fieldDifferences,
  keysOf: keysOfRecord,
  requiredBlank,
  holdsTooMuch,
  remains,
  tidied: withoutDoubles,
};

/** What contacts were, are, and would be without imports. */
export const contactHistory = new Counterfactual(rules);

/** What contacts become without an import, or with it again. */
export const contactRevert = new RevertOf(rules, pastEventOf);

function holdsTooMuch(want: ContactState, now: ContactState): boolean {
  const lists = ['phones', 'emails', 'addresses'] as const;
  if (lists.some((list) => want[list].length > Math.max(ELEMENTS_MAX[list], now[list].length))) return true;
  return want.tags.length > Math.max(TAGS_MAX, now.tags.length);
}

// An opt-out stays whoever recorded it (REV-007), and a stripped record stays a contact with a type and a status.
function remains(event: ContactEvent): Assignment[] {
  if (event.type === 'ContactOptedOut') return assignmentsOf(event);
  if (event.type !== 'ContactCreated') return [];
  const { preferences } = event.data;
  return assignmentsOf(event).flatMap((each) => {
    const { path } = each;
    if (path === 'status') return [{ path, value: 'ACTIVE' }];
    const channel = path.startsWith('preferences/') ? path.slice('preferences/'.length) : undefined;
    const isOptOut = channel !== undefined && preferences[channel]?.state === 'OPTED_OUT';
    return path === 'contactType' || isOptOut ? [each] : [];
  });
}

// A person may have typed in again what comes back: the same number never stands twice on one contact (CON-003).
function withoutDoubles(state: ContactState): ContactState {
  return {
    ...state,
    phones: firstOfEach(state.phones, (phone) => `${phone.number};${phone.extension}`),
    emails: firstOfEach(state.emails, (email) => email.address.toLowerCase()),
  };
}

function firstOfEach<E>(elements: readonly E[], identity: (element: E) => string): E[] {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const key = identity(element);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
