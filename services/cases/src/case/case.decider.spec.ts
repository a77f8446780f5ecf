import { changesBetween, opened, withStanding } from './case.changes.js';
import {
  addToList,
  archiveCase,
  changeStatus,
  changeType,
  checkRequired,
  firstContacts,
  linkContact,
  mergeChange,
  readBy,
  removeFromList,
  replaceStatus,
  restoreCase,
  unlinkContact,
  withLists,
} from './case.decider.js';
import { CLOSED, FAMILY, OPEN, REVIEW, TODAY, given, openedCase } from './case.fixture.js';
import { evolveAll, initial, primaryOf, type CaseState } from './case.js';
import type { CaseEvent } from './case.events.js';

const code = (value: string) => expect.objectContaining({ code: value });
const types = (events: readonly CaseEvent[]): string[] => events.map(({ type }) => type);
const after = (state: CaseState, events: readonly CaseEvent[]): CaseState =>
  evolveAll(
    state,
    events.map((event) => ({ event })),
  );
const client = (contact: string, primary = false) => ({ contact, role: 'CLIENT', primary });

describe('the contacts of a new case (CAS-001, CAS-003)', () => {
  it('have the one marked as main client, else the first given', () => {
    expect(firstContacts([client('zoe'), client('ada')]).primary).toBe('zoe');
    expect(firstContacts([client('zoe'), client('ada', true)]).primary).toBe('ada');
  });

  it('hold a client, each contact once per role, and no role that there is not', () => {
    expect(() => firstContacts([])).toThrow(code('CASE_NEEDS_CLIENT'));
    expect(() => firstContacts([{ contact: 'ada', role: 'WITNESS', primary: true }])).toThrow(code('CASE_NEEDS_CLIENT'));
    expect(() => firstContacts([client('ada'), client('ada')])).toThrow(code('ALREADY_LINKED'));
    expect(() => firstContacts([{ contact: 'ada', role: 'JUDGE', primary: false }])).toThrow(code('ROLE_UNKNOWN'));
  });
});

describe('the status of a case (CAS-004)', () => {
  it('sets the closed date on entering CLOSED and clears it on leaving', () => {
    const open = given(openedCase());
    const closing = changeStatus(CLOSED, TODAY, 'paid', open);
    expect(closing).toEqual([
      {
        type: 'CaseStatusChanged',
        data: { type: 'injury', from: 'active', to: 'settled', category: 'CLOSED', closedOn: TODAY, reason: 'paid' },
      },
    ]);
    const closed = after(open, closing);
    expect(closed).toMatchObject({ category: 'CLOSED', closedOn: TODAY });
    expect(after(closed, changeStatus(OPEN, TODAY, '', closed))).toMatchObject({ category: 'OPEN', closedOn: null });
  });

  it('leaves the closed date alone between statuses of one category', () => {
    const state = given(openedCase({ closedOn: '2020-01-01' }));
    expect(changeStatus(REVIEW, TODAY, '', state)[0]?.data).not.toHaveProperty('closedOn');
  });

  it('is none of another type, and changing it to what it is changes nothing', () => {
    const state = given(openedCase());
    expect(() => changeStatus(FAMILY, TODAY, '', state)).toThrow(code('VALUE_NOT_ALLOWED'));
    expect(changeStatus(OPEN, TODAY, '', state)).toEqual([]);
  });

  it('follows the type in one event (CAS-005)', () => {
    const state = given(openedCase());
    const events = changeType(FAMILY, TODAY, state);
    expect(types(events)).toEqual(['CaseTypeChanged']);
    expect(after(state, events)).toMatchObject(FAMILY);
  });

  it('that was removed is replaced, in archived cases too (TYP-002)', () => {
    const archived = given(openedCase(), { type: 'CaseArchived', data: { reason: '' } });
    expect(after(archived, replaceStatus('active', CLOSED, TODAY, archived))).toMatchObject({ status: 'settled', closedOn: TODAY });
    expect(replaceStatus('other', CLOSED, TODAY, archived)).toEqual([]);
  });
});

describe('an archived case (CAS-006)', () => {
  const archived = given(openedCase(), { type: 'CaseArchived', data: { reason: 'moved' } });

  it('is read-only', () => {
    const link = { contact: 'bo', role: 'WITNESS' };
    expect(() => changeStatus(CLOSED, TODAY, '', archived)).toThrow(code('CASE_ARCHIVED'));
    expect(() => changeType(FAMILY, TODAY, archived)).toThrow(code('CASE_ARCHIVED'));
    expect(() => linkContact(link, false, archived)).toThrow(code('CASE_ARCHIVED'));
    expect(() => unlinkContact(link, archived)).toThrow(code('CASE_ARCHIVED'));
    expect(() => addToList('l', archived)).toThrow(code('CASE_ARCHIVED'));
    expect(() => mergeChange(archived, { ...archived, name: 'New' }, archived, 'u1')).toThrow(code('CASE_ARCHIVED'));
  });

  it('is archived once, restored whole, and lets its list go', () => {
    expect(archiveCase('again', archived)).toEqual([]);
    expect(after(archived, restoreCase(archived, () => undefined))).toEqual(given(openedCase()));
    const member = given(openedCase({ lists: ['l'] }), { type: 'CaseArchived', data: { reason: '' } });
    expect(types(removeFromList('l', member))).toEqual(['CaseRemovedFromList']);
  });

  it('is not restored while another case has its external id (EXTERNAL_ID_TAKEN)', () => {
    const state = given(openedCase({ externalIds: [{ system: 's', id: '7' }] }), { type: 'CaseArchived', data: { reason: '' } });
    expect(() => restoreCase(state, () => 'other')).toThrow(code('EXTERNAL_ID_TAKEN'));
  });
});

