import { casesV1 } from '@caseledger/contracts';
import { uuid7 } from '@caseledger/event-store';
import { asked } from './spec/asked.js';
import { casesHarness, type Cases, type CasesHarness } from './spec/cases-edge.js';

let harness: CasesHarness;
let manager: Cases;
let owner: Cases;
let types: casesV1.CaseType[];
beforeAll(async () => {
  harness = await casesHarness('cases_edge');
  manager = await harness.as('manager');
  owner = await harness.as('owner');
  ({ types } = await manager.listCaseTypes(asked(casesV1.ListCaseTypesRequest)));
});
afterAll(() => harness.drop());

const code = (value: string) => expect.objectContaining({ code: value });
const fields = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([field, text]) => ({ field, text, clear: false }));
const client = (contact: string, primary = false) => ({ contact, role: 'CLIENT', primary });

function typeNamed(name: string): casesV1.CaseType {
  const type = types.find((each) => each.name === name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

function statusNamed(name: string, type = typeNamed('Personal Injury')): string {
  return type.statuses.find((status) => status.name === name)?.id ?? '';
}

async function create(
  values: Readonly<Record<string, string>> = {},
  more: Partial<casesV1.CreateCaseRequest> = {},
): Promise<casesV1.Case> {
  const contacts = [client(harness.contacts.add('Ada Quill'))];
  const request = { fields: fields({ caseName: 'Quill v. Moss', ...values }), typeId: typeNamed('Personal Injury').id, contacts };
  const reply = await manager.createCase(asked(casesV1.CreateCaseRequest, { ...request, ...more }));
  if (reply.case === undefined) throw new Error('no case');
  return reply.case;
}

async function namesOf(filter: Partial<casesV1.CaseFilter>, by = manager): Promise<string[]> {
  const { edges } = await by.listCases(asked(casesV1.ListCasesRequest, { filter: asked(casesV1.CaseFilter, filter) }));
  return edges.map((edge) => edge.case?.name ?? '');
}

describe('case types (TYP-001, TYP-002)', () => {
  it('of a new company are the start set, and are there before anything is written', () => {
    expect(types.map(({ name }) => name).sort()).toEqual(
      ['Criminal Defense', 'Family Law', 'Personal Injury', "Workers' Compensation"].sort(),
    );
    const statuses = typeNamed('Family Law').statuses.map(({ name, category }) => `${name} ${category}`);
    expect(statuses[0]).toBe('New Lead OPEN');
    expect(statuses.slice(-2)).toEqual(['Settled CLOSED', 'Closed CLOSED']);
  });

  it('keep their ids once something is written', async () => {
    await create({ caseName: 'First of all' });
    const { types: stored } = await manager.listCaseTypes(asked(casesV1.ListCaseTypesRequest));
    expect(stored.map(({ id }) => id).sort()).toEqual(types.map(({ id }) => id).sort());
    expect(stored.every(({ version }) => version === 1)).toBe(true);
  });

  it('are changed by administrators alone, and cases of a removed status are moved to its replacement', async () => {
    const given = asked(casesV1.SaveCaseTypeRequest, {
      name: 'Probate',
      statuses: ['Intake', 'Filed', 'Done'].map((name) => asked(casesV1.CaseStatus, { name, category: 'OPEN' })),
    });
    await expect(manager.saveCaseType(given)).rejects.toEqual(code('FORBIDDEN'));
    const { type } = await owner.saveCaseType(given);
    if (type === undefined) throw new Error('no type');
    const [intake, filed, done] = type.statuses;
    const { id, statusId } = await create({ caseName: 'Estate of Moss' }, { typeId: type.id });
    expect(statusId).toBe(intake?.id);
    const without = { ...given, id: type.id, version: 1, statuses: [filed, done].flatMap((status) => status ?? []) };
    await expect(owner.saveCaseType(without)).rejects.toEqual(code('REQUIRED_MISSING'));
    await owner.saveCaseType({ ...without, replacements: { [intake?.id ?? '']: done?.id ?? '' } });
    const { cases } = await manager.getCases({ ids: [id], minPosition: '' });
    expect(cases[0]).toMatchObject({ statusId: done?.id, statusName: 'Done', version: 2 });
    await expect(owner.saveCaseType(without)).rejects.toEqual(code('VERSION_CONFLICT'));
    await owner.archiveCaseType({ id: type.id, idempotencyKey: '' });
    await expect(create({}, { typeId: type.id })).rejects.toEqual(code('VALUE_NOT_ALLOWED'));
  });
});

describe('opening a case (CAS-001)', () => {
  it('reads values by the rules of imports and answers with the case, its number and its position', async () => {
    const opened = await create({ caseName: ' Kestrel v. Finch ', openedOn: '3/14/2025', tags: 'urgent; dog', courtDate: '2026-05-04' });
    expect(opened).toMatchObject({
      name: 'Kestrel v. Finch',
      typeName: 'Personal Injury',
      statusName: 'New Lead',
      category: 'OPEN',
      source: 'MANUAL',
      openedOn: '2025-03-14',
      tags: ['dog', 'urgent'],
      keyDates: [{ id: 1, kind: 'COURT_DATE', at: '2026-05-04' }],
      createdBy: 'the manager',
    });
    expect(opened.number).toMatch(/^C-\d{4}-\d{6}$/);
    expect(opened.position).toMatch(/^0:\d+$/);
  });

  it('wants a name, a client that exists, and roles that there are', async () => {
    await expect(create({ caseName: '' })).rejects.toEqual(code('REQUIRED_MISSING'));
    await expect(create({}, { contacts: [] })).rejects.toEqual(code('CASE_NEEDS_CLIENT'));
    const witness = { contact: harness.contacts.add('Wit Ness'), role: 'WITNESS', primary: false };
    await expect(create({}, { contacts: [witness] })).rejects.toEqual(code('CASE_NEEDS_CLIENT'));
    await expect(create({}, { contacts: [client(uuid7())] })).rejects.toEqual(code('LINK_NOT_FOUND'));
    const odd = { ...witness, role: 'JUDGE' };
    await expect(create({}, { contacts: [client(witness.contact), odd] })).rejects.toEqual(code('ROLE_UNKNOWN'));
    await expect(create({ shoeSize: '9' })).rejects.toEqual(code('FIELD_UNKNOWN'));
  });

  it('asks on an exact match, and creates anyway when told to', async () => {
    const contacts = [client(harness.contacts.add('Dup Licate'))];
    await create({ caseName: 'Licate v. Self' }, { contacts });
    const again = create({ caseName: 'LICATE V. SELF' }, { contacts });
    await expect(again).rejects.toEqual(code('DUPLICATE_REVIEW'));
    const anyway = await create({ caseName: 'Licate v. Self' }, { contacts, createAnyway: true });
    expect(anyway.version).toBe(1);
    await create({ externalId: 'X-1' });
    const taken = create({ externalId: 'X-1' }, { createAnyway: true });
    await expect(taken).rejects.toEqual(code('EXTERNAL_ID_TAKEN'));
  });

  it('is done once per idempotency key (API-004)', async () => {
    const contacts = [client(harness.contacts.add('On Ce'))];
    const request = asked(casesV1.CreateCaseRequest, {
      fields: fields({ caseName: 'Once' }),
      typeId: typeNamed('Family Law').id,
      contacts,
      idempotencyKey: uuid7(),
    });
    const first = await manager.createCase(request);
    const again = await manager.createCase(request);
    expect(again).toMatchObject({ replayed: true, case: { id: first.case?.id, number: first.case?.number } });
    const other = { ...request, typeId: typeNamed('Personal Injury').id };
    await expect(manager.createCase(other)).rejects.toEqual(code('IDEMPOTENCY_KEY_REUSED'));
  });
});

describe('changing a case', () => {
  it('merges fields that do not overlap and refuses those that do (CAS-011)', async () => {
    const { id } = await create();
    const change = (version: number, values: Readonly<Record<string, string>>) =>
      manager.updateCase(asked(casesV1.UpdateCaseRequest, { id, version, fields: fields(values) }));
    await change(1, { description: 'Slipped on ice' });
    const merged = await change(1, { caseName: 'Quill v. City' });
    expect(merged.case).toMatchObject({ description: 'Slipped on ice', name: 'Quill v. City', version: 3 });
    await expect(change(1, { description: 'Fell' })).rejects.toEqual(code('VERSION_CONFLICT'));
  });

  it('sets the closed date on closing and clears it on opening again (CAS-004)', async () => {
    const { id } = await create();
    const to = (statusId: string, reason = '') => manager.changeCaseStatus({ id, statusId, reason, idempotencyKey: '' });
    await expect(to(statusNamed('Active'), 'x'.repeat(1_001))).rejects.toMatchObject({ code: 'TEXT_TOO_LONG' });
    const closed = await to(statusNamed('Settled'), 'paid');
    expect(closed.case).toMatchObject({ category: 'CLOSED', closedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    const open = await to(statusNamed('Active'));
    expect(open.case).toMatchObject({ category: 'OPEN', closedOn: '' });
    await expect(to(statusNamed('Active', typeNamed('Family Law')))).rejects.toEqual(code('VALUE_NOT_ALLOWED'));
  });

  it('changes the type, keeping a status of the same name (CAS-005)', async () => {
    const { id } = await create({}, { statusId: statusNamed('In Review') });
    const family = typeNamed('Family Law');
    const changed = await manager.changeCaseType({ id, typeId: family.id, statusId: '', idempotencyKey: '' });
    expect(changed.case).toMatchObject({ typeId: family.id, statusId: statusNamed('In Review', family) });
  });

  it('is refused while it is archived, and possible after a restore (CAS-006)', async () => {
    const { id } = await create();
    await expect(manager.archiveCase({ id, reason: 'x'.repeat(1_001), idempotencyKey: '' })).rejects.toMatchObject({ code: 'TEXT_TOO_LONG' });
    await manager.archiveCase({ id, reason: 'moved away', idempotencyKey: '' });
    const edit = () => manager.updateCase(asked(casesV1.UpdateCaseRequest, { id, fields: fields({ caseName: 'New' }) }));
    await expect(edit()).rejects.toEqual(code('CASE_ARCHIVED'));
    await manager.restoreCase({ id, idempotencyKey: '' });
    expect((await edit()).case).toMatchObject({ name: 'New', archived: false });
  });

  it('links contacts once per role, and keeps a client (CAS-003, CON-011)', async () => {
    const { id, contacts } = await create();
    const first = contacts[0]?.contact ?? '';
    const second = harness.contacts.add('Sec Ond');
    const link = (role: string, primary = false) =>
      manager.linkCaseContact({ id, contact: second, role, primary, idempotencyKey: '' });
    await link('WITNESS');
    expect([...harness.contacts.clients]).not.toContain(second);
    await expect(link('WITNESS')).rejects.toEqual(code('ALREADY_LINKED'));
    const unlink = (contact: string) => manager.unlinkCaseContact({ id, contact, role: 'CLIENT', idempotencyKey: '' });
    await expect(unlink(first)).rejects.toEqual(code('CASE_NEEDS_CLIENT'));
    await link('CLIENT');
    expect([...harness.contacts.clients]).toEqual(expect.arrayContaining([first, second]));
    const without = await unlink(first);
    expect(without.case?.contacts.find(({ role }) => role === 'CLIENT')).toEqual(client(second, true));
    const found = await manager.casesOfContacts(asked(casesV1.CasesOfContactsRequest, { contacts: [second, first] }));
    expect(found.contacts.map(({ total }) => total)).toEqual([2, 0]);
    expect(found.contacts[0]?.cases.map(({ role }) => role).sort()).toEqual(['CLIENT', 'WITNESS']);
  });

  it('is told whole in the history and the provenance (HIS-006)', async () => {
    const { id } = await create({ caseName: 'Told' });
    await manager.changeCaseStatus({ id, statusId: statusNamed('Active'), reason: 'signed', idempotencyKey: '' });
    const history = await manager.history(asked(casesV1.HistoryRequest, { id }));
    expect(history.entries.map(({ type }) => type)).toEqual(['CaseOpened', 'CaseStatusChanged']);
    expect(history.entries[1]).toMatchObject({ reason: 'signed', changes: [{ field: 'caseStatus' }] });
    const { entries } = await manager.provenance(asked(casesV1.ProvenanceRequest, { id }));
    const versions = new Map(entries.map(({ path, version }) => [path, version]));
    expect([versions.get('caseName'), versions.get('caseType'), versions.get('caseStatus')]).toEqual([1, 1, 2]);
    const records = [{ record: id, fromVersion: 1, toVersion: 2 }];
    const { differences } = await manager.differences({ records });
    expect(differences[0]?.changes.map(({ field }) => field)).toEqual(['caseStatus']);
  });
});

describe('finding cases (CAS-008, CAS-009)', () => {
  it('searches by name, number, external id and client', async () => {
    const contacts = [client(harness.contacts.add('Zelda Zimmer +14155550132 zelda@kestrel.net'))];
    const { number } = await create({ caseName: 'Zimmer Mühle', externalId: 'EXT-77' }, { contacts });
    for (const search of ['zimmer', 'muhle', number, 'ext-77', 'zelda@kestrel.net']) {
      expect(await namesOf({ search })).toEqual(['Zimmer Mühle']);
    }
    expect(await namesOf({ search: 'nobody at all' })).toEqual([]);
  });

  it('filters by what a case is, together', async () => {
    const values = { caseName: 'Filtered', openedOn: '2001-02-03', deadline: '2031-01-31', tags: 'odd' };
    const { id } = await create(values, { typeId: typeNamed('Criminal Defense').id });
    const type = typeNamed('Criminal Defense');
    const filter = { types: [type.id], statuses: [statusNamed('New Lead', type)], category: 'OPEN', tag: 'odd', source: 'MANUAL' };
    const days = { openedFrom: '2001-02-03', openedTo: '2001-02-03', keyDateFrom: '2031-01-01', keyDateTo: '2031-02-01' };
    expect(await namesOf({ ...filter, ...days, keyDateKind: 'DEADLINE' })).toEqual(['Filtered']);
    expect(await namesOf({ ...filter, ...days, keyDateKind: 'STATUTE' })).toEqual([]);
    await manager.archiveCase({ id, reason: '', idempotencyKey: '' });
    expect(await namesOf(filter)).toEqual([]);
    expect(await namesOf({ ...filter, archived: 'ONLY' })).toEqual(['Filtered']);
    await expect(namesOf({ openedFrom: 'soon' })).rejects.toEqual(code('DATE_INVALID'));
  });

  it('pages both ways without skipping or repeating', async () => {
    for (const name of ['Page 1', 'Page 2', 'Page 3', 'Page 4', 'Page 5']) await create({ caseName: name, tags: 'paged' });
    const filter = asked(casesV1.CaseFilter, { tag: 'paged' });
    const ask = (more: Partial<casesV1.ListCasesRequest>) =>
      manager.listCases(asked(casesV1.ListCasesRequest, { filter, count: true, ...more }));
    const first = await ask({ first: 2 });
    expect(first).toMatchObject({ hasNext: true, total: 5 });
    const second = await ask({ first: 2, after: first.edges.at(-1)?.cursor ?? '' });
    const third = await ask({ first: 2, after: second.edges.at(-1)?.cursor ?? '' });
    const names = [first, second, third].flatMap(({ edges }) => edges.map((edge) => edge.case?.name));
    expect(names).toEqual(['Page 1', 'Page 2', 'Page 3', 'Page 4', 'Page 5']);
    const back = await ask({ last: 2, before: third.edges[0]?.cursor ?? '' });
    expect(back.edges.map((edge) => edge.case?.name)).toEqual(['Page 3', 'Page 4']);
    const newest = await ask({ first: 1, sort: 'NUMBER', descending: true });
    expect(newest.edges[0]?.case?.name).toBe('Page 5');
  });

  it('keeps companies and rights apart (SEC-001, SEC-010)', async () => {
    const { id } = await create({ caseName: 'Secret' });
    const stranger = await harness.as('owner', { tenant: uuid7() });
    expect((await stranger.getCases({ ids: [id], minPosition: '' })).cases).toEqual([]);
    await expect(stranger.history(asked(casesV1.HistoryRequest, { id }))).rejects.toEqual(code('NOT_FOUND'));
    const staff = await harness.as('staff');
    expect((await staff.getCases({ ids: [id], minPosition: '' })).cases).toEqual([]);
    await expect(staff.archiveCase({ id, reason: '', idempotencyKey: '' })).rejects.toEqual(code('FORBIDDEN'));
    const viewer = await harness.as('viewer');
    expect(await namesOf({ search: 'secret' }, viewer)).toEqual(['Secret']);
    await expect(viewer.archiveCase({ id, reason: '', idempotencyKey: '' })).rejects.toEqual(code('FORBIDDEN'));
  });
});

describe('lists of cases (LST-001, OPT-005, OPT-006)', () => {
  it('have one name each without regard to case, and take cases of their type', async () => {
    const made = asked(casesV1.CreateCaseListRequest, { name: 'Ice cases', typeId: typeNamed('Personal Injury').id });
    const { list } = await manager.createCaseList(made);
    const id = list?.id ?? '';
    await expect(manager.createCaseList({ ...made, name: ' ICE  cases' })).rejects.toEqual(code('LIST_NAME_TAKEN'));
    const [one, other] = [await create(), await create({}, { typeId: typeNamed('Family Law').id })];
    const added = await manager.addCasesToList({ id, cases: [one.id], idempotencyKey: '' });
    expect(added).toMatchObject({ changed: 1, list: { members: 1 } });
    expect((await manager.addCasesToList({ id, cases: [one.id], idempotencyKey: '' })).changed).toBe(0);
    const mismatch = manager.addCasesToList({ id, cases: [other.id], idempotencyKey: '' });
    await expect(mismatch).rejects.toEqual(code('LIST_CASE_TYPE_MISMATCH'));
    const family = typeNamed('Family Law').id;
    const away = manager.changeCaseType({ id: one.id, typeId: family, statusId: '', idempotencyKey: '' });
    await expect(away).rejects.toEqual(code('LIST_CASE_TYPE_MISMATCH'));
    await manager.archiveCase({ id: one.id, reason: '', idempotencyKey: '' });
    const members = await manager.listCaseListMembers(asked(casesV1.ListCaseListMembersRequest, { id }));
    expect(members.edges.map((edge) => edge.case?.archived)).toEqual([true]);
    const removed = await manager.removeCasesFromList({ id, cases: [one.id], idempotencyKey: '' });
    expect(removed).toMatchObject({ changed: 1, list: { members: 0 } });
    await manager.archiveCaseList({ id, idempotencyKey: '' });
    expect((await manager.createCaseList(made)).list?.name).toBe('Ice cases');
  });

  it('are found by name, and a private one by its owner alone', async () => {
    await manager.createCaseList(asked(casesV1.CreateCaseListRequest, { name: 'Mine alone', visibility: 'PRIVATE' }));
    const names = async (by: Cases): Promise<string[]> => {
      const { edges } = await by.listCaseLists(asked(casesV1.ListCaseListsRequest, { search: 'mine' }));
      return edges.map(({ list }) => list?.name ?? '');
    };
    expect(await names(manager)).toEqual(['Mine alone']);
    expect(await names(owner)).toEqual([]);
    const { lists } = await manager.getCaseLists({ ids: [], names: ['MINE ALONE'], minPosition: '' });
    expect(lists.map(({ owner: whose }) => whose)).toEqual(['the manager']);
  });
});
