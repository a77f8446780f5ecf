import type { targetsV1 } from '@caseledger/contracts';
import { BATCHES_AHEAD, readAside } from './read-aside.js';
import { encodeRows, type FileReading } from './file-rows.js';
import { decodeRows } from './row-objects.js';
import { aRow } from './row.fixture.js';

/** The compiled thread is run by what is launched; here a script stands in its place and keeps to the same messages. */
function script(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads';\n${code}`)}`);
}

// Only the thread reads what it is given.
const READING = { path: 'nowhere' } as unknown as FileReading;

async function read(thread: URL, signal = new AbortController().signal): Promise<targetsV1.Row[]> {
  const rows: targetsV1.Row[] = [];
  for await (const { bytes } of readAside(thread, READING, signal)) rows.push(...decodeRows(bytes));
  return rows;
}

describe('reading a file in a thread of its own', () => {
  it('gives the rows as the thread has encoded them, in its order', async () => {
    const batches = [encodeRows([aRow({ row: 1 }), aRow({ row: 2, cells: ['ü'] })]), encodeRows([aRow({ row: 3 })])];
    const sent = batches.map(({ bytes, ...of }) => ({ kind: 'rows', bytes: [...bytes], of }));
    const thread = script(`for (const one of ${JSON.stringify(sent)}) parentPort.postMessage({ ...one, bytes: new Uint8Array(one.bytes) });
      parentPort.postMessage({ kind: 'end' });`);
    expect(await read(thread)).toEqual([aRow({ row: 1 }), aRow({ row: 2, cells: ['ü'] }), aRow({ row: 3 })]);
  });

  it('tells the thread of each batch that was taken, so that it reads only a few ahead', async () => {
    const thread = script(`let sent = 0, taken = 0;
      const give = () => { while (sent < 20 && sent - taken < ${BATCHES_AHEAD}) parentPort.postMessage({ kind: 'rows', bytes: new Uint8Array(), of: { rows: ++sent } }); };
      parentPort.on('message', () => { taken += 1; give(); if (taken === 20) parentPort.postMessage({ kind: 'end' }); });
      give();`);
    const numbers: number[] = [];
    for await (const { rows } of readAside(thread, READING, new AbortController().signal)) numbers.push(rows);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  });

  it('throws what the thread refused as the refusal it was', async () => {
    const thread = script(`parentPort.postMessage({ kind: 'refused', error: { kind: 'validation', code: 'QUOTE_UNCLOSED', params: { line: 7 } } });`);
    await expect(read(thread)).rejects.toMatchObject({ name: 'DomainError', kind: 'validation', code: 'QUOTE_UNCLOSED', params: { line: 7 } });
  });

  it.each([
    ['fails', `parentPort.postMessage({ kind: 'failed', message: 'no disk' });`, 'no disk'],
    ['throws', `throw new Error('broken');`, 'broken'],
    ['ends early', `process.exit(0);`, 'ended before the file did'],
  ])('fails when the thread %s', async (_, code, message) => {
    await expect(read(script(code))).rejects.toThrow(message);
  });

  it('ends with the reason of the signal, and the thread with it', async () => {
    const stop = new AbortController();
    const thread = script(`setInterval(() => undefined, 1000); parentPort.postMessage({ kind: 'rows', bytes: new Uint8Array(), of: { rows: 0 } });`);
    const reading = readAside(thread, READING, stop.signal);
    await reading.next();
    stop.abort(new Error('the lease was lost'));
    await expect(reading.next()).rejects.toThrow('the lease was lost');
  });
});
