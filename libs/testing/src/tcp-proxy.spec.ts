import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from './eventually.js';
import { tcpProxy, type TcpProxy } from './tcp-proxy.js';

let echo: Server;
let proxy: TcpProxy;
const heard: string[] = [];

beforeEach(async () => {
  heard.length = 0;
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (part: Buffer) => {
      heard.push(part.toString());
      socket.write(part);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  proxy = await tcpProxy({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});

afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

async function client(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('a proxied connection', () => {
  it('passes bytes both ways', async () => {
    const socket = await client();
    socket.write('hello');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('hello');
  });

  it('is cut after so many bytes, and the server still gets them', async () => {
    const socket = await client();
    proxy.cutAfter(3);
    socket.write('abcdef');
    await once(socket, 'close');
    expect(await eventually(() => heard.join('') || undefined)).toBe('abc');
  });

  it('loses answers while the server gets what it is sent', async () => {
    const socket = await client();
    const answers: string[] = [];
    socket.on('data', (part: Buffer) => answers.push(part.toString()));
    proxy.dropResponses(true);
    socket.write('lost');
    await eventually(() => heard.includes('lost'));
    proxy.dropResponses(false);
    socket.write('found');
    expect(await eventually(() => answers[0])).toBe('found');
  });

  it('is delayed, and refused', async () => {
    const socket = await client();
    proxy.setLatency(60);
    const sentAt = Date.now();
    socket.write('slow');
    await once(socket, 'data');
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(110);
    proxy.refuse(true);
    const refused = await client();
    await once(refused, 'close');
  });
});
