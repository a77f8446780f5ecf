import { contact, email, judge, options, phone, row, viewOf, type Cells } from './row.fixture.js';
import type { ContactInput } from '../contact/contact.decider.js';
import type { ContactState } from '../contact/contact.js';
import type { Judged } from './row-judge.js';

/** One row laid over one contact matched by its record id, by a policy. */
function lay(policy: string, stored: ContactState, cells: Cells, more: Parameters<typeof options>[0] = {}): Judged {
  const rows = [row(1, { recordId: 'a', ...cells })];
  const [judged] = judge(rows, options({ duplicatePolicy: policy, mappedFields: [], ...more }), viewOf({ a: stored }));
  if (judged === undefined) throw new Error('nothing judged');
  return judged;
}

const stateOf = (judged: Judged) => judged.after?.state ?? judged.before?.state;
const phonesOf = (judged: Judged) => stateOf(judged)?.phones.map(({ label, number }) => `${label} ${number}`);
const having = (input: ContactInput) => contact(input);

describe('single values (DUP-006)', () => {
  const stored = having({ values: { jobTitle: 'Old' } });

  it.each([
    ['UPDATE', { jobTitle: 'New' }, 'UPDATED', 'New'],
    ['UPDATE', { jobTitle: 'Old' }, 'UNCHANGED', 'Old'],
    ['UPDATE', { source: 'Web' }, 'UPDATED', 'Old'],
    ['MERGE', { jobTitle: 'New' }, 'UNCHANGED', 'Old'],
    ['MERGE', { source: 'Web' }, 'MERGED', 'Old'],
    ['SKIP', { jobTitle: 'New' }, 'SKIPPED', 'Old'],
  ])('%s %j: %s', (policy, cells: Cells, outcome, jobTitle) => {
    const judged = lay(policy, stored, cells);
    expect(judged.outcome).toBe(outcome);
    expect(stateOf(judged)?.values['jobTitle']).toBe(jobTitle);
  });

  it('says which values a merge kept', () => {
    expect(lay('MERGE', stored, { jobTitle: 'New' }).issues).toMatchObject([
      { code: 'MERGE_KEPT_EXISTING', field: 'jobTitle', params: { field: 'Job title', existing: 'Old' } },
    ]);
  });

  it('empties by the clear token under every policy, by a blank cell only under UPDATE (VAL-003, VAL-007)', () => {
    expect(stateOf(lay('UPDATE', stored, { jobTitle: '<clear>' }))?.values['jobTitle']).toBeUndefined();
    expect(stateOf(lay('MERGE', stored, { jobTitle: '<clear>' }))?.values['jobTitle']).toBeUndefined();
    expect(stateOf(lay('UPDATE', stored, { jobTitle: '<blank>' }))?.values['jobTitle']).toBeUndefined();
    expect(stateOf(lay('MERGE', stored, { jobTitle: '<blank>' }))?.values['jobTitle']).toBe('Old');
  });

  it('never empties a required field', () => {
    expect(lay('UPDATE', stored, { lastName: '<clear>' })).toMatchObject({
      outcome: 'FAILED',
      reason: 'REQUIRED_MISSING',
    });
    expect(lay('UPDATE', stored, { lastName: '<blank>' }).outcome).toBe('UNCHANGED');
  });

  it('fills only what is blank when blank cells fill (OPT blankCells)', () => {
    const judged = lay('UPDATE', stored, { jobTitle: 'New', source: 'Web' }, { blankCells: 'FILL' });
    expect(stateOf(judged)?.values).toMatchObject({ jobTitle: 'Old', source: 'Web' });
  });

  it('uses a default for a blank field, never over a value (OPT-003)', () => {
    const defaults = { jobTitle: 'Default', source: 'Default' };
    const judged = lay('UPDATE', stored, {}, { defaults });
    expect(stateOf(judged)?.values).toMatchObject({ jobTitle: 'Old', source: 'Default' });
    expect(stateOf(lay('UPDATE', stored, { jobTitle: '<blank>' }, { defaults }))?.values['jobTitle']).toBe('Default');
    expect(stateOf(lay('UPDATE', stored, { jobTitle: '<clear>' }, { defaults }))?.values['jobTitle']).toBeUndefined();
  });

  it('lets the file’s status win in an update and the existing one in a merge', () => {
    expect(stateOf(lay('UPDATE', stored, { status: 'PENDING' }))?.status).toBe('PENDING');
    expect(stateOf(lay('MERGE', stored, { status: 'PENDING' }))?.status).toBe('ACTIVE');
  });
});

