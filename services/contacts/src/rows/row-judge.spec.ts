import { issueMessage } from '@caseledger/errors';
import { asExpected, outcomeOf, verdictOf } from '@caseledger/row-target';
import { contact, decision, email, judge, options, phone, row, viewOf } from './row.fixture.js';
import { contactKind } from './contact.kind.js';
import { evolve, initial } from '../contact/contact.js';
import type { Judged } from './row-judge.js';

const ada = { firstName: 'Ada', lastName: 'Quill' };
const said = (judged: readonly Judged[]) =>
  judged.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(' '));
const codes = (judged: Judged | undefined) => judged?.issues.map(({ code }) => code);

describe('a row that matches nothing', () => {
  it('makes a contact with type defaults, its columns and its id from the row', () => {
    const [made] = judge([row(1, { ...ada, phone: '+14155550132' })], options({ importType: 'CLIENTS' }));
    expect(made).toMatchObject({ outcome: 'CREATED', record: 'imp-1', after: { version: 1 } });
    expect(made?.events).toMatchObject([
      {
        type: 'ContactCreated',
        data: {
          type: 'INDIVIDUAL',
          status: 'ACTIVE',
          client: true,
          columns: { firstName: 0, lastName: 1, 'phones/1': 2 },
        },
      },
    ]);
  });

  it('gives the rows after it the very state that its event folds to', () => {
    const cells = {
      ...ada,
      phone: '+14155550132',
      mobilePhone: '+14155550133',
      street: '1 A St',
      homeCity: 'Eugene',
      tags: ['b', 'a'],
      externalId: '7',
      smsOptIn: 'NO',
      status: 'PENDING',
    };
    const [made] = judge([row(1, cells, { leftOut: true })], options());
    const [event] = made?.events ?? [];
    const folded =
      event === undefined ? undefined : evolve(initial(), event, { origin: { kind: 'import', id: 'imp' }, row: 1 });
    expect(made?.after?.state).toEqual(folded);
  });

  it('fails without a required field, and takes a default for it (VAL-001, OPT-003)', () => {
    const nameless = judge([row(1, { firstName: 'Ada' })], options());
    expect(said(nameless)).toEqual(['FAILED REQUIRED_MISSING']);
    expect(nameless[0]?.issues.map(issueMessage)).toContain('Last name is required.');
    expect(said(judge([row(1, { firstName: 'Ada' })], options({ defaults: { lastName: 'Unknown' } })))).toEqual([
      'CREATED',
    ]);
    expect(said(judge([row(1, { contactType: 'BUSINESS', companyName: 'Quill' })], options()))).toEqual(['CREATED']);
  });

  it('warns of recommended fields that have a column and no value', () => {
    const [made] = judge([row(1, { ...ada, phone: '+14155550132' })], options());
    expect(made?.issues).toMatchObject([{ code: 'RECOMMENDED_MISSING', field: 'email', severity: 'WARNING', params: { field: 'Email' } }]);
    const [unmapped] = judge([row(1, ada)], options({ mappedFields: [] }));
    expect(unmapped?.issues).toEqual([]);
  });

  it('keeps one element for a number in two slots, marked primary', () => {
    const [made] = judge([row(1, { ...ada, mobilePhone: '+14155550132', phone: '+14155550132' })], options());
    expect(made?.after?.state.phones).toEqual([{ id: 1, label: 'MOBILE', number: '+14155550132', extension: '' }]);
  });

  it('flags a value that was left out (VAL-004)', () => {
    const [made] = judge([row(1, ada, { leftOut: true })], options());
    expect(made?.after?.state.review).toEqual(['VALUE_LEFT_OUT']);
  });
});

describe('rows that end before they are matched', () => {
  it('blank, excluded, with an error of reading, applied before', () => {
    const error = {
      code: 'PHONE_INVALID',
      severity: 'ERROR',
      column: 2,
      field: 'phone',
      text: 'x',
      suggestion: '',
      params: {},
    };
    const rows = [
      row(1, {}, { blank: true }),
      row(2, ada, decision('EXCLUDE')),
      row(3, ada, { issues: [error] }),
      row(4, ada, { appliedBefore: true }),
    ];
    expect(said(judge(rows, options()))).toEqual([
      'SKIPPED ROW_BLANK',
      'SKIPPED EXCLUDED',
      'FAILED PHONE_INVALID',
      'UNCHANGED',
    ]);
  });
});

