import { contactsV1 } from '@caseledger/contracts';
import { uuid7 } from '@caseledger/event-store';
import { asked, contactsHarness, type Contacts, type ContactsHarness } from './spec/contacts-edge.js';

let harness: ContactsHarness;
let manager: Contacts;
beforeAll(async () => {
  harness = await contactsHarness('contacts_edge');
  manager = await harness.as('manager');
});
afterAll(() => harness.drop());

const code = (value: string) => expect.objectContaining({ code: value });
const fields = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([field, text]) => ({ field, text, clear: false }));

async function create(values: Readonly<Record<string, string>>, more: Partial<contactsV1.CreateContactRequest> = {}) {
  const reply = await manager.createContact(
    asked(contactsV1.CreateContactRequest, { fields: fields(values), ...more }),
  );
  if (reply.contact === undefined) throw new Error('no contact');
  return reply.contact;
}

async function list(given: Partial<contactsV1.ListContactsRequest>, by = manager) {
  const reply = await by.listContacts(asked(contactsV1.ListContactsRequest, given));
  return { ...reply, names: reply.edges.map(({ contact }) => contact?.name) };
}

describe('creating (CON-010, RST-003)', () => {
  it('reads values by the rules of imports and answers with the contact and its position', async () => {
    const contact = await create({
      fullName: 'Quinn, Maria T.',
      phone: '(415) 555-0132 x204',
      email: ' Maria@Kestrel-Mail.NET ',
    });
    expect(contact).toMatchObject({
      name: 'Maria T. Quinn',
      version: 1,
      values: { firstName: 'Maria', lastName: 'Quinn' },
      phones: [{ id: 1, number: '+14155550132', extension: '204', primary: true }],
      emails: [{ address: 'Maria@kestrel-mail.net' }],
      createdBy: 'the manager',
    });
    expect(contact.position).toMatch(/^0:\d+$/);
    const read = await manager.getContacts({ ids: [contact.id, uuid7(), 'nonsense'], minPosition: contact.position });
    expect(read.contacts.map(({ id }) => id)).toEqual([contact.id]);
  });

  it('reports every fault with its field, and stores nothing', async () => {
    const before = await list({ count: true });
    await expect(create({ firstName: 'Ada', email: 'not an address' })).rejects.toEqual(code('EMAIL_INVALID'));
    await expect(create({ firstName: 'Ada' })).rejects.toEqual(code('REQUIRED_MISSING'));
    await expect(create({ firstName: 'Ada', shoeSize: '9' })).rejects.toEqual(code('FIELD_UNKNOWN'));
    const phones = [{ id: 0, label: 'HOME', number: '123', extension: '', primary: false }];
    await expect(create({ firstName: 'Ada', lastName: 'Moss' }, { phones })).rejects.toEqual(code('PHONE_INVALID'));
    expect((await list({ count: true })).total).toBe(before.total);
  });

  it('asks on an exact match, and creates anyway when told to', async () => {
    await create({ firstName: 'Ada', lastName: 'Moss', email: 'ada.moss@kestrel.net' });
    const again = { firstName: 'Ada', lastName: 'Moss', email: 'Ada.Moss@kestrel.net' };
    await expect(create(again)).rejects.toEqual(code('DUPLICATE_REVIEW'));
    const found = await manager.findDuplicates(asked(contactsV1.FindDuplicatesRequest, { fields: fields(again) }));
    expect(found.duplicates).toMatchObject([{ verdict: 'MATCH', key: 'EMAIL' }]);
    expect((await create(again, { createAnyway: true })).name).toBe('Ada Moss');
  });

  it('is done once per idempotency key (API-004)', async () => {
    const request = asked(contactsV1.CreateContactRequest, {
      fields: fields({ firstName: 'Ida', lastName: 'Once' }),
      idempotencyKey: uuid7(),
    });
    const first = await manager.createContact(request);
    const again = await manager.createContact(request);
    expect(again).toMatchObject({ replayed: true, contact: { id: first.contact?.id } });
    await expect(manager.createContact({ ...request, client: true })).rejects.toEqual(code('IDEMPOTENCY_KEY_REUSED'));
  });
});

