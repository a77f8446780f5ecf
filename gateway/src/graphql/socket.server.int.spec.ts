import 'reflect-metadata';
import { request } from 'node:http';
import { importsV1 } from '@caseledger/contracts';
import { notFound, unauthenticated } from '@caseledger/errors';
import { WebSocket } from 'ws';
import { requestOf } from '../services.js';
import { GatewayScene, type Json } from '../spec/gateway-scene.js';

const IMPORT = '00000000-0000-8000-8000-0000000000e1';
const PROGRESS = `subscription { importProgress(id: "${IMPORT}") { state done } }`;
const MESSAGE_BYTES_MAX = 5 * 1024 * 1024;

interface Told {
  readonly type: string;
  readonly payload?: { readonly data?: Json; readonly errors?: Fault[] } | Fault[];
}

interface Fault {
  readonly message: string;
  readonly extensions?: Json;
}

describe('GraphQL over sockets (graphql-ws)', () => {
  let scene: GatewayScene;
  beforeAll(async () => (scene = await GatewayScene.start()));
  beforeEach(() => scene.answer({}, ['imports.read', 'contacts.read', 'settings.write']));
  afterAll(() => scene.stop());

  const open = (): WebSocket => new WebSocket(`${scene.address.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');

  /** Everything one operation is answered, up to its end or the end of the socket. */
  function answers(payload: Json, authorization: string | undefined = `Bearer ${'k'.repeat(40)}`): Promise<{ told: Told[]; closed: number }> {
    const socket = open();
    const told: Told[] = [];
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: authorization === undefined ? {} : { authorization } })));
    socket.on('message', (bytes: Buffer) => {
      const message = JSON.parse(bytes.toString()) as Told;
      if (message.type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      else if (message.type !== 'ping') told.push(message);
      if (['error', 'complete'].includes(message.type)) socket.close(1000);
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', (closed) => resolve({ told, closed }));
    });
  }

  async function faults(payload: Json, authorization?: string): Promise<unknown[]> {
    const { told } = await answers(payload, authorization);
    return told.flatMap((message) => (Array.isArray(message.payload) ? message.payload : (message.payload?.errors ?? []))).map(({ extensions }) => extensions?.['code']);
  }

  it('hands on what happens until it has ended', async () => {
    const step = requestOf(importsV1.ProgressStep, { cursor: '1.COMPLETED', state: 'COMPLETED', done: 4, total: 4, last: true });
    scene.answer({ Progress: () => [step] });
    expect((await answers({ query: PROGRESS })).told).toMatchObject([{ type: 'next', payload: { data: { importProgress: { state: 'COMPLETED', done: 4 } } } }, { type: 'complete' }]);
  });

  it('SEC-002: tells whoever is not signed in so, by its code', async () => {
    expect(await faults({ query: PROGRESS }, '')).toEqual(['UNAUTHENTICATED']);
    scene.answer({ Authenticate: () => { throw unauthenticated(); } });
    expect(await faults({ query: PROGRESS })).toEqual(['UNAUTHENTICATED']);
  });

  it('API-003: tells faults by codes of the catalogue, and of what nobody expected only a reference', async () => {
    scene.answer({ Progress: () => { throw notFound(); } });
    expect(await faults({ query: PROGRESS })).toEqual(['NOT_FOUND']);
    expect(await faults({ query: 'subscription { importProgress(id: "nonsense") { state } }' })).toEqual(['NOT_FOUND']);
    expect(await faults({ query: 'subscription { nothing }' })).toEqual(['FIELD_UNKNOWN']);
    expect(await faults({ query: 'subscription { importPro' })).toEqual(['VALUE_NOT_ALLOWED']);
    expect(await faults({ query: 'subscription ($id: ID!) { importProgress(id: $id) { state } }' })).toEqual(['REQUIRED_MISSING']);
    expect(await faults({ query: `query One { permissions } query Other { permissions }` })).toEqual(['REQUIRED_MISSING']);
    scene.answer({ Progress: () => { throw new Error('column "secret" does not exist'); } });
    const { told } = await answers({ query: PROGRESS });
    expect(told).toMatchObject([{ payload: [{ extensions: { code: 'INTERNAL_ERROR' } }] }]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('API-006: holds every operation to the limits of a request', async () => {
    const deep = '{ contacts(first: 200) { nodes { cases(first: 200) { nodes { case { number } } } } } }';
    expect(await faults({ query: deep })).toEqual(['QUERY_TOO_COMPLEX']);
    expect(await faults({ query: `{ contacts(filter: ${'['.repeat(50_000)}` })).toEqual(['QUERY_TOO_COMPLEX']);
    expect(await faults({ query: '{ contacts(first: 201) { totalCount } }' })).toEqual(['PAGE_SIZE_EXCEEDED']);
    expect((await answers({ query: '{ permissions }', variables: { padding: 'x'.repeat(MESSAGE_BYTES_MAX) } })).closed).toBe(1009);
  });

  it('ends an upgrade that is for nobody', async () => {
    const asked = request(new URL('/elsewhere', scene.address), { headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'x'.repeat(22) + '==', 'sec-websocket-version': '13' } });
    const ended = new Promise((resolve) => asked.once('error', resolve));
    asked.end();
    expect(await ended).toMatchObject({ code: 'ECONNRESET' });
  });
});
