import fc from 'fast-check';
import { changesBetween, created } from './contact.changes.js';
import { evolveAll, initial, primaryOf, type ContactState } from './contact.js';
import type { ContactEvent, ElementList } from './contact.events.js';

const LISTS: readonly ElementList[] = ['phones', 'emails', 'addresses'];

const fold = (before: ContactState, events: readonly ContactEvent[]): ContactState =>
  evolveAll(
    before,
    events.map((event) => ({ event })),
  );

const text = fc.constantFrom('a', 'b', 'c');
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }).map((list) => list.sort((a, b) => a - b));

/** Any contact that commands can lead to: ids ascending, sets sorted, a mark only on an element that is there. */
const contacts = fc
  .record({
    type: fc.constantFrom('INDIVIDUAL', 'BUSINESS'),
    client: fc.constant(false),
    status: fc.constantFrom('ACTIVE', 'PENDING'),
    values: fc.dictionary(fc.constantFrom('jobTitle', 'source', 'nickname'), text),
    phones: ids.chain((list) =>
      fc.tuple(
        ...list.map((id) =>
          fc.record({ id: fc.constant(id), label: text, number: text, extension: fc.constantFrom('', '9') }),
        ),
      ),
    ),
    emails: ids.chain((list) =>
      fc.tuple(...list.map((id) => fc.record({ id: fc.constant(id), label: text, address: text }))),
    ),
    addresses: ids.chain((list) =>
      fc.tuple(
        ...list.map((id) =>
          fc.record({
            id: fc.constant(id),
            label: text,
            parts: fc.dictionary(fc.constantFrom('city', 'zip', 'street'), text, { minKeys: 1 }),
          }),
        ),
      ),
    ),
    tags: fc.uniqueArray(text).map((list) => list.sort()),
    externalIds: fc.uniqueArray(text).map((list) => list.sort().map((id) => ({ system: 's', id }))),
    preferences: fc.dictionary(
      fc.constantFrom('SMS', 'CALL'),
      fc.record({ state: fc.constantFrom('OPTED_IN' as const, 'OPTED_OUT' as const), source: text }),
    ),
    review: fc.uniqueArray(text).map((list) => list.sort()),
    marked: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ marked, ...made }): ContactState => {
    const state: ContactState = { ...initial(), ...made, lastId: { phones: 4, emails: 4, addresses: 4 } };
    for (const list of LISTS) {
      const element = state[list][marked];
      if (element !== undefined) state.primary[list] = element.id;
    }
    return state;
  });

/** What a person sees of a contact: the primary element, not whether it was marked or is so by age. */
const seen = (state: ContactState) => ({
  ...state,
  primary: LISTS.map((list) => primaryOf(state, list)),
  lastId: null,
});

describe('the events between two states', () => {
  it('lead from one to the other, and are none when they are equal', () => {
    fc.assert(
      fc.property(contacts, contacts, (before, after) => {
        const wanted = {
          ...after,
          client: before.client,
          preferences: { ...before.preferences, ...after.preferences },
        };
        expect(seen(fold(before, changesBetween(before, wanted)))).toEqual(seen(wanted));
        expect(changesBetween(before, before)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that make a contact are one, and give all its first values', () => {
    fc.assert(
      fc.property(contacts, (after) => {
        expect(seen(fold(initial(), [created(after)]))).toEqual(seen(after));
      }),
      { numRuns: 1_000 },
    );
  });
});