describe('matching (DUP-002, DUP-003)', () => {
  const stored = contact({
    emails: [email('ada@kestrel.net')],
    phones: [phone('+14155550132')],
    externalIds: [{ system: 'old', id: '7' }],
  });

  it('asks record id, then external id, then e-mail and phone together', () => {
    const view = viewOf({ a: stored, b: contact({ emails: [email('b@kestrel.net')] }) });
    const rows = [
      row(1, { recordId: 'b', email: 'ada@kestrel.net' }),
      row(2, { externalSystem: 'old', externalId: '7', email: 'b@kestrel.net' }),
      row(3, { ...ada, email: 'ADA@kestrel.net' }),
      row(4, { ...ada, phone: '+14155550132', email: 'b@kestrel.net' }),
      row(5, { recordId: 'zz' }),
    ];
    const judged = judge(rows, options(), view);
    expect(judged.map(({ match, outcome, reason }) => [match?.verdict, match?.record, outcome, reason])).toEqual([
      ['MATCH', 'b', 'SKIPPED', 'DUPLICATE_EXISTING'],
      ['MATCH', 'a', 'SKIPPED', 'DUPLICATE_EXISTING'],
      ['MATCH', 'a', 'SKIPPED', 'DUPLICATE_EXISTING'],
      ['AMBIGUOUS', '', 'SKIPPED', 'HELD_FOR_REVIEW'],
      ['NONE', '', 'FAILED', 'RECORD_NOT_FOUND'],
    ]);
  });

  it('holds a shared number under another name and a record archived by a person, or creates when told to', () => {
    const view = () =>
      viewOf({ a: stored, z: { ...contact({ emails: [email('z@kestrel.net')] }), archived: { reason: 'moved' } } });
    const rows = [
      row(1, { firstName: 'Bo', lastName: 'Reed', phone: '+14155550132' }),
      row(2, { ...ada, email: 'z@kestrel.net' }),
    ];
    const held = judge(rows, options(), view());
    expect(said(held)).toEqual(['SKIPPED HELD_FOR_REVIEW', 'SKIPPED HELD_FOR_REVIEW']);
    expect(codes(held[0])).toContain('DUP_NAME_CONFLICT');
    expect(said(judge(rows, options({ onReview: 'CREATE' }), view()))).toEqual(['CREATED', 'CREATED']);
  });

  it('does not see a record that a revert archived (DUP-001)', () => {
    const view = viewOf({ a: { ...stored, archived: { reason: 'IMPORT_REVERTED' } } });
    expect(said(judge([row(1, { ...ada, email: 'ada@kestrel.net' })], options(), view))).toEqual(['CREATED']);
  });

  it('finds the record that an earlier attempt made for the same row by its id', () => {
    const view = viewOf({ 'imp-1': contact() });
    expect(said(judge([row(1, { ...ada, jobTitle: 'Welder' })], options(), view))).toEqual(['UPDATED']);
  });

  it('refuses an external id that another record has', () => {
    const view = viewOf({ a: stored, b: contact({ emails: [email('b@kestrel.net')] }) });
    const rows = [row(1, { recordId: 'b', externalSystem: 'old', externalId: '7' })];
    expect(said(judge(rows, options({ duplicatePolicy: 'UPDATE' }), view))).toEqual(['FAILED EXTERNAL_ID_TAKEN']);
  });
});

