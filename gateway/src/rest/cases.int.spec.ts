import 'reflect-metadata';
import { accountsV1, casesV1 } from '@caseledger/contracts';
import { concurrency, refused } from '@caseledger/errors';
import { requestOf } from '../services.js';
import { ANA, CASE, GatewayScene, TYPE, type Json } from '../spec/gateway-scene.js';

const NO_CASE = '00000000-0000-8000-8000-0000000000ff';

describe('cases over REST (RST-001)', () => {
  let scene: GatewayScene;
  beforeAll(async () => (scene = await GatewayScene.start()));
  beforeEach(() => scene.answer({}));
  afterAll(() => scene.stop());

  const result = (given: Partial<casesV1.SubmittedResult> = {}): casesV1.SubmittedResult => requestOf(casesV1.SubmittedResult, { outcome: 'CREATED', case: CASE, client: ANA.id, clientOutcome: 'CREATED', ...given });
  const submits = (...results: casesV1.SubmittedResult[]) => ({ SubmitCases: () => ({ results, replayed: false }) });
  const post = async (body: Json, path = '/api/cases', headers: Record<string, string> = {}) => {
    const response = await scene.send('POST', path, body, headers);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
  };
  const BODY = { caseName: 'Ferrer v. Quarry', caseType: 'Personal Injury', tags: ['vip', 'slip'], closedOn: null };

  it.each([
    ['by id', { id: ANA.id }, { clientId: ANA.id }],
    ['by external id', { externalSystem: 'Clio', externalId: '77' }, { clientExternalId: { system: 'Clio', id: '77' } }],
    ['by its data', { firstName: 'Ana', lastName: 'Ferrer' }, { clientFields: [{ field: 'firstName', text: 'Ana', clear: false }, { field: 'lastName', text: 'Ferrer', clear: false }] }],
  ])('creates one with its client %s, by the policies given', async (_, client, expected) => {
    scene.answer(submits(result()));
    const { status, headers, body } = await post({ ...BODY, client, contacts: [{ id: ANA.id, role: 'WITNESS' }], onDuplicate: 'UPDATE' }, '/api/cases', { 'idempotency-key': 'k1' });
    expect([status, headers.get('warning')]).toEqual([201, null]);
    expect(body).toMatchObject({ outcome: 'CREATED', case: { number: 'C-2026-000007', caseType: 'Personal Injury', caseStatus: 'New Lead' }, client: { id: ANA.id, outcome: 'CREATED' }, errors: [] });
    expect(scene.services.requests('SubmitCases')).toMatchObject([{
      items: [{
        fields: [
          { field: 'caseName', text: 'Ferrer v. Quarry', clear: false }, { field: 'caseType', text: 'Personal Injury', clear: false },
          { field: 'tags', text: 'vip', clear: false }, { field: 'tags', text: 'slip', clear: false }, { field: 'closedOn', text: '', clear: true },
        ],
        contacts: [{ contact: ANA.id, role: 'WITNESS', primary: false }],
        ...expected,
      }],
      onDuplicate: 'UPDATE', onDuplicateClient: 'SKIP', idempotencyKey: 'k1',
    }]);
  });

  it.each([
    [{ ...BODY }, 'REQUIRED_MISSING', 'client'],
    [{ ...BODY, client: { id: ANA.id }, clientFirstName: 'Ana' }, 'FIELD_UNKNOWN', 'clientFirstName'],
    [{ ...BODY, client: { firstName: 'Ana', nick: 'A' } }, 'FIELD_UNKNOWN', 'client.nick'],
    [{ ...BODY, client: { id: ANA.id }, contacts: [{ role: 'WITNESS' }] }, 'REQUIRED_MISSING', 'contacts.0.id'],
    [{ ...BODY, client: { id: ANA.id }, onDuplicateClient: 'PERHAPS' }, 'VALUE_NOT_ALLOWED', 'onDuplicateClient'],
  ])('RST-003: refuses what it does not understand, before anything is sent', async (body, code, field) => {
    expect(await post(body)).toMatchObject({ status: 422, body: { code, errors: [{ field, code }] } });
    expect(scene.services.requests('SubmitCases')).toEqual([]);
  });

  it('tells a refused case by its first error, and a similar one with its candidates', async () => {
    const issue = { code: 'CASE_TYPE_MISSING', severity: 'ERROR', column: -1, field: 'caseType', text: '', suggestion: '', params: {} };
    scene.answer(submits(result({ outcome: 'FAILED', case: undefined, reason: 'CASE_TYPE_MISSING', issues: [issue] })));
    expect(await post({ ...BODY, client: { id: ANA.id } })).toMatchObject({ status: 422, body: { code: 'CASE_TYPE_MISSING', errors: [{ field: 'caseType' }] } });
    scene.answer(submits(result({ outcome: 'FAILED', case: undefined, reason: 'DUPLICATE_REVIEW', candidates: [CASE.id, ANA.id] })));
    expect(await post({ ...BODY, client: { id: ANA.id } })).toMatchObject({ status: 409, body: { code: 'DUPLICATE_REVIEW', candidates: [CASE.id, ANA.id] } });
  });

  it('answers a batch item by item, in order and counted, and refuses more than 500', async () => {
    scene.answer(submits(result(), result({ outcome: 'FAILED', case: undefined, client: '' }), result({ outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING' })));
    const items = Array.from({ length: 3 }, () => ({ ...BODY, client: { id: ANA.id } }));
    expect(await post({ items }, '/api/cases/batch')).toMatchObject({ status: 200, body: { applied: 2, failed: 1, results: [{ outcome: 'CREATED' }, { outcome: 'FAILED', case: null, client: null }, { outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING' }] } });
    expect(await post({ items: Array.from({ length: 501 }, () => items[0]) }, '/api/cases/batch')).toMatchObject({ status: 422, body: { code: 'LIMIT_REACHED' } });
  });

  it('RST-004: lists by the time of change from a moment on', async () => {
    scene.answer({ ListCases: () => ({ edges: [{ cursor: 'c1', case: CASE }], hasNext: true, hasPrevious: false, total: 0 }) });
    const response = await scene.send('GET', `/api/cases?updatedSince=2026-01-01T00:00:00Z&archived=true&caseTypeId=${TYPE.id}&category=open&limit=500`);
    expect(await response.json()).toMatchObject({ cases: [{ id: CASE.id, version: 4, openedOn: '2026-03-02' }], cursor: 'c1', hasMore: true });
    expect(scene.services.requests('ListCases')).toMatchObject([{ sort: 'CHANGED', first: 500, filter: { archived: 'INCLUDE', types: [TYPE.id], category: 'OPEN', changedFromMs: Date.parse('2026-01-01') } }]);
    expect((await scene.send('GET', '/api/cases?limit=501')).status).toBe(400);
  });

  it('shows one with its version, and changes it by that version', async () => {
    const one = await scene.send('GET', `/api/cases/${CASE.id}`);
    expect([one.status, one.headers.get('etag')]).toEqual([200, '"4"']);
    expect((await scene.send('GET', `/api/cases/${NO_CASE}`)).status).toBe(404);
    scene.answer({ UpdateCase: () => ({ case: { ...CASE, version: 5 }, warnings: [], replayed: true }) });
    const changed = await scene.send('PATCH', `/api/cases/${CASE.id}`, { description: 'Fell on the stairs' }, { 'if-match': '"4"', 'idempotency-key': 'k' });
    expect([changed.status, changed.headers.get('etag'), changed.headers.get('idempotent-replayed')]).toEqual([200, '"5"', 'true']);
    expect(scene.services.requests('UpdateCase')).toMatchObject([{ id: CASE.id, version: 4, fields: [{ field: 'description', text: 'Fell on the stairs' }], idempotencyKey: 'k' }]);
    scene.answer({
      UpdateCase: () => {
        throw concurrency('VERSION_CONFLICT', { user: 'u2', fields: 'description' });
      },
      GetUsers: () => ({ users: [requestOf(accountsV1.User, { id: 'u2', name: 'Dana Ruiz' })] }),
    });
    const late = await scene.send('PATCH', `/api/cases/${CASE.id}`, { description: 'x' }, { 'if-match': '"3"' });
    expect([late.status, await late.json()]).toMatchObject([409, { code: 'VERSION_CONFLICT', detail: 'Dana Ruiz changed description meanwhile.' }]);
  });

  it('changes status and type by name, archives and restores', async () => {
    const reply = () => ({ case: CASE, warnings: [], replayed: false });
    scene.answer({ ChangeCaseStatus: reply, ChangeCaseType: reply, ArchiveCase: reply, RestoreCase: reply });
    expect(await post({ status: 'closed', reason: 'settled' }, `/api/cases/${CASE.id}/status`)).toMatchObject({ status: 200, body: { id: CASE.id } });
    expect(await post({ type: 'personal injury' }, `/api/cases/${CASE.id}/type`)).toMatchObject({ status: 200 });
    expect(await post({}, `/api/cases/${CASE.id}/archive`)).toMatchObject({ status: 200 });
    expect(await post({}, `/api/cases/${CASE.id}/restore`)).toMatchObject({ status: 200 });
    expect(scene.services.requests('ChangeCaseStatus')).toEqual([{ id: CASE.id, statusId: 's2', reason: 'settled', idempotencyKey: '' }]);
    expect(scene.services.requests('ChangeCaseType')).toEqual([{ id: CASE.id, typeId: TYPE.id, statusId: '', idempotencyKey: '' }]);
    expect(await post({ status: 'Lost' }, `/api/cases/${CASE.id}/status`)).toMatchObject({ status: 422, body: { code: 'VALUE_NOT_ALLOWED', errors: [{ field: 'status' }] } });
    scene.answer({
      ArchiveCase: () => {
        throw refused('CASE_ARCHIVED');
      },
    });
    expect(await post({}, `/api/cases/${CASE.id}/archive`)).toMatchObject({ status: 409, body: { code: 'CASE_ARCHIVED' } });
  });

  it('is described by the OpenAPI document, field by field of the catalogue', async () => {
    const document = (await (await scene.send('GET', '/api/openapi.json')).json()) as { paths: Json; components: { schemas: Record<string, { properties: Json }> } };
    expect(Object.keys(document.paths).filter((path) => path.startsWith('/api/cases'))).toEqual([
      '/api/cases', '/api/cases/batch', '/api/cases/{id}', '/api/cases/{id}/status', '/api/cases/{id}/type', '/api/cases/{id}/archive', '/api/cases/{id}/restore',
    ]);
    expect(Object.keys(document.components.schemas['CaseBody']?.properties ?? {})).toEqual(expect.arrayContaining(['caseName', 'caseType', 'caseStatus', 'courtDate', 'statuteOfLimitations', 'externalId', 'client', 'contacts']));
    expect(Object.keys(document.components.schemas['CaseChange']?.properties ?? {})).not.toContain('caseType');
  });
});
