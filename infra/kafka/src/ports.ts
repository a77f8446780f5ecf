import { connect, createServer } from 'node:net';

/** A port nobody listens on: the first one from `from` on, or any when that is 0. */
export async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + 200; port += 1) {
    const found = await listenOnce(port);
    if (found !== undefined) return found;
    if (from === 0) break;
  }
  throw new Error(`No port is free from ${from} on`);
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

const ANSWER_MS = 2_000;

/** A request for metadata of no topic, version 1: its answer begins with how many brokers the node knows. */
const METADATA = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]);
const COUNT_AT = 8;

/** How many live brokers the node on this port knows; 0 while it does not answer. */
export function brokersSeenBy(port: number): Promise<number> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => socket.write(METADATA));
    const end = (brokers: number): void => {
      socket.destroy();
      resolve(brokers);
    };
    socket.setTimeout(ANSWER_MS, () => end(0));
    socket.on('error', () => end(0)).on('close', () => end(0));
    socket.on('data', (part: Buffer) => {
      answer = Buffer.concat([answer, part]);
      if (answer.length >= COUNT_AT + 4) end(answer.readInt32BE(COUNT_AT));
    });
  });
}