describe('duplicates inside the file (DUP-009)', () => {
  const one = (number: number, jobTitle: string) => row(number, { ...ada, email: 'ada@kestrel.net', jobTitle });

  it('names the earlier row under SKIP', () => {
    const judged = judge([one(1, 'A'), one(4, 'B')], options());
    expect(said(judged)).toEqual(['CREATED', 'SKIPPED DUPLICATE_IN_FILE']);
    expect(judged[1]?.match?.earlierRow).toBe(1);
  });

  it('ends with the last row’s values under UPDATE, whatever the number of rows', () => {
    const rows = Array.from({ length: 50 }, (_, at) => one(at + 1, `T${at % 3}`));
    const judged = judge(rows, options({ duplicatePolicy: 'UPDATE' }));
    expect(said(judged)).toEqual(['CREATED', ...Array<string>(49).fill('UPDATED')]);
    expect(judged.at(-1)?.after).toMatchObject({ version: 50, state: { values: { jobTitle: 'T1' } } });
  });

  it('gives row 3 to the record of rows 1 and 2 when they are tied by another key', () => {
    const rows = [
      row(1, { ...ada, email: 'a@k.net', phone: '+14155550132' }),
      row(2, { ...ada, email: 'b@k.net', phone: '+14155550132' }),
      row(3, { ...ada, email: 'b@k.net' }),
    ];
    const judged = judge(rows, options({ duplicatePolicy: 'UPDATE' }));
    expect(said(judged)).toEqual(['CREATED', 'UPDATED', 'UNCHANGED']);
    expect(new Set(judged.map(({ record }) => record))).toEqual(new Set(['imp-1']));
  });
});

describe('decisions on rows (DUP-008)', () => {
  const view = () =>
    viewOf({ a: contact({ emails: [email('ada@k.net')] }), b: contact({ emails: [email('b@k.net')] }) });
  const cells = { ...ada, email: 'ada@k.net', jobTitle: 'Welder' };

  it('beat the policy', () => {
    const acts = [
      decision('SKIP'),
      decision('CREATE'),
      decision('UPDATE'),
      decision('MERGE', 'b'),
      decision('UPDATE', 'none'),
    ];
    const judged = acts.map((act) => judge([row(1, cells, act)], options(), view())[0]);
    expect(said(judged.flatMap((each) => each ?? []))).toEqual([
      'SKIPPED DUPLICATE_EXISTING',
      'CREATED',
      'UPDATED',
      'MERGED',
      'FAILED RECORD_NOT_FOUND',
    ]);
    expect(judged[1]?.events[0]?.data).toMatchObject({ knownDifferent: ['a'] });
    expect(judged[3]?.record).toBe('b');
  });
});

describe('prediction and run', () => {
  it('agree on outcome, record and version, and tell a stale row (PRE-005)', () => {
    const stored = contact({ emails: [email('ada@k.net')] });
    const rows = [
      row(1, { ...ada, email: 'ada@k.net', jobTitle: 'A' }),
      row(2, { ...ada, email: 'ada@k.net', jobTitle: 'B' }),
    ];
    const plan = judge(rows, options({ duplicatePolicy: 'UPDATE' }), viewOf({ a: stored })).map((judged) =>
      verdictOf(contactKind, judged),
    );
    const expected = plan.map(({ outcome, reason, pinnedVersion }) => ({
      outcome,
      reason,
      record: 'a',
      version: pinnedVersion,
      parts: [],
      part: 0,
    }));
    expect(expected.map(({ version }) => version)).toEqual([1, 2]);
    const none = { outcome: '', reason: '', record: '', version: 0, parts: [], part: 0 };
    const same = judge(rows, options({ duplicatePolicy: 'UPDATE' }), viewOf({ a: stored }));
    expect(
      same.map((judged, at) => asExpected(judged, expected[at] ?? none)),
    ).toEqual([true, true]);
    const changed = viewOf({});
    changed.write('a', { state: stored, version: 2 });
    const [stale] = judge(rows, options({ duplicatePolicy: 'UPDATE' }), changed);
    expect(
      stale !== undefined && asExpected(stale, expected[0] ?? none),
    ).toBe(false);
  });

  it('keeps personal values out of the stored outcome', () => {
    const [made] = judge(
      [row(7, { ...ada, email: 'ada@k.net', tags: ['canary'], externalId: 'canary', phone: '+14155550132' })],
      options(),
    );
    const outcome = made === undefined ? {} : outcomeOf(contactKind, made, options());
    expect(JSON.stringify(outcome)).not.toMatch(/Ada|Quill|canary|k\.net|4155550132/);
    expect(outcome).toMatchObject({
      row: 7,
      outcome: 'CREATED',
      effects: [{ kind: 'CONTACT_CREATED', toVersion: 1 }],
    });
  });
});
