import { createContact } from '../contact/contact.decider.js';
import type { ContactEvent } from '../contact/contact.events.js';
import type { CreatedPolicy, PastEvent, RevertVerdict } from '@caseledger/row-target';
import { contactHistory } from './contact.revert.js';

type Past = PastEvent<ContactEvent>;

const user = { kind: 'user', id: 'u1' };
const imported = (id: string) => ({ kind: 'import', id });
const set = (values: Record<string, string>): ContactEvent => ({
  type: 'ContactFieldsChanged',
  data: { set: values, cleared: [], fields: Object.keys(values) },
});
const made = (values: Record<string, string> = {}): ContactEvent => {
  const input = { values: { firstName: 'Ada', lastName: 'Quill', ...values } };
  const [event] = createContact({
    input,
    client: false,
    source: 'STAFF',
    knownDifferent: [],
  });
  if (event === undefined) throw new Error('no event');
  return event;
};
const past = (origin: Past['origin'], ...events: ContactEvent[]): Past[] =>
  events.map((event) => ({ event, origin }));

interface Options {
  readonly restore?: boolean;
  readonly policy?: CreatedPolicy;
  readonly taken?: boolean;
}

function run(
  history: Past[],
  of: string,
  { restore = false, policy = 'KEEP', taken = false }: Options = {},
): RevertVerdict<ContactEvent> {
  const command = {
    import: of,
    revert: `r-${of}`,
    restore,
    createdPolicy: policy,
    dependents: 0,
  };
  const verdict = contactHistory.decide(history, command, () => (taken ? 'other' : undefined));
  history.push(...past({ kind: 'revert', id: `r-${of}` }, ...verdict.events));
  return verdict;
}

describe('the rule of REV-003, field by field', () => {
  const base = past(user, made({ jobTitle: 'A' }));
  const job = (history: Past[]) => contactHistory.present(history).values['jobTitle'];

  it.each([
    ['nothing later', [], 'A'],
    ['a person set C', past(user, set({ jobTitle: 'C' })), 'C'],
    ['a person set A', past(user, set({ jobTitle: 'A' })), 'A'],
    ['another import set C', past(imported('J'), set({ jobTitle: 'C' })), 'C'],
  ])('%s', (_, later, wanted) => {
    const history = [...base, ...past(imported('I'), set({ jobTitle: 'B' })), ...later];
    run(history, 'I');
    expect(job(history)).toBe(wanted);
  });

  it('another import set C and was reverted since', () => {
    const history = [
      ...base,
      ...past(imported('I'), set({ jobTitle: 'B' })),
      ...past(imported('J'), set({ jobTitle: 'C' })),
    ];
    run(history, 'J');
    expect(job(history)).toBe('B');
    run(history, 'I');
    expect(job(history)).toBe('A');
  });

  it('does not bring back the value of an import reverted before', () => {
    const history = [
      ...base,
      ...past(imported('J'), set({ jobTitle: 'C' })),
      ...past(imported('I'), set({ jobTitle: 'B' })),
    ];
    expect(run(history, 'J')).toMatchObject({
      outcome: 'UNCHANGED',
      events: [{ type: 'ImportContributionReverted' }],
    });
    run(history, 'I');
    expect(job(history)).toBe('A');
  });

  it('a blank that the import filled is blank again', () => {
    const history = [...past(user, made()), ...past(imported('I'), set({ jobTitle: 'B' }))];
    run(history, 'I');
    expect(job(history)).toBeUndefined();
  });

  it('takes its own tag and phone, and leaves those of others', () => {
    const phone = (id: number, number: string) => ({
      id,
      label: 'HOME',
      number,
      extension: '',
    });
    const history = [
      ...past(
        user,
        made(),
        { type: 'ContactTagged', data: { tags: ['x'] } },
        { type: 'ContactPhoneAdded', data: phone(1, '+1') },
      ),
      ...past(
        imported('I'),
        { type: 'ContactTagged', data: { tags: ['y'] } },
        { type: 'ContactPhoneAdded', data: phone(2, '+2') },
      ),
      ...past(
        user,
        { type: 'ContactTagged', data: { tags: ['z'] } },
        { type: 'ContactPhoneChanged', data: phone(1, '+3') },
      ),
    ];
    run(history, 'I');
    expect(contactHistory.present(history)).toMatchObject({
      tags: ['x', 'z'],
      phones: [phone(1, '+3')],
    });
  });
});

