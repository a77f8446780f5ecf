import { evolve, evolveAll, initial, primaryOf, type ContactState } from './contact.js';
import {
  archiveContact,
  changeContact,
  changeStatus,
  createContact,
  restoreContact,
  type ContactInput,
  type GivenPhone,
} from './contact.decider.js';
import type { ContactEvent } from './contact.events.js';

const phone = (id: number, number: string, label = 'HOME', primary = false): GivenPhone => ({
  id,
  label,
  number,
  extension: '',
  primary,
});

function given(...events: ContactEvent[]): ContactState {
  return evolveAll(
    initial(),
    events.map((event) => ({ event })),
  );
}

const ada: ContactInput = { values: { firstName: 'Ada', lastName: 'Quill' } };

function create(input: ContactInput = ada): ContactEvent[] {
  return createContact({
    input,
    client: false,
    source: 'STAFF',
    knownDifferent: [],
  });
}

function change(state: ContactState, input: ContactInput, read = state): ContactEvent[] {
  return changeContact({ input, source: 'STAFF', read, lastChangedBy: 'u2' }, state);
}

const code = (value: string) => expect.objectContaining({ code: value });

describe('a contact', () => {
  it('is made by one event that holds all first values (CON-001)', () => {
    const [event, ...more] = create({
      ...ada,
      phones: [phone(0, '+14155550132')],
      tags: ['vip', 'vip'],
    });
    expect(more).toEqual([]);
    const state = given(...(event === undefined ? [] : [event]));
    expect(state).toMatchObject({
      type: 'INDIVIDUAL',
      status: 'ACTIVE',
      values: { firstName: 'Ada', lastName: 'Quill' },
      phones: [{ id: 1, label: 'HOME', number: '+14155550132', extension: '' }],
      tags: ['vip'],
    });
    expect(primaryOf(state, 'phones')).toBe(1);
  });

  it('needs a first and a last name, a business a company name (CON-002)', () => {
    expect(() => create({ values: { firstName: 'Ada' } })).toThrow('Last name is required.');
    expect(() =>
      create({
        type: 'BUSINESS',
        values: { firstName: 'Ada', lastName: 'Quill' },
      }),
    ).toThrow(code('REQUIRED_MISSING'));
    expect(create({ type: 'BUSINESS', values: { companyName: 'Quill Paving' } })).toHaveLength(1);
  });

  it('keeps a type that the other type’s required field does not allow (CON-002)', () => {
    const state = given(...create());
    expect(() => change(state, { type: 'BUSINESS' })).toThrow(code('REQUIRED_MISSING'));
    expect(
      change(state, {
        type: 'BUSINESS',
        values: { companyName: 'Quill Paving' },
      }),
    ).toHaveLength(1);
  });

  it('refuses the same number twice and an eleventh phone (CON-003)', () => {
    expect(() => create({ ...ada, phones: [phone(0, '+1'), phone(0, '+1')] })).toThrow(code('DUPLICATE_VALUE'));
    const eleven = Array.from({ length: 11 }, (_, at) => phone(0, `+1415555010${at}`));
    expect(() => create({ ...ada, phones: eleven })).toThrow('At most 10 phones.');
  });

  it('hands the primary mark to the oldest remaining e-mail and says so (CON-004)', () => {
    const emails = ['a', 'b', 'c'].map((name, at) => ({
      id: 0,
      label: 'WORK',
      address: `${name}@k.net`,
      primary: at === 1,
    }));
    const state = given(...create({ ...ada, emails }));
    expect(primaryOf(state, 'emails')).toBe(2);
    const kept = emails.filter((_, at) => at !== 1).map((email, at) => ({ ...email, id: at === 0 ? 1 : 3 }));
    expect(change(state, { emails: kept })).toEqual([
      { type: 'ContactEmailRemoved', data: { id: 2 } },
      { type: 'ContactPrimaryChanged', data: { list: 'emails', id: 1 } },
    ]);
  });

  it('never gives an element id twice', () => {
    const state = given(...create({ ...ada, phones: [phone(0, '+1')] }));
    const without = given(...create({ ...ada, phones: [phone(0, '+1')] }), ...change(state, { phones: [] }));
    const [added] = change(without, { phones: [phone(0, '+2')] });
    expect(added).toMatchObject({ type: 'ContactPhoneAdded', data: { id: 2 } });
  });
});

