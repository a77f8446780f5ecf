import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Api } from './api.js';
import { endLine, followImport, untilSettled, type ImportView } from './follow.js';
import { Output } from './output.js';

const COUNTS = { read: 14, created: 10, updated: 0, merged: 0, unchanged: 0, skipped: 4, failed: 0, held: 4 };

/** A gateway that answers once, and is gone. */
describe('a gateway that goes away while it is watched', () => {
  let server: Server;
  let address: string;

  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.setHeader('connection', 'close');
      response.end(JSON.stringify({ id: 'i1', state: 'PLANNING' }));
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => void server.close());

  const words = /The import i1 goes on there.*caseledger imports show i1/;

  it('leaves its work to go on there, and says how to watch it again, while an answer is waited for', async () => {
    const waiting = untilSettled(new Api({ address, bearer: 'b' }), 'i1', ['PLANNING']);
    await expect(waiting).rejects.toMatchObject({ code: null, exit: 1, message: expect.stringMatching(words) });
  });

  it('and while progress is followed', async () => {
    await new Promise((resolve) => server.close(resolve));
    const api = new Api({ address, bearer: 'b' });
    const config = { address, connection: undefined, installation: undefined, installationKey: undefined, interactive: false };
    const context = { config, output: new Output(true), api: () => api, interrupted: new AbortController().signal };
    await expect(followImport(context, api, 'i1')).rejects.toMatchObject({ code: null, exit: 1, message: expect.stringMatching(words) });
  }, 30_000);
});

describe('the end of an import', () => {
  it('says how many rows are held, and what decides them', () => {
    const stream = new PassThrough();
    const pipe = stream as unknown as NodeJS.WriteStream;
    endLine(new Output(false, pipe, pipe), { id: 'i1', state: 'COMPLETED', status: 'PARTIALLY_WORKED', plan: null, counts: COUNTS } as ImportView, 1);
    expect(String(stream.read())).toMatch(/Held rows, 4 of them[^]*imports decide i1 --action[^]*imports retry i1/);
  });
});
