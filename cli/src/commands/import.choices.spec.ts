import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Api } from '../api.js';
import type { CliContext } from '../context.js';
import { importView } from '../follow.js';
import { Output } from '../output.js';
import { choose, overrideOf } from './import.choices.js';

/** A gateway with one import whose header is found once row 3 is named, and whose sheet once it is "Old". */
let server: Server;
let asked: string[];
let state: { code: string | null };

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (bytes: Buffer) => body.push(bytes));
    request.on('end', () => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${Buffer.concat(body).toString()}`.trim());
      if (request.url?.endsWith('/analysis') === true) state = { code: null };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url?.includes('/rows') === true ? ROWS : { id: 'i1', state: 'MAPPING', message: 'Choose.', analysis: { columns: [], sheets: [{ name: 'Old', hidden: true }] }, ...state }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const cells = (...texts: string[]) => texts.map((text, column) => ({ column, header: 'AB'[column], text }));
const ROWS = { rows: [{ line: 1, cells: cells('Clients of 2024', '') }, { line: 3, cells: cells('Name', 'City') }] };

function client(): { context: CliContext; api: Api; shown: () => string } {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const out = new PassThrough();
  const api = new Api({ address, bearer: 'b' });
  const context: CliContext = {
    config: { address, connection: undefined, installation: undefined, installationKey: undefined, interactive: false },
    output: new Output(false, out as unknown as NodeJS.WriteStream, out as unknown as NodeJS.WriteStream),
    api: () => api,
    interrupted: new AbortController().signal,
  };
  return { context, api, shown: () => String(out.read() ?? '') };
}

describe('what an analysis asks, on the command line', () => {
  it('ANA-004 a header that was not found shows the first rows and names the flag', async () => {
    state = { code: 'HEADER_NOT_FOUND' };
    const { context, api, shown } = client();
    const refused = choose(context, api, await importView(api, 'i1'), {});
    await expect(refused).rejects.toMatchObject({ code: 'HEADER_NOT_FOUND', message: expect.stringContaining('--header-row N') });
    expect(shown()).toContain('3     Name | City');
  });

  it('ANA-004 a row that is named is sent, and analysed anew', async () => {
    state = { code: 'HEADER_NOT_FOUND' };
    const { context, api } = client();
    await expect(choose(context, api, await importView(api, 'i1'), { headerRow: '3' })).resolves.toMatchObject({ code: null });
    expect(asked[1]).toBe('POST /api/imports/i1/analysis {"headerRow":3}');
  });

  it('ANA-005 a sheet that has to be chosen is asked for with the sheets there are', async () => {
    state = { code: 'REQUIRED_MISSING' };
    const { context, api } = client();
    const refused = choose(context, api, await importView(api, 'i1'), {});
    await expect(refused).rejects.toMatchObject({ code: 'REQUIRED_MISSING', message: expect.stringContaining('--sheet and one of: "Old" (hidden)') });
  });

  it('takes a number or none for the header row', () => {
    expect(overrideOf({})).toBeUndefined();
    expect(overrideOf({ headerRow: 'none', delimiter: ';' })).toEqual({ delimiter: ';', headerRow: -1 });
    for (const headerRow of ['0', '-1', '1.5', 'x']) expect(() => overrideOf({ headerRow })).toThrow(expect.objectContaining({ code: null, exit: 2 }));
  });
});
