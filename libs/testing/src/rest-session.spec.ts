import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RestSession } from './rest-session.js';

/** Closes the connections of so many requests without an answer, then answers. */
async function closing(times: number): Promise<{ server: Server; address: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (asked <= times) request.socket.end();
    else response.end('{"ok":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, address: `http://127.0.0.1:${port}`, asked: () => asked };
}

describe('a session of a test', () => {
  it('asks again where its connection was closed, once', async () => {
    const { server, address, asked } = await closing(1);
    await expect(new RestSession({ address }, 'bearer').json('POST', '/any', {})).resolves.toEqual({ ok: true });
    expect(asked()).toBe(2);
    server.close();
  });

  it('fails where that happens again', async () => {
    const { server, address, asked } = await closing(5);
    await expect(new RestSession({ address }, 'bearer').json('POST', '/any', {})).rejects.toThrow('fetch failed');
    expect(asked()).toBe(2);
    server.close();
  });
});