describe('asking for ids alone (CAS-008, RST-001)', () => {
  it('finds contacts by a search or by their external ids, archived ones too, each as far as the caller may read', async () => {
    const { id } = await create({ firstName: 'Ivo', lastName: 'Idonly', phone: '415 555 0177', externalSystem: 'clio', externalId: 'ID-7' });
    await manager.archiveContact({ id, reason: '', idempotencyKey: '' });
    const search = (text: string, by = manager) => by.searchContacts({ search: text, limit: 10 });
    for (const text of ['idonly', 'Idonly Ivo', '(415) 555-0177']) expect((await search(text)).ids).toEqual([id]);
    expect(await search('nobody of this name')).toEqual({ ids: [], hasMore: false });
    expect((await search(' ')).ids).toEqual([]);
    await expect(search('word '.repeat(200_000))).rejects.toMatchObject({ code: 'TEXT_TOO_LONG' });
    const byIds = (by = manager) =>
      by.findByExternalIds({ externalIds: [{ system: 'none', id: 'ID-7' }, { system: 'clio', id: 'ID-7' }] });
    expect((await byIds()).ids).toEqual(['', id]);
    const [stranger, staff] = [await harness.as('owner', { tenant: uuid7() }), await harness.as('staff')];
    for (const other of [stranger, staff]) {
      expect((await search('idonly', other)).ids).toEqual([]);
      expect((await byIds(other)).ids).toEqual(['', '']);
    }
  });

  it('tells when there are more than were asked for', async () => {
    for (const firstName of ['Ann', 'Ben', 'Cal']) await create({ firstName, lastName: 'Manyofthem' });
    const found = await manager.searchContacts({ search: 'manyofthem', limit: 2 });
    expect(found.ids).toHaveLength(2);
    expect(found.hasMore).toBe(true);
  });
});

describe('editing', () => {
  it('merges fields that do not overlap and refuses those that do (CON-015)', async () => {
    const { id } = await create({ firstName: 'Eve', lastName: 'Edit' });
    const change = (version: number, values: Readonly<Record<string, string>>) =>
      manager.updateContact(asked(contactsV1.UpdateContactRequest, { id, version, fields: fields(values) }));
    await change(1, { jobTitle: 'Welder' });
    const merged = await change(1, { source: 'Web' });
    expect(merged.contact?.values).toMatchObject({ jobTitle: 'Welder', source: 'Web' });
    await expect(change(1, { jobTitle: 'Baker' })).rejects.toEqual(code('VERSION_CONFLICT'));
  });

  it('sets the status, archives, restores, and tells it all in the history (CON-017)', async () => {
    const { id } = await create({ firstName: 'Hal', lastName: 'History' });
    await manager.setContactStatus({ id, status: 'PENDING', idempotencyKey: '' });
    await expect(manager.archiveContact({ id, reason: 'x'.repeat(1_001), idempotencyKey: '' })).rejects.toMatchObject({ code: 'TEXT_TOO_LONG' });
    await manager.archiveContact({ id, reason: 'moved away', idempotencyKey: '' });
    expect((await list({ search: 'Hal History' })).names).toEqual([]);
    expect((await list({ search: 'Hal History', archived: 'ONLY' })).names).toEqual(['Hal History']);
    const restored = await manager.restoreContact({ id, idempotencyKey: '' });
    expect(restored.contact).toMatchObject({ archived: false, status: 'PENDING', version: 4 });
    const history = await manager.history(asked(contactsV1.HistoryRequest, { id }));
    expect(history.entries.map(({ type, actor }) => [type, actor])).toEqual(
      ['ContactCreated', 'ContactStatusChanged', 'ContactArchived', 'ContactRestored'].map((type) => [
        type,
        'the manager',
      ]),
    );
    expect(history.entries[1]?.changes).toMatchObject([{ field: 'status', before: '"ACTIVE"', after: '"PENDING"' }]);
    const page = await manager.history(asked(contactsV1.HistoryRequest, { id, first: 1, afterVersion: 1 }));
    expect(page).toMatchObject({ hasNext: true, entries: [{ version: 2 }] });
  });

  it('survives edits of one contact by many at once: none is lost', async () => {
    const { id } = await create({ firstName: 'Moe', lastName: 'Many' });
    const names = ['jobTitle', 'source', 'nickname', 'website', 'middleName', 'suffix'];
    await Promise.all(
      names.map((field) =>
        manager.updateContact(
          asked(contactsV1.UpdateContactRequest, {
            id,
            version: 1,
            fields: fields({ [field]: field === 'website' ? 'https://kestrel.net/' : 'X' }),
          }),
        ),
      ),
    );
    const read = await manager.getContacts({ ids: [id], minPosition: '' });
    expect(Object.keys(read.contacts[0]?.values ?? {})).toEqual(expect.arrayContaining(names));
    expect(read.contacts[0]?.version).toBe(7);
  });
});