describe('saving on an outdated version (CON-015)', () => {
  const events = create({ ...ada, phones: [phone(0, '+1')] });
  const read = given(...events);

  it('merges fields that do not overlap, elements included', () => {
    const theirs = given(
      ...events,
      ...change(read, {
        phones: [phone(1, '+1'), phone(0, '+2')],
        values: { jobTitle: 'Welder' },
      }),
    );
    const mine = change(theirs, { values: { source: 'Web' }, phones: [phone(1, '+9'), phone(0, '+3')] }, read);
    const merged = mine.reduce((state, event) => evolve(state, event), theirs);
    expect(merged.values).toMatchObject({ jobTitle: 'Welder', source: 'Web' });
    expect(merged.phones.map(({ id, number }) => [id, number])).toEqual([
      [1, '+9'],
      [2, '+2'],
      [3, '+3'],
    ]);
  });

  it('refuses fields that both changed, naming them', () => {
    const theirs = given(...events, ...change(read, { values: { lastName: 'Reed' } }));
    expect(() => change(theirs, { values: { lastName: 'Moss' } }, read)).toThrow(code('VERSION_CONFLICT'));
    expect(change(theirs, { values: { lastName: 'Reed' } }, read)).toEqual([]);
  });

  it('touches only what changed', () => {
    expect(
      change(read, {
        values: { firstName: 'Ada', jobTitle: 'Welder' },
        phones: [phone(1, '+1')],
      }),
    ).toEqual([
      {
        type: 'ContactFieldsChanged',
        data: {
          set: { jobTitle: 'Welder' },
          cleared: [],
          fields: ['jobTitle'],
        },
      },
    ]);
  });
});

describe('status, archive and preferences', () => {
  const state = given(...create());

  it('lets any status follow any and refuses others (CON-006)', () => {
    expect(changeStatus('UNREACHABLE', state)).toEqual([
      {
        type: 'ContactStatusChanged',
        data: { from: 'ACTIVE', to: 'UNREACHABLE' },
      },
    ]);
    expect(changeStatus('ACTIVE', state)).toEqual([]);
    expect(() => changeStatus('ASLEEP', state)).toThrow('ASLEEP is not an allowed Status.');
  });

  it('archives and restores once (CON-016)', () => {
    const archived = given(...create(), ...archiveContact('moved', state));
    expect(archived.archived).toEqual({ reason: 'moved' });
    expect(archiveContact('again', archived)).toEqual([]);
    expect(restoreContact(archived, () => undefined)).toEqual([{ type: 'ContactRestored', data: {} }]);
    expect(restoreContact(state, () => undefined)).toEqual([]);
  });

  it('does not restore a contact whose external id another one has got', () => {
    const pair = { system: 'old', id: '7' };
    const archived = given(...create({ ...ada, externalIds: [pair] }), {
      type: 'ContactArchived',
      data: { reason: '' },
    });
    expect(() => restoreContact(archived, () => 'other')).toThrow(code('EXTERNAL_ID_TAKEN'));
  });

  it('keeps the person’s own opt-out (PRF-004)', () => {
    const out = given(...create(), {
      type: 'ContactOptedOut',
      data: { channel: 'SMS', source: 'PERSON' },
    });
    expect(() => change(out, { preferences: { SMS: 'OPTED_IN' } })).toThrow(code('OPT_OUT_KEPT'));
    const byStaff = given(...create(), {
      type: 'ContactOptedOut',
      data: { channel: 'SMS', source: 'STAFF' },
    });
    expect(change(byStaff, { preferences: { SMS: 'OPTED_IN' } })).toHaveLength(1);
  });
});
