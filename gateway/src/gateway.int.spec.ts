import 'reflect-metadata';
import { createLogger } from '@caseledger/service-kit';
import supertest, { type Test } from 'supertest';
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

  const ask = (path: string): Test => supertest(gateway.address).get(path);
  const post = (path: string, body: string): Test => supertest(gateway.address).post(path).set('content-type', 'application/json').send(body);

  it('is live, and not ready while services are away', async () => {
    await ask('/health/live').expect(200);
    await ask('/health/ready').expect(503);
  });

  it('serves the explorer, its files, the guide and an OpenAPI 3.1 document from itself', async () => {
    const { text: page } = await ask('/').expect(200);
    expect(page).toContain('/assets/graphiql.js');
    expect(page).not.toMatch(/https?:\/\//);
    for (const asset of ['react.js', 'react-dom.js', 'graphiql.js', 'graphiql.css']) await ask(`/assets/${asset}`).expect(200);
    await ask('/docs/api').expect('content-type', /text\/html/);
    const { body } = (await ask('/api/openapi.json')) as { body: { openapi: string; paths: object } };
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toContain('/api/imports/{id}/results/{result}');
  });

  it('SEC-002: refuses REST and GraphQL without a bearer, with the code and no cause', async () => {
    const rest = await ask('/api/clients').expect(401).expect('content-type', /application\/problem\+json/);
    expect(rest.body).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    const graphql = await post('/graphql', '{"query":"{ viewer { id } }"}');
    expect(graphql.body).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('RST-001: names unknown paths, broken JSON, unknown keys and bodies that are too large', async () => {
    const signIn = async (body: string): Promise<unknown> => (await post('/api/sign-in', body)).body as unknown;
    expect((await ask('/api/nothing')).body).toMatchObject({ code: 'NOT_FOUND' });
    const undecodable = await ask('/api/clients/%zz').set('authorization', `Bearer ${'k'.repeat(40)}`).expect(422);
    expect(undecodable.body).toMatchObject({ code: 'VALUE_NOT_ALLOWED', detail: 'The path is not an allowed address.', errors: [{ field: 'path' }] });
    expect(await signIn('{')).toMatchObject({ code: 'VALUE_NOT_ALLOWED', status: 422 });
    expect(await signIn('{"email":"a@b.net","password":"x","extra":1}')).toMatchObject({ code: 'FIELD_UNKNOWN', errors: [{ field: 'extra' }] });
    const large = await post('/api/sign-in', JSON.stringify({ email: 'x'.repeat(6_000_000) })).expect(413);
    expect(large.body).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('never tells why something inside failed', async () => {
    const { text } = await ask('/api/clients').set('authorization', `Bearer ${'k'.repeat(40)}`).expect(500);
    expect(text).toContain('INTERNAL_ERROR');
    expect(text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|at /);
  });

  it('RST-005: counts requests and says when to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 31 }, () => ask('/api/clients').set('authorization', 'Bearer short')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ code: 'RATE_LIMITED' });
  });
});