describe('lists (CON-009, API-002)', () => {
  beforeAll(async () => {
    for (let at = 0; at < 12; at += 1) {
      await create(
        {
          firstName: `List${at % 3}`,
          lastName: `Person${String(at).padStart(2, '0')}`,
          phone: `+1415556${1000 + at}`,
          tags: at % 2 === 0 ? 'even' : 'odd',
        },
        { client: at % 4 === 0 },
      );
    }
  });

  it('find a name in any order, a phone in any shape, an e-mail', async () => {
    expect((await list({ search: 'person03 list0' })).names).toEqual(['List0 Person03']);
    expect((await list({ search: '(415) 556-1007' })).names).toEqual(['List1 Person07']);
    expect((await list({ search: 'MARIA@kestrel-mail.net' })).names).toEqual(['Maria T. Quinn']);
    expect((await list({ search: '%_%' })).names).toEqual([]);
  });

  it('filter and count', async () => {
    expect(await list({ search: 'person', tag: 'even', count: true })).toMatchObject({ total: 6 });
    expect(await list({ search: 'person', kind: 'CLIENT', count: true })).toMatchObject({ total: 3 });
    expect(await list({ search: 'person', hasEmail: 'YES', count: true })).toMatchObject({ total: 0 });
    await expect(list({ first: 501 })).rejects.toEqual(code('PAGE_SIZE_EXCEEDED'));
    await expect(list({ after: 'nonsense' })).rejects.toEqual(code('VALUE_NOT_ALLOWED'));
  });

  it.each(['NAME', 'CREATED', 'CHANGED'])(
    'page by %s forwards and backwards without skipping or repeating',
    async (sort) => {
      const all = (await list({ search: 'person', sort, first: 100 })).names;
      const forwards = [];
      let after = '';
      for (;;) {
        const page = await list({ search: 'person', sort, first: 5, after });
        forwards.push(...page.names);
        // A contact that comes in between does not disturb the pages.
        await create({ firstName: 'Aaa', lastName: `Between ${forwards.length}${sort}` });
        if (!page.hasNext) break;
        after = page.edges.at(-1)?.cursor ?? '';
      }
      expect(forwards).toEqual(all);
      const backwards = await list({ search: 'person', sort, last: 5, before: after });
      expect(backwards.names).toEqual(all.slice(4, 9));
    },
  );
});

describe('clients by script (RST-001)', () => {
  it('answers in order by the policy, ambiguous ones with candidates', async () => {
    const one = { firstName: 'Sam', lastName: 'Script', email: 'sam@kestrel.net' };
    const items = [
      one,
      { ...one, jobTitle: 'Welder' },
      { firstName: 'Other', lastName: 'Name', email: 'sam@kestrel.net' },
      { firstName: 'No' },
    ];
    const request = asked(contactsV1.SubmitContactsRequest, {
      items: items.map((item) => ({ fields: fields(item) })),
      onDuplicate: 'UPDATE',
      client: true,
      idempotencyKey: uuid7(),
    });
    const reply = await manager.submitContacts(request);
    expect(reply.results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['CREATED', ''],
      ['UPDATED', ''],
      ['FAILED', 'DUPLICATE_REVIEW'],
      ['FAILED', 'REQUIRED_MISSING'],
    ]);
    const id = reply.results[0]?.contact?.id ?? '';
    expect(reply.results[2]?.candidates).toEqual([id]);
    expect(reply.results[1]?.contact).toMatchObject({ id, client: true, version: 2, values: { jobTitle: 'Welder' } });
    const again = await manager.submitContacts(request);
    expect(again).toMatchObject({ replayed: true });
    expect(again.results.map(({ contact }) => contact?.id)).toEqual(reply.results.map(({ contact }) => contact?.id));
  });
});

describe('a value that is refused', () => {
  const long = { firstName: 'x'.repeat(120), lastName: 'Long', email: 'long@kestrel.net' };

  it('by script: tells how long it is and what is allowed', async () => {
    const request = asked(contactsV1.SubmitContactsRequest, { items: [{ fields: fields(long) }], client: true });
    const { results } = await manager.submitContacts(request);
    expect(results[0]?.issues.filter(({ severity }) => severity === 'ERROR')).toMatchObject([
      { code: 'TEXT_TOO_LONG', field: 'firstName', params: { n: '120', limit: '100' } },
    ]);
  });

  it.each([
    ['TEXT_TOO_LONG', long],
    ['CELL_INVALID_CHAR', { ...long, firstName: 'A\0na' }],
  ])('by a person: has the one code %s', async (refusal, values) => {
    const request = asked(contactsV1.CreateContactRequest, { fields: fields(values), client: true });
    const refused: unknown = await manager.createContact(request).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: refusal, details: [{ code: refusal, field: 'firstName' }] });
    expect(refused).toHaveProperty('details.length', 1);
  });
});

