import 'reflect-metadata';
import { GatewayScene, type Json } from './spec/gateway-scene.js';

const MAY = ['cases.read', 'cases.write', 'contacts.read', 'contacts.write', 'imports.read', 'settings.write', 'users.write'];

describe('text that cannot be kept', () => {
  let scene: GatewayScene;
  beforeAll(async () => (scene = await GatewayScene.start(MAY)));
  beforeEach(() => scene.answer({}, MAY));
  afterAll(() => scene.stop());

  it.each([
    ['contacts(filter: { search: $text })', 'search'],
    ['contacts(filter: { tag: $text })', 'tag'],
    ['caseLists(search: $text)', 'search'],
    ['imports(filter: { fileName: $text })', 'fileName'],
  ])('refuses a query for it: %s', async (field) => {
    for (const text of ['a\0b', 'a\ud800b']) {
      const { errors } = await scene.graphql(`query ($text: String) { ${field} { totalCount } }`, { text });
      expect(errors).toMatchObject([{ extensions: { code: 'CELL_INVALID_CHAR' } }]);
    }
    expect((await scene.graphql(`{ ${field.replace('$text', '"a\\u0000b"')} { totalCount } }`)).errors).toMatchObject([{ extensions: { code: 'CELL_INVALID_CHAR' } }]);
  });

  it('refuses a mutation with it as data, by the argument', async () => {
    const create = 'mutation ($name: String!, $key: String) { createCaseList(input: { name: $name }, idempotencyKey: $key) { userErrors { code field } } }';
    const refusals = async (variables: Json) => (await scene.graphql(create, variables)).data;
    expect(await refusals({ name: 'a\0b' })).toEqual({ createCaseList: { userErrors: [{ code: 'CELL_INVALID_CHAR', field: 'name' }] } });
    expect(await refusals({ name: 'a', key: '\udc00' })).toEqual({ createCaseList: { userErrors: [{ code: 'CELL_INVALID_CHAR', field: 'idempotencyKey' }] } });
    expect(scene.services.asked.map(({ rpc }) => rpc)).toEqual(['Authenticate', 'Authenticate']);
  });

  it('refuses it over REST, in the query and in the body', async () => {
    for (const path of ['/api/clients?search=a%00b', '/api/cases?tag=%00', '/api/imports?fileName=%00']) {
      const response = await scene.send('GET', path);
      expect([response.status, await response.json()]).toEqual([422, expect.objectContaining({ code: 'CELL_INVALID_CHAR' })]);
    }
    const response = await scene.send('POST', '/api/clients', { firstName: 'a\ud800' });
    expect(await response.json()).toMatchObject({ code: 'CELL_INVALID_CHAR', errors: [{ field: 'firstName' }] });
  });

  it('leaves NUL in a field of a record to the rules of fields, and whole pairs alone', async () => {
    scene.answer({ SubmitContacts: () => ({ results: [], replayed: false }) }, MAY);
    await scene.send('POST', '/api/clients', { firstName: 'a\0b', lastName: '😀' });
    expect(scene.services.requests('SubmitContacts')).toHaveLength(1);
  });
});
