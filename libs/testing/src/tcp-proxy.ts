import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A network between two parties that a test can disturb. */
export interface TcpProxy {
  readonly port: number;
  /** Delays every byte in both directions from now on. */
  setLatency(ms: number): void;
  /** Connections are cut once this many further bytes have gone to the server. */
  cutAfter(bytes: number): void;
  /** What the server answers no longer arrives, while what it is sent still does; `false` ends it for new bytes. */
  dropResponses(on: boolean): void;
  /** Cuts every open connection; new ones are taken. */
  cutAll(): void;
  /** Takes no connection until called with `false`. */
  refuse(on: boolean): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes everything on to the target. */
export async function tcpProxy(target: { host?: string; port: number }): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const fault = { latencyMs: 0, bytesLeft: Number.POSITIVE_INFINITY, dropsResponses: false, refuses: false };
  const cutAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  const pass = (part: Buffer, to: Socket): void => {
    const write = (): void => void (to.destroyed || to.write(part));
    if (fault.latencyMs > 0) setTimeout(write, fault.latencyMs);
    else write();
  };
  const server = createServer((client) => {
    if (fault.refuses) return void client.destroy();
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    join(open, client, upstream);
    client.on('data', (part: Buffer) => {
      pass(part.subarray(0, fault.bytesLeft), upstream);
      fault.bytesLeft -= part.length;
      if (fault.bytesLeft > 0) return;
      fault.bytesLeft = Number.POSITIVE_INFINITY;
      // The last bytes still reach the server: what is lost is its answer.
      upstream.end();
      client.destroy();
    });
    upstream.on('data', (part: Buffer) => {
      if (!fault.dropsResponses) pass(part, client);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server.address()),
    setLatency: (ms) => void (fault.latencyMs = ms),
    cutAfter: (bytes) => void (fault.bytesLeft = bytes),
    dropResponses: (on) => void (fault.dropsResponses = on),
    refuse: (on) => void (fault.refuses = on),
    cutAll,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
}

function join(open: Set<Socket>, client: Socket, upstream: Socket): void {
  for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open.delete(socket);
      other.destroy();
    });
  }
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The proxy does not listen on a port.');
  return address.port;
}