describe('contacts of a case', () => {
  it('are linked once per role (CON-011)', () => {
    const state = given(openedCase());
    const linked = after(state, linkContact({ contact: 'ada', role: 'WITNESS' }, false, state));
    expect(() => linkContact({ contact: 'ada', role: 'WITNESS' }, false, linked)).toThrow(code('ALREADY_LINKED'));
  });

  it('always hold a client (CASE_NEEDS_CLIENT)', () => {
    const state = given(openedCase({ contacts: [{ contact: 'ada', role: 'CLIENT' }, { contact: 'bo', role: 'WITNESS' }] }));
    expect(() => unlinkContact({ contact: 'ada', role: 'CLIENT' }, state)).toThrow(code('CASE_NEEDS_CLIENT'));
    expect(unlinkContact({ contact: 'bo', role: 'CLIENT' }, state)).toEqual([]);
    expect(() => checkRequired({ ...state, contacts: [] })).toThrow(code('CASE_NEEDS_CLIENT'));
  });

  it('hand the main mark on, and do not get it back by being linked again', () => {
    const state = given(openedCase({ contacts: [{ contact: 'ada', role: 'CLIENT' }, { contact: 'bo', role: 'CLIENT' }] }));
    const without = after(state, unlinkContact({ contact: 'ada', role: 'CLIENT' }, state));
    expect(primaryOf(without)).toBe('bo');
    const again = after(without, linkContact({ contact: 'ada', role: 'CLIENT' }, false, without));
    expect(primaryOf(again)).toBe('bo');
    expect(primaryOf(after(again, linkContact({ contact: 'cy', role: 'CLIENT' }, true, again)))).toBe('cy');
  });
});

describe('two people changing one case (CAS-011)', () => {
  const read = given(openedCase({ description: 'old' }));

  it('both succeed on different fields', () => {
    const present = after(read, changesBetween(read, { ...read, description: 'theirs' }));
    const events = mergeChange(readBy(read, present), { ...read, name: 'mine' }, present, 'u1');
    expect(after(present, events)).toMatchObject({ name: 'mine', description: 'theirs' });
    expect(types(events)).toEqual(['CaseFieldsChanged']);
  });

  it('are told of a conflict on the same field, unless they wrote the same', () => {
    const present = after(read, changesBetween(read, { ...read, description: 'theirs' }));
    expect(() => mergeChange(read, { ...read, description: 'mine' }, present, 'u1')).toThrow(code('VERSION_CONFLICT'));
    expect(mergeChange(read, { ...read, description: 'theirs' }, present, 'u1')).toEqual([]);
  });

  it('never give one id to two key dates', () => {
    const date = (label: string) => ({ id: 0, label, kind: 'OTHER', at: '2026-05-04', reminderDays: 0 });
    const theirs = withLists(read, { keyDates: [date('theirs')] });
    const present = after(read, changesBetween(read, theirs));
    const mine = withLists(readBy(read, present), { keyDates: [date('mine')] });
    const both = after(present, mergeChange(readBy(read, present), mine, present, 'u1'));
    expect(both.keyDates.map(({ id, label }) => [id, label])).toEqual([
      [1, 'theirs'],
      [2, 'mine'],
    ]);
  });
});

describe('lists of a case', () => {
  it('of tags and key dates keep to their limits and kinds', () => {
    const state = given(openedCase());
    const tags = Array.from({ length: 51 }, (_, at) => `t${at}`);
    expect(() => withLists(state, { tags })).toThrow('At most 50 tags.');
    const date = { id: 0, label: '', kind: 'BIRTHDAY', at: '2026-01-01', reminderDays: 0 };
    expect(() => withLists(state, { keyDates: [date] })).toThrow('BIRTHDAY is not an allowed kind of key date.');
    expect(() => withLists(state, { keyDates: [{ ...date, kind: 'OTHER', reminderDays: -1 }] })).toThrow(code('VALUE_NOT_ALLOWED'));
    expect(() => withLists(state, { primaryContact: 'nobody' })).toThrow(code('LINK_NOT_FOUND'));
  });
});

describe('events of a case', () => {
  const full: CaseState = {
    ...given(openedCase()),
    description: 'slipped',
    openedOn: '2026-01-02',
    closedOn: '2026-02-03',
    contacts: [
      { contact: 'ada', role: 'CLIENT' },
      { contact: 'bo', role: 'WITNESS' },
    ],
    keyDates: [{ id: 1, label: 'Trial', kind: 'COURT_DATE', at: '2026-05-04', reminderDays: 7 }],
    lastKeyDate: 1,
    tags: ['a', 'b'],
    externalIds: [{ system: 's', id: '1' }],
    lists: ['l1'],
    review: ['VALUE_LEFT_OUT'],
  };

  it('lead from nothing to the very state they were made for', () => {
    expect(given(opened(full))).toEqual(full);
  });

  it('lead from any state to any other', () => {
    const plain = given(openedCase());
    const moved = withStanding({ ...plain, name: 'Other', openedOn: null }, FAMILY, TODAY);
    for (const [from, to] of [[plain, full], [full, plain], [full, moved], [plain, moved]] as const) {
      expect(after(from, changesBetween(from, { ...to, lastKeyDate: from.lastKeyDate }))).toEqual({
        ...to,
        lastKeyDate: Math.max(from.lastKeyDate, ...to.keyDates.map(({ id }) => id), 0),
      });
    }
    expect(changesBetween(full, full)).toEqual([]);
  });

  it('note which import and row made a case', () => {
    const source = { origin: { kind: 'import', id: 'i1' }, row: 7 };
    expect(evolveAll(initial(), [{ event: openedCase(), source }]).made).toEqual({ import: 'i1', row: 7 });
  });
});
