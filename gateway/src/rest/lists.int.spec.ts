import 'reflect-metadata';
import { importsV1 } from '@caseledger/contracts';
import { requestOf } from '../services.js';
import { GatewayScene } from '../spec/gateway-scene.js';

const ID = '00000000-0000-8000-8000-0000000000e1';

describe('lists over REST', () => {
  let scene: GatewayScene;
  beforeAll(async () => (scene = await GatewayScene.start()));
  beforeEach(() => scene.answer({}));
  afterAll(() => scene.stop());

  const LISTS = ['clients', 'cases', 'imports', `imports/${ID}/rows`, `imports/${ID}/issues`, `imports/${ID}/reverts`, `imports/${ID}/file`, `reverts/${ID}/records`];

  it.each(LISTS)('RST-003: refuses a parameter that %s does not have, before a service is asked', async (list) => {
    const response = await scene.send('GET', `/api/${list}?stat=x`);
    expect([response.status, await response.json()]).toMatchObject([422, { code: 'FIELD_UNKNOWN', errors: [{ field: 'stat' }] }]);
    expect(scene.services.asked.map(({ rpc }) => rpc)).toEqual(['Authenticate']);
  });

  it.each([
    ['clients', 'ListContacts', ['search', 'status', 'updatedSince', 'archived', 'cursor', 'limit']],
    ['imports', 'ListImports', ['type', 'state', 'status', 'fileName', 'cursor', 'limit']],
    ['imports/{id}/rows', 'ListRows', ['of', 'outcome', 'reason', 'code', 'attempts', 'cursor', 'limit']],
    ['reverts/{id}/records', 'ListRevertRecords', ['outcome', 'cursor', 'limit']],
  ])('documents each parameter that %s takes, and takes it', async (list, rpc, names) => {
    const { paths } = (await (await scene.send('GET', '/api/openapi.json')).json()) as { paths: Record<string, { get: { parameters: { name: string; in: string }[] } }> };
    expect(paths[`/api/${list}`]?.get.parameters.flatMap((one) => (one.in === 'query' ? [one.name] : []))).toEqual(names);
    scene.answer({ GetImports: () => ({ imports: [requestOf(importsV1.Import, { id: ID })] }), [rpc]: () => ({ edges: [], rows: [], records: [], hasNext: false, total: 0 }) });
    const values = new Map([['updatedSince', '2026-01-01'], ['limit', '5']]);
    const query = new URLSearchParams(Object.fromEntries(names.map((name) => [name, values.get(name) ?? ''])));
    expect((await scene.send('GET', `/api/${list.replace('{id}', ID)}?${query.toString()}`)).status).toBe(200);
  });
});
