import { createServer } from 'node:net';
import { errorCode } from './error-code.js';

/** A port nobody listens on at this moment; another process may take it before it is used. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** @throws Error naming the port when another process listens on it. */
export async function requireFreePort(port: number, whatFor: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') {
      throw new Error(`Port ${port} (${whatFor}) is taken by another program. Stop it or choose another port.`, { cause: error });
    }
    throw error;
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