describe('who may do what (SEC-001, SEC-002)', () => {
  it('refuses a call without context, and one without the permission', async () => {
    await expect(harness.withContext('forged').getContacts({ ids: [], minPosition: '' })).rejects.toEqual(
      code('UNAUTHENTICATED'),
    );
    const viewer = await harness.as('viewer');
    await expect(viewer.createContact(asked(contactsV1.CreateContactRequest))).rejects.toEqual(code('FORBIDDEN'));
    expect((await list({ first: 1 }, viewer)).edges).toHaveLength(1);
  });

  it('shows staff what is their own only', async () => {
    const staff = await harness.as('staff');
    const own = await staff.createContact(
      asked(contactsV1.CreateContactRequest, { fields: fields({ firstName: 'Own', lastName: 'One' }) }),
    );
    const others = await create({ firstName: 'Not', lastName: 'Theirs' });
    expect((await list({}, staff)).names).toEqual(['Own One']);
    const asks = { ids: [own.contact?.id ?? '', others.id], minPosition: '' };
    expect((await staff.getContacts(asks)).contacts.map(({ name }) => name)).toEqual(['Own One']);
    await expect(staff.archiveContact({ id: others.id, reason: '', idempotencyKey: '' })).rejects.toEqual(
      code('FORBIDDEN'),
    );
  });

  it('keeps companies apart: another company’s id is not found', async () => {
    const { id } = await create({ firstName: 'Ours', lastName: 'Alone', email: 'ours@kestrel.net' });
    const stranger = await harness.as('owner', { tenant: uuid7() });
    expect((await stranger.getContacts({ ids: [id], minPosition: '' })).contacts).toEqual([]);
    expect((await list({}, stranger)).edges).toEqual([]);
    await expect(stranger.history(asked(contactsV1.HistoryRequest, { id }))).rejects.toEqual(code('NOT_FOUND'));
    await expect(stranger.setContactStatus({ id, status: 'PENDING', idempotencyKey: '' })).rejects.toEqual(
      code('NOT_FOUND'),
    );
    const same = fields({ firstName: 'Ours', lastName: 'Alone', email: 'ours@kestrel.net' });
    expect((await stranger.createContact(asked(contactsV1.CreateContactRequest, { fields: same }))).contact?.name).toBe(
      'Ours Alone',
    );
  });

  it('hides the date of birth without its permission (SEC-013)', async () => {
    const { id } = await create({ firstName: 'Dob', lastName: 'Hidden', dateOfBirth: '1980-02-03' });
    const [viewer, owner] = [await harness.as('viewer'), await harness.as('owner')];
    const seen = await Promise.all([viewer, owner].map((by) => by.getContacts({ ids: [id], minPosition: '' })));
    expect(seen.map(({ contacts }) => contacts[0]?.values['dateOfBirth'])).toEqual([undefined, '1980-02-03']);
    const history = await viewer.history(asked(contactsV1.HistoryRequest, { id }));
    expect(JSON.stringify(history)).not.toContain('1980-02-03');
  });

  it('waits for a position and says when it is not reached (API-005)', async () => {
    await expect(manager.getContacts({ ids: [], minPosition: '0:99999999' })).rejects.toEqual(code('NOT_CAUGHT_UP'));
  });
});

describe('clients of cases (CON-011)', () => {
  const mark = async (ids: string[], by: Promise<Contacts>) => (await by).markClients({ ids });
  const clientOf = async (id: string) => (await manager.getContacts({ ids: [id], minPosition: '' })).contacts[0]?.client;

  it('are marked once, by whoever may change cases and read them', async () => {
    const { id } = await create({ firstName: 'Cli', lastName: 'Ent' });
    expect(await clientOf(id)).toBe(false);
    await mark([id, id, uuid7(), 'nonsense'], harness.as('manager'));
    await mark([id], harness.as('manager'));
    expect(await clientOf(id)).toBe(true);
    const { entries } = await manager.history(asked(contactsV1.HistoryRequest, { id }));
    expect(entries.map(({ type }) => type)).toEqual(['ContactCreated', 'ContactMarkedClient']);
  });

  it('stay as they are for callers who may not change cases, or not read them', async () => {
    const { id } = await create({ firstName: 'Other', lastName: 'Person' });
    await expect(mark([id], harness.as('viewer'))).rejects.toEqual(code('FORBIDDEN'));
    await mark([id], harness.as('staff'));
    expect(await clientOf(id)).toBe(false);
    await expect(mark(Array.from({ length: 501 }, () => id), harness.as('manager'))).rejects.toEqual(code('PAGE_SIZE_EXCEEDED'));
  });
});
