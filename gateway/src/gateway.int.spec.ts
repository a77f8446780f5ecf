import 'reflect-metadata';
import { createLogger } from '@caseledger/service-kit';
import { startGateway, type RunningGateway } from './gateway.js';

/** The gateway alone: what it answers before any service is asked. */
describe('gateway without services', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway(
      {
        host: '127.0.0.1',
        port: 0,
        services: { accounts: '127.0.0.1:1', contacts: '127.0.0.1:1', cases: '127.0.0.1:1', imports: '127.0.0.1:1' },
        contextSecret: 'x'.repeat(32),
        installationKey: undefined,
        requestsPerMinute: 30,
        introspection: true,
      },
      createLogger({ service: 'gateway', level: 'silent' }),
    );
  });

  afterAll(() => gateway.stop());

  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(path, gateway.address), init);

  it('is live, and not ready while services are away', async () => {
    expect((await ask('/health/live')).status).toBe(200);
    expect((await ask('/health/ready')).status).toBe(503);
  });

  it('serves the explorer, its files, the guide and an OpenAPI 3.1 document from itself', async () => {
    const page = await (await ask('/')).text();
    expect(page).toContain('/assets/graphiql.js');
    expect(page).not.toMatch(/https?:\/\//);
    for (const asset of ['react.js', 'react-dom.js', 'graphiql.js', 'graphiql.css']) expect((await ask(`/assets/${asset}`)).status).toBe(200);
    expect((await ask('/docs/api')).headers.get('content-type')).toContain('text/html');
    const document = (await (await ask('/api/openapi.json')).json()) as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/imports/{id}/results/{result}');
  });

  it('SEC-002: refuses REST and GraphQL without a bearer, with the code and no cause', async () => {
    const rest = await ask('/api/clients');
    expect(rest.status).toBe(401);
    expect(rest.headers.get('content-type')).toContain('application/problem+json');
    expect(await rest.json()).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    const graphql = await ask('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ viewer { id } }"}' });
    expect(await graphql.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('RST-001: names unknown paths, broken JSON, unknown keys and bodies that are too large', async () => {
    const post = (body: string): Promise<Response> => ask('/api/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await (await ask('/api/nothing')).json()).toMatchObject({ code: 'NOT_FOUND' });
    expect(await (await post('{')).json()).toMatchObject({ code: 'VALUE_NOT_ALLOWED', status: 422 });
    expect(await (await post('{"email":"a@b.net","password":"x","extra":1}')).json()).toMatchObject({ code: 'FIELD_UNKNOWN', errors: [{ field: 'extra' }] });
    const large = await post(JSON.stringify({ email: 'x'.repeat(6_000_000) }));
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('never tells why something inside failed', async () => {
    const answer = await ask('/api/clients', { headers: { authorization: `Bearer ${'k'.repeat(40)}` } });
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(text).toContain('INTERNAL_ERROR');
    expect(text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|at /);
  });

  it('RST-005: counts requests and says when to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 31 }, () => ask('/api/clients', { headers: { authorization: 'Bearer short' } })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused[0]?.json()).toMatchObject({ code: 'RATE_LIMITED' });
  });
});
