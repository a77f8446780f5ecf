import 'reflect-metadata';
import { contactsV1, type casesV1 } from '@caseledger/contracts';
import { refused } from '@caseledger/errors';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { requestOf } from '../services.js';
import { ANA, CASE, GatewayScene, TYPE, type Json } from '../spec/gateway-scene.js';
import { globalId } from './global-id.js';

const ID = globalId('Case', CASE.id);
const WHOLE = `id number name category openedOn source type { id name cases } status { id name clientWording } lists { name }
  contacts { contactId role primary contact { name } } keyDates { id label kind at reminderDays }`;

describe('cases over GraphQL (API-008)', () => {
  let scene: GatewayScene;
  beforeAll(async () => (scene = await GatewayScene.start()));
  beforeEach(() => scene.answer({}));
  afterAll(() => scene.stop());

  const reply = (): casesV1.CaseReply => ({ case: CASE, warnings: [], replayed: false });
  const page = (n: number): casesV1.ListCasesReply => ({ edges: Array.from({ length: n }, (_, at) => ({ cursor: `c${at}`, case: CASE })), hasNext: true, hasPrevious: false, total: 120 });

  it('shows a case with its type, status, contacts and dates, by global id and by bare id', async () => {
    const { data } = await scene.graphql(`query ($id: ID!) { case(id: $id) { ${WHOLE} } node(id: "${ID}") { __typename id } bare: case(id: "${CASE.id}") { id } }`, { id: ID });
    expect(data).toEqual({
      case: {
        id: ID, number: 'C-2026-000007', name: 'Ferrer v. Quarry', category: 'OPEN', openedOn: '2026-03-02', source: 'MANUAL',
        type: { id: globalId('CaseType', TYPE.id), name: 'Personal Injury', cases: 0 },
        status: { id: 's1', name: 'New Lead', clientWording: 'We are looking at it' },
        lists: [],
        contacts: [{ contactId: globalId('Contact', ANA.id), role: 'CLIENT', primary: true, contact: { name: 'Ana Ferrer' } }],
        keyDates: [{ id: 1, label: 'First hearing', kind: 'COURT_DATE', at: '2027-01-14', reminderDays: 7 }],
      },
      node: { __typename: 'Case', id: ID },
      bare: { id: ID },
    });
  });

  it('API-006: asks once for the types and the contacts of a whole page', async () => {
    scene.answer({ ListCases: () => page(50) });
    const { data, errors } = await scene.graphql(`{ cases(first: 50) { totalCount pageInfo { hasNextPage endCursor } nodes { ${WHOLE} } } }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ cases: { totalCount: 120, pageInfo: { hasNextPage: true, endCursor: 'c49' } } });
    expect(scene.services.asked.map(({ rpc }) => rpc).sort()).toEqual(['Authenticate', 'GetContacts', 'ListCaseTypes', 'ListCases']);
  });

  it('CAS-009: hands every filter on, and pages backwards', async () => {
    scene.answer({ ListCases: () => page(1) });
    await scene.graphql('query ($filter: CaseFilter) { cases(filter: $filter, last: 5, before: "c9", sort: { by: OPENED, descending: true }) { totalCount } }', {
      filter: {
        search: 'ferrer', types: [globalId('CaseType', TYPE.id)], statuses: ['s1'], category: 'OPEN', archived: 'ONLY', tag: 'vip', contactId: ANA.id, source: 'IMPORT',
        openedFrom: '2026-01-01', keyDateTo: '2026-12-31', keyDateKind: 'STATUTE', createdFrom: '2026-01-01T00:00:00Z', needsReview: false,
      },
    });
    expect(scene.services.requests('ListCases')).toMatchObject([{
      filter: {
        search: 'ferrer', types: [TYPE.id], statuses: ['s1'], category: 'OPEN', archived: 'ONLY', tag: 'vip', contact: ANA.id, source: 'IMPORT',
        openedFrom: '2026-01-01', openedTo: '', keyDateTo: '2026-12-31', keyDateKind: 'STATUTE', createdFromMs: Date.parse('2026-01-01'), needsReview: 'NO',
      },
      sort: 'OPENED', descending: true, last: 5, before: 'c9', first: 0, count: true,
    }]);
  });

  it('API-002: refuses a page over 200, and API-006 a query over its cost', async () => {
    expect(await scene.graphql('{ cases(first: 201) { totalCount } }')).toMatchObject({ errors: [{ extensions: { code: 'PAGE_SIZE_EXCEEDED' } }] });
    const dear = '{ contacts(first: 200) { nodes { cases(first: 200) { nodes { role } } } } }';
    expect(await scene.graphql(dear)).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] });
  });

  it('CON-011: lists the cases of many contacts by one call', async () => {
    const contacts = [ANA, { ...ANA, id: '00000000-0000-8000-8000-0000000000c2' }];
    scene.answer({
      ListContacts: () => ({ edges: contacts.map((contact) => ({ cursor: contact.id, contact })), hasNext: false, hasPrevious: false, total: 2 }),
      CasesOfContacts: () => ({ contacts: [{ contact: ANA.id, cases: [{ case: CASE, role: 'CLIENT', primary: true }], total: 1 }] }),
    });
    const { data } = await scene.graphql('{ contacts(first: 2) { nodes { cases { totalCount nodes { role primary case { number openedOn closedOn status { name } } } } } } }');
    expect(data).toEqual({ contacts: { nodes: [
      { cases: { totalCount: 1, nodes: [{ role: 'CLIENT', primary: true, case: { number: 'C-2026-000007', openedOn: '2026-03-02', closedOn: null, status: { name: 'New Lead' } } }] } },
      { cases: { totalCount: 0, nodes: [] } },
    ] } });
    expect(scene.services.requests('CasesOfContacts')).toEqual([{ contacts: contacts.map(({ id }) => id), limit: 50, minPosition: '' }]);
  });

  it('API-007: hides cases from a key for contacts, and contacts from a key for cases', async () => {
    scene.answer({}, ['contacts.read']);
    const hidden = await scene.graphql(`{ contact(id: "${ANA.id}") { name cases { totalCount } } }`);
    expect(hidden).toMatchObject({ data: { contact: { name: 'Ana Ferrer', cases: null } }, errors: [{ path: ['contact', 'cases'], extensions: { code: 'FORBIDDEN_FIELD' } }] });
    scene.answer({}, ['cases.read']);
    const { data } = await scene.graphql(`{ case(id: "${ID}") { contacts { role contact { name } } } }`);
    expect(data).toEqual({ case: { contacts: [{ role: 'CLIENT', contact: null }] } });
    expect(scene.services.requests('GetContacts')).toEqual([]);
  });

  it('CAS-001: creates with name, type and client, and answers the place of the change', async () => {
    scene.answer({ CreateCase: reply });
    const input = {
      name: 'Ferrer v. Quarry', typeId: globalId('CaseType', TYPE.id), contacts: [{ contactId: globalId('Contact', ANA.id), role: 'CLIENT' }],
      tags: ['vip'], openedOn: '2026-03-02', keyDates: [{ kind: 'STATUTE', at: '2027-01-14' }], externalId: { system: 'Clio', id: '77' },
    };
    const { data } = await scene.graphql('mutation ($input: CreateCaseInput!) { createCase(input: $input, idempotencyKey: "k1") { case { number } position userErrors { code } } }', { input });
    expect(data).toEqual({ createCase: { case: { number: 'C-2026-000007' }, position: '0:9', userErrors: [] } });
    expect(scene.services.requests('CreateCase')).toMatchObject([{
      fields: [
        { field: 'caseName', text: 'Ferrer v. Quarry', clear: false }, { field: 'openedOn', text: '2026-03-02', clear: false },
        { field: 'externalSystem', text: 'Clio', clear: false }, { field: 'externalId', text: '77', clear: false }, { field: 'tags', text: 'vip', clear: false },
      ],
      typeId: TYPE.id, statusId: '', contacts: [{ contact: ANA.id, role: 'CLIENT', primary: false }], keyDates: [{ id: 0, kind: 'STATUTE', at: '2027-01-14' }], idempotencyKey: 'k1', createAnyway: false,
    }]);
  });

  it('CAS-011: sends of a change what is in it, and null empties', async () => {
    scene.answer({ UpdateCase: reply });
    await scene.graphql('mutation ($input: CaseInput!, $id: ID!) { updateCase(id: $id, version: 4, input: $input) { case { id } } }', { id: ID, input: { description: null, tags: [] } });
    expect(scene.services.requests('UpdateCase')).toMatchObject([{ id: CASE.id, version: 4, fields: [{ field: 'description', text: '', clear: true }], tags: [], replaceTags: true, replaceKeyDates: false, primaryContact: '' }]);
  });

  it('API-003: tells refusals as data', async () => {
    scene.answer({
      UnlinkCaseContact: () => {
        throw refused('CASE_NEEDS_CLIENT');
      },
    });
    const { data, errors } = await scene.graphql(`mutation { unlinkCaseContact(caseId: "${ID}", contactId: "${ANA.id}", role: CLIENT) { case { id } userErrors { code message } } }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ unlinkCaseContact: { case: null, userErrors: [{ code: 'CASE_NEEDS_CLIENT', message: 'A case keeps at least one client.' }] } });
  });

  it.each([
    ['changeCaseStatus', `changeCaseStatus(id: "${ID}", statusId: "s2", reason: "settled")`, { id: CASE.id, statusId: 's2', reason: 'settled', idempotencyKey: '' }],
    ['changeCaseType', `changeCaseType(id: "${ID}", input: { typeId: "${TYPE.id}" })`, { id: CASE.id, typeId: TYPE.id, statusId: '', idempotencyKey: '' }],
    ['archiveCase', `archiveCase(id: "${ID}", reason: "made twice")`, { id: CASE.id, reason: 'made twice', idempotencyKey: '' }],
    ['restoreCase', `restoreCase(id: "${ID}")`, { id: CASE.id, idempotencyKey: '' }],
    ['linkCaseContact', `linkCaseContact(caseId: "${ID}", contactId: "${ANA.id}", role: WITNESS)`, { id: CASE.id, contact: ANA.id, role: 'WITNESS', primary: false, idempotencyKey: '' }],
  ])('%s reaches its owner', async (name, call, expected) => {
    const rpc = name.replace(/^./, (first) => first.toUpperCase());
    scene.answer({ [rpc]: reply });
    expect(await scene.graphql(`mutation { ${call} { case { id } userErrors { code } } }`)).toEqual({ data: { [name]: { case: { id: ID }, userErrors: [] } } });
    expect(scene.services.requests(rpc)).toEqual([expected]);
  });

  it('TYP-001: saves what of a type is said, and leaves the rest as it is', async () => {
    scene.answer({ SaveCaseType: () => ({ type: TYPE, replayed: false }) });
    const saved = await scene.graphql(`mutation { saveCaseType(input: { id: "${TYPE.id}", version: 2, name: "Injury" }) { caseType { statuses { name category } } userErrors { code } } }`);
    expect(saved.data).toEqual({ saveCaseType: { caseType: { statuses: [{ name: 'New Lead', category: 'OPEN' }, { name: 'Closed', category: 'CLOSED' }] }, userErrors: [] } });
    expect(scene.services.requests('SaveCaseType')).toMatchObject([{ id: TYPE.id, version: 2, name: 'Injury', statuses: TYPE.statuses, replacements: {} }]);
  });

  it('LST-001: makes lists, adds to them and shows their members', async () => {
    const list = { id: '00000000-0000-8000-8000-0000000000d1', version: 1, name: 'Spring', description: '', owner: '', typeId: TYPE.id, visibility: 'COMPANY', archived: false, members: 1, createdAtMs: 1_000, madeByImport: '' };
    scene.answer({ CreateCaseList: () => ({ list, replayed: false, changed: 0 }), AddCasesToList: () => ({ list, replayed: false, changed: 1 }), GetCaseLists: () => ({ lists: [list] }), ListCaseListMembers: () => page(1) });
    const made = await scene.graphql(`mutation { createCaseList(input: { name: "Spring", typeId: "${TYPE.id}" }) { caseList { id type { name } } } addToCaseList(listId: "${list.id}", cases: { ids: ["${ID}"] }) { changed userErrors { code } } }`);
    expect(made.data).toEqual({ createCaseList: { caseList: { id: globalId('CaseList', list.id), type: { name: 'Personal Injury' } } }, addToCaseList: { changed: 1, userErrors: [] } });
    expect(scene.services.requests('AddCasesToList')).toEqual([{ id: list.id, cases: [CASE.id], idempotencyKey: '' }]);
    const { data } = await scene.graphql(`{ caseList(id: "${list.id}") { name cases(first: 10) { totalCount nodes { number } } } }`);
    expect(data).toEqual({ caseList: { name: 'Spring', cases: { totalCount: 120, nodes: [{ number: 'C-2026-000007' }] } } });
  });

  it('asks the owner of a record for its history and its sources, whatever kind of id is given, and names types and statuses', async () => {
    const entry = { eventId: 'e1', version: 4, type: 'CaseStatusChanged', atMs: 1_000, actor: '', origin: { kind: 'user', id: '', run: '', row: 0 }, changes: [{ record: CASE.id, field: 'caseStatus', before: '"s1"', after: '"s9"', column: -1, keptBecause: '' }], reason: '' };
    scene.answer({ History: () => ({ entries: [entry], hasNext: false }), Provenance: () => ({ entries: [requestOf(contactsV1.ProvenanceEntry, { path: 'caseType', value: JSON.stringify(TYPE.id) })] }) });
    const asked = 'query ($id: ID!) { recordHistory(id: $id, first: 5) { nodes { type origin { kind } changes { record field before after } } } fieldProvenance(id: $id) { path value } }';
    for (const id of [ID, CASE.id]) {
      const { data } = await scene.graphql(asked, { id });
      expect(data).toEqual({ recordHistory: { nodes: [{ type: 'CaseStatusChanged', origin: { kind: 'USER' }, changes: [{ record: ID, field: 'caseStatus', before: 'New Lead', after: 's9' }] }] }, fieldProvenance: [{ path: 'caseType', value: '"Personal Injury"' }] });
    }
    const contact = await scene.graphql(asked, { id: ANA.id });
    expect(contact.data).toMatchObject({ recordHistory: { nodes: [{ changes: [{ record: globalId('Contact', CASE.id) }] }] } });
  });

  it('caseChanged goes on from its cursor, each change with the case as it is then', async () => {
    const change = { cursor: 'c2', id: CASE.id, version: 5, type: 'CaseStatusChanged', atMs: 1_000, origin: { kind: 'user', id: '', run: '', row: 0 }, fields: ['status'], case: CASE };
    scene.answer({ Changes: () => [change, { ...change, cursor: 'c3', version: 6, case: undefined }] });
    const client = createClient({ url: `${scene.address.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${'k'.repeat(40)}` } });
    const seen: unknown[] = [];
    const query = 'subscription ($filter: CaseFilter) { caseChanged(filter: $filter, after: "c1") { cursor id version type fields origin { kind } case { number status { name } } } }';
    for await (const { data } of client.iterate<Json>({ query, variables: { filter: { category: 'OPEN' } } })) seen.push(data?.['caseChanged']);
    await client.dispose();
    expect(seen).toEqual([
      { cursor: 'c2', id: ID, version: 5, type: 'CaseStatusChanged', fields: ['status'], origin: { kind: 'USER' }, case: { number: 'C-2026-000007', status: { name: 'New Lead' } } },
      { cursor: 'c3', id: ID, version: 6, type: 'CaseStatusChanged', fields: ['status'], origin: { kind: 'USER' }, case: null },
    ]);
    expect(scene.services.requests('Changes')).toMatchObject([{ after: 'c1', id: '', filter: { category: 'OPEN' } }]);
  });
});
