import 'reflect-metadata';
import { accountsV1, importsV1 } from '@caseledger/contracts';
import { denied, unauthenticated } from '@caseledger/errors';
import { requestOf } from '../services.js';
import { GatewayScene, type Json } from '../spec/gateway-scene.js';
import { globalId } from './global-id.js';

const KEY = '00000000-0000-8000-8000-0000000000f1';
const IMPORT = '00000000-0000-8000-8000-0000000000e1';
const MAY = ['imports.read', 'imports.run', 'imports.revert', 'cases.read', 'contacts.read'];

describe('requests of GraphQL', () => {
  let scene: GatewayScene;
  beforeAll(async () => (scene = await GatewayScene.start()));
  beforeEach(() => scene.answer({}, MAY));
  afterAll(() => scene.stop());

  const codes = async (query: string, variables: Json = {}): Promise<unknown[]> => ((await scene.graphql(query, variables)).errors ?? []).map(({ extensions }) => extensions['code']);

  it('SEC-002: answers 401 to whoever is not signed in', async () => {
    const none = await fetch(new URL('/graphql', scene.address), { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ permissions }"}' });
    expect([none.status, await none.json()]).toEqual([401, expect.objectContaining({ errors: [expect.objectContaining({ message: 'Sign in.' })] })]);
    scene.answer({ Authenticate: () => { throw unauthenticated(); } });
    expect((await scene.send('POST', '/graphql', { query: '{ permissions }' })).status).toBe(401);
  });

  it('refuses days that no calendar has', async () => {
    const since = (at: string) => codes('query ($at: DateTime) { imports(filter: { from: $at }) { totalCount } }', { at });
    expect(await since('2025-02-31T10:00:00Z')).toEqual(['VALUE_NOT_ALLOWED']);
    scene.answer({ ListImports: () => ({ edges: [], hasNext: false, total: 0 }) }, MAY);
    expect(await since('2024-02-29T23:30:00-08:00')).toEqual([]);
  });

  it('refuses a size that no file has', async () => {
    const create = 'mutation ($size: Float!) { createImport(input: { type: CASES, fileName: "a.csv", sizeBytes: $size }) { userErrors { code field } } }';
    for (const size of [1e300, -1, 1.5]) {
      expect((await scene.graphql(create, { size })).data).toEqual({ createImport: { userErrors: [{ code: 'VALUE_NOT_ALLOWED', field: 'sizeBytes' }] } });
      const rest = await scene.send('POST', '/api/imports', { type: 'CASES', fileName: 'a.csv', sizeBytes: size });
      expect(await rest.json()).toMatchObject({ code: 'VALUE_NOT_ALLOWED', errors: [{ field: 'sizeBytes' }] });
    }
  });

  it('refuses a subscription that comes as a single request', async () => {
    const response = await scene.send('POST', '/graphql', { query: `subscription { importProgress(id: "${IMPORT}") { done } }` });
    expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ message: expect.stringContaining('graphql-ws') as string, extensions: { code: 'VALUE_NOT_ALLOWED' } }] }]);
  });

  it('tells faults of the request by codes of the catalogue', async () => {
    expect(await codes('{ nothing }')).toEqual(['FIELD_UNKNOWN']);
    expect(await codes('{ import { id } }')).toEqual(['REQUIRED_MISSING']);
    expect(await codes('{ permissions')).toEqual(['VALUE_NOT_ALLOWED']);
    expect(await codes('query ($id: ID!) { import(id: $id) { id } }')).toEqual(['REQUIRED_MISSING']);
    const forged = await scene.send('POST', '/graphql', { query: '{ permissions }' }, { 'content-type': 'text/plain' });
    expect([forged.status, await forged.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'VALUE_NOT_ALLOWED' } }] }]);
  });

  it('API-006: refuses brackets in brackets without end before it parses them', async () => {
    const { errors } = await scene.graphql(`{ contacts(filter: ${'['.repeat(20_000)}`);
    expect(errors).toMatchObject([{ message: 'Over the limit of 100 brackets inside each other.', extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  });

  it('API-002: tells a page that is too large from one that is none', async () => {
    const page = (args: string) => codes(`{ contacts(${args}) { nodes { id } } }`);
    expect(await page('first: 10000')).toEqual(['PAGE_SIZE_EXCEEDED']);
    for (const args of ['first: 0', 'first: -1', 'last: 0', 'first: 5, last: 5']) expect(await page(args)).toEqual(['VALUE_NOT_ALLOWED']);
  });

  it('shows each import of a list as whole as by its id, with one more call', async () => {
    const line = requestOf(importsV1.Import, { id: IMPORT, type: 'CASES', state: 'COMPLETED', mappingVersion: 1, mapping: [{ column: 0, target: 'caseName' }] });
    const analysis = requestOf(importsV1.Analysis, { rows: 7, columns: [requestOf(importsV1.ColumnProfile, { column: 0, header: 'Matter' })] });
    const all = { ...line, analysis, attempts: [requestOf(importsV1.Attempt, { attempt: 1, rows: 7 })], reverts: [IMPORT] };
    scene.answer({ ListImports: () => ({ edges: [{ cursor: 'a', import: line }], hasNext: false, total: 1 }), GetImports: () => ({ imports: [all] }), GetReverts: () => ({ reverts: [requestOf(importsV1.Revert, { id: IMPORT })] }) }, MAY);
    const { data } = await scene.graphql('{ imports { nodes { analysis { rows } mapping { columns { header } } attempts { rows } reverts { id } } } }');
    expect(data).toEqual({ imports: { nodes: [{ analysis: { rows: 7 }, mapping: { columns: [{ header: 'Matter' }] }, attempts: [{ rows: 7 }], reverts: [{ id: globalId('Revert', IMPORT) }] }] } });
    expect(scene.services.requests('GetImports')).toEqual([{ ids: [IMPORT] }]);
  });

  it('finds a key by its id for those who see keys, on whichever page it is', async () => {
    const node = async () => (await scene.graphql(`{ node(id: "${globalId('ApiKey', KEY)}") { id ... on ApiKey { name } } }`)).data;
    const key = requestOf(accountsV1.ApiKey, { id: KEY, name: 'Script' });
    const other = { ...key, id: IMPORT };
    scene.answer({ ListApiKeys: ({ after }: accountsV1.ListApiKeysRequest) => (after === '' ? { apiKeys: [other], hasNext: true } : { apiKeys: [key], hasNext: false }) });
    expect(await node()).toEqual({ node: { id: globalId('ApiKey', KEY), name: 'Script' } });
    scene.answer({ ListApiKeys: () => { throw denied(); } });
    expect(await node()).toEqual({ node: null });
  });
});
