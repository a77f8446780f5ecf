import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api } from './api.js';

/** A gateway that knows nobody. */
describe('a bearer that does not count', () => {
  let server: Server;
  let address: string;

  beforeEach(async () => {
    server = createServer((request, response) => {
      response.statusCode = 401;
      const graphql = { errors: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } }] };
      response.end(JSON.stringify(request.url === '/graphql' ? graphql : { code: 'UNAUTHENTICATED', detail: 'Sign in.', errors: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('is told with the address and what helps', async () => {
    const message = expect.stringMatching(new RegExp(`${address}.*caseledger login.*caseledger logout.*CASELEDGER_KEY`));
    await expect(new Api({ address, bearer: 'old' }).get('/api/imports')).rejects.toMatchObject({ code: 'UNAUTHENTICATED', exit: 1, message });
    await expect(new Api({ address, bearer: 'old' }).graphql('{ permissions }')).rejects.toMatchObject({ code: 'UNAUTHENTICATED', exit: 1, message });
  });

  it('is told as the gateway says it where there was none', async () => {
    await expect(new Api({ address, bearer: '' }).post('/api/sign-in')).rejects.toMatchObject({ message: 'Sign in.' });
  });
});