describe('phones and e-mails in slots', () => {
  const stored = having({ phones: [phone('+1', 'HOME', true), phone('+2', 'WORK')] });

  it.each([
    ['replaces its slot, others stay', { workPhone: '+3' }, ['HOME +1', 'WORK +3']],
    ['replaces the primary element', { phone: '+3' }, ['HOME +3', 'WORK +2']],
    ['only marks a number that stands in another slot', { phone: '+2' }, ['HOME +1', 'WORK +2']],
    ['leaves a number that stands in another slot where it is', { mobilePhone: '+2' }, ['HOME +1', 'WORK +2']],
    ['adds a slot that is empty', { mobilePhone: '+3' }, ['HOME +1', 'WORK +2', 'MOBILE +3']],
    ['swaps two numbers', { homePhone: '+2', workPhone: '+1' }, ['HOME +2', 'WORK +1']],
    ['keeps primary and labelled apart', { homePhone: '+3', phone: '+4' }, ['HOME +3', 'WORK +2', 'OTHER +4']],
    ['adds further numbers of a cell', { homePhone: ['+1', '+5'] }, ['HOME +1', 'WORK +2', 'HOME +5']],
    ['clears its slot', { workPhone: '<clear>' }, ['HOME +1']],
  ])('UPDATE %s', (_, cells: Cells, phones) => {
    expect(phonesOf(lay('UPDATE', stored, cells))).toEqual(phones);
  });

  it('marks the primary by an event of its own', () => {
    expect(lay('UPDATE', stored, { phone: '+2' }).events).toMatchObject([
      { type: 'ContactPrimaryChanged', data: { list: 'phones', id: 2 } },
    ]);
  });

  it('MERGE adds what is not there, and the primary stays', () => {
    const judged = lay('MERGE', stored, { phone: '+3', workPhone: '+1' });
    expect(phonesOf(judged)).toEqual(['HOME +1', 'WORK +2', 'OTHER +3']);
    expect(judged.events.map(({ type }) => type)).toEqual(['ContactPhoneAdded']);
  });

  it('compares e-mails without regard to case', () => {
    const mailed = having({ emails: [email('Ada@kestrel.net', 'WORK')] });
    expect(lay('UPDATE', mailed, { workEmail: 'ada@kestrel.net' }).outcome).toBe('UNCHANGED');
  });

  it('fails an eleventh phone', () => {
    const ten = having({ phones: Array.from({ length: 10 }, (_, at) => phone(`+1${at}`, 'HOME')) });
    expect(lay('MERGE', ten, { phone: '+99' })).toMatchObject({ outcome: 'FAILED', issues: [{ code: 'TOO_MANY_VALUES', params: { limit: 10, field: 'phone' } }] });
  });
});

describe('addresses', () => {
  const stored = having({
    addresses: [{ id: 0, label: 'HOME', primary: true, parts: { street: '1 Alder Ct', city: 'Eugene' } }],
  });
  const parts = (judged: Judged) => stateOf(judged)?.addresses.map((address) => address.parts);

  it('UPDATE changes the parts given and leaves the others', () => {
    expect(parts(lay('UPDATE', stored, { city: 'Salem', zip: '97301' }))).toEqual([
      { street: '1 Alder Ct', city: 'Salem', zip: '97301' },
    ]);
  });

  it('MERGE completes an address that does not differ, and adds one that does', () => {
    expect(parts(lay('MERGE', stored, { street: '1 Alder Ct', zip: '97401' }))).toEqual([
      { street: '1 Alder Ct', city: 'Eugene', zip: '97401' },
    ]);
    expect(parts(lay('MERGE', stored, { street: '9 Mill Ln' }))).toHaveLength(2);
    expect(lay('MERGE', stored, { street: '1 Alder Ct', city: 'Eugene' }).outcome).toBe('UNCHANGED');
  });

  it('CREATE makes the primary and the labelled one, one element where they are equal', () => {
    const [two] = judge([row(1, { firstName: 'A', lastName: 'B', street: '1 A St', workStreet: '2 B St' })], options());
    expect(two?.after?.state.addresses.map(({ id, label }) => [id, label])).toEqual([
      [1, 'OTHER'],
      [2, 'WORK'],
    ]);
    const [one] = judge([row(1, { firstName: 'A', lastName: 'B', street: '1 A St', homeStreet: '1 A St' })], options());
    expect(one?.after?.state.addresses.map(({ label }) => label)).toEqual(['HOME']);
  });
});

describe('tags, external ids and consent', () => {
  it('UPDATE replaces tags, MERGE unites them', () => {
    const stored = having({ tags: ['a', 'b'] });
    expect(stateOf(lay('UPDATE', stored, { tags: ['b', 'c'] }))?.tags).toEqual(['b', 'c']);
    expect(stateOf(lay('MERGE', stored, { tags: ['b', 'c'] }))?.tags).toEqual(['a', 'b', 'c']);
  });

  it('adds external ids beside those it has', () => {
    const stored = having({ externalIds: [{ system: 'old', id: '7' }] });
    expect(stateOf(lay('UPDATE', stored, { externalSystem: 'new', externalId: '7' }))?.externalIds).toHaveLength(2);
  });

  it.each([
    [{ SMS: { state: 'OPTED_OUT', source: 'STAFF' } }, 'YES', 'OPTED_OUT', ['OPT_OUT_KEPT']],
    [{ SMS: { state: 'OPTED_OUT', source: 'IMPORT' } }, 'YES', 'OPTED_IN', []],
    [{ SMS: { state: 'OPTED_IN', source: 'PERSON' } }, 'NO', 'OPTED_OUT', []],
    [{ SMS: { state: 'OPTED_OUT', source: 'PERSON' } }, 'UNKNOWN', 'OPTED_OUT', []],
  ] as const)('%j and the file says %s: %s', (preferences, text, state, issues) => {
    const judged = lay('UPDATE', { ...having({}), preferences }, { smsOptIn: text });
    expect(stateOf(judged)?.preferences['SMS']?.state).toBe(state);
    expect(judged.issues.map(({ code }) => code)).toEqual(issues);
  });

  it('marks the contact of a client import a client once', () => {
    expect(lay('UPDATE', having({}), {}, { importType: 'CLIENTS' }).events).toEqual([
      { type: 'ContactMarkedClient', data: {} },
    ]);
    expect(lay('UPDATE', { ...having({}), client: true }, {}, { importType: 'CLIENTS' }).outcome).toBe('UNCHANGED');
  });
});
