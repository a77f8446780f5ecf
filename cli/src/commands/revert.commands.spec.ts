import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runProgram } from '../program.js';

/** A gateway with a preview that waits to be confirmed. */
describe('a revert that is not confirmed', () => {
  let server: Server;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: 'r1', importId: 'i1', kind: 'REVERT', state: 'READY', hash: 'h', counts: { total: 3 }, code: null, records: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  function revert(...flags: string[]): Promise<number> {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { address, connection: { address, bearer: 'b' }, installation: undefined, installationKey: undefined, interactive: false };
    return runProgram(['node', 'caseledger', 'revert', 'i1', '--json', ...flags], config);
  }

  it.each([['nobody is there to ask', []], ['another hash was expected', ['--preview-hash', 'other']]])('leaves no preview behind when %s', async (_, flags) => {
    await expect(revert(...flags)).resolves.toBe(1);
    expect(asked.at(-1)).toBe('POST /api/reverts/r1/cancel');
  });

  it('keeps the preview that was asked for', async () => {
    await revert('--preview');
    expect(asked.filter((path) => path.includes('cancel'))).toEqual([]);
  });
});