describe('records that the import made', () => {
  const fresh = (): Past[] => past(imported('I'), made());

  it('are archived and keep their values when nobody touched them (REV-004)', () => {
    const history = fresh();
    expect(run(history, 'I').outcome).toBe('ARCHIVED');
    expect(contactHistory.present(history)).toMatchObject({
      archived: { reason: 'IMPORT_REVERTED' },
      values: { firstName: 'Ada' },
    });
    expect(run(history, 'I')).toMatchObject({
      outcome: 'UNCHANGED',
      events: [],
    });
  });

  it('are kept with a flag and without a marker when touched, and go once the other import is gone (REV-005, REV-013)', () => {
    const history = [...fresh(), ...past(imported('J'), set({ jobTitle: 'C' }))];
    expect(run(history, 'I')).toMatchObject({
      outcome: 'KEPT',
      events: [{ type: 'ContactReviewFlagged' }],
    });
    run(history, 'J');
    expect(run(history, 'I').outcome).toBe('ARCHIVED');
    expect(contactHistory.present(history)).toMatchObject({
      review: [],
      archived: { reason: 'IMPORT_REVERTED' },
    });
  });

  it('are stripped to what others gave them, if that is enough', () => {
    const history = [
      ...past(imported('I'), made({ source: 'Web' })),
      ...past(user, set({ firstName: 'Ada', lastName: 'Reed', jobTitle: 'C' })),
    ];
    expect(run(history, 'I', { policy: 'STRIP' }).outcome).toBe('RESTORED');
    expect(contactHistory.present(history).values).toEqual({
      firstName: 'Ada',
      lastName: 'Reed',
      jobTitle: 'C',
    });
    expect(contactHistory.present(history).archived).toBeNull();
    const poor = [...fresh(), ...past(user, set({ jobTitle: 'C' }))];
    expect(run(poor, 'I', { policy: 'STRIP' }).outcome).toBe('KEPT');
  });

  it('are archived all the same by the policy Archive, and come back with the restore (REV-012)', () => {
    const history = [...fresh(), ...past(user, set({ jobTitle: 'C' }))];
    const before = contactHistory.present(history);
    expect(run(history, 'I', { policy: 'ARCHIVE' }).outcome).toBe('ARCHIVED');
    expect(run(history, 'I', { restore: true }).outcome).toBe('RESTORED');
    expect(contactHistory.present(history)).toEqual(before);
  });

  it('stay with the person who took them out of the archive', () => {
    const history = [...fresh(), ...past(imported('J'), set({ jobTitle: 'C' }))];
    run(history, 'I', { policy: 'ARCHIVE' });
    history.push(...past(user, { type: 'ContactRestored', data: {} }));
    run(history, 'J');
    expect(contactHistory.present(history).archived).toBeNull();
  });
});

describe('what is left alone', () => {
  it('an erased person (REV-015)', () => {
    const history = past(imported('I'), made()).map((each) => ({
      ...each,
      erased: true,
    }));
    expect(run(history, 'I')).toMatchObject({ outcome: 'ERASED', events: [] });
  });

  it('a record whose external id another one has got, until it is free (REV-010)', () => {
    const added: ContactEvent = {
      type: 'ContactExternalIdAdded',
      data: { system: 's', id: '1' },
    };
    const history = [...past(user, made()), ...past(imported('I'), added)];
    run(history, 'I');
    expect(run(history, 'I', { restore: true, taken: true })).toMatchObject({
      outcome: 'CONFLICT',
      reason: 'EXTERNAL_ID_TAKEN',
      events: [],
    });
    expect(run(history, 'I', { restore: true }).outcome).toBe('RESTORED');
  });

  it('an opt-out, whoever recorded it (REV-007)', () => {
    const optedOut: ContactEvent = {
      type: 'ContactOptedOut',
      data: { channel: 'SMS', source: 'IMPORT' },
    };
    const history = [...past(user, made()), ...past(imported('I'), optedOut)];
    expect(run(history, 'I').outcome).toBe('UNCHANGED');
    expect(contactHistory.present(history).preferences['SMS']).toEqual({
      state: 'OPTED_OUT',
      source: 'IMPORT',
    });
  });

  it('a record the import never wrote', () => {
    expect(run(past(user, made()), 'I')).toMatchObject({
      outcome: 'UNCHANGED',
      events: [],
    });
  });
});
