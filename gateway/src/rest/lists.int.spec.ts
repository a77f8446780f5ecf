import 'reflect-metadata';
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
});
