import { parentPort, workerData } from 'node:worker_threads';
import { isDomainError } from '@caseledger/errors';
import { fileRows, type FileReading } from './file-rows.js';
import { BATCHES_AHEAD, type ReadMessage } from './read-aside.js';

/*
 * Reads and normalises a file beside the thread that looks its rows up and stores them. It has neither database nor
 * keys: it is given a path and hands back bytes.
 */
let ahead = 0;
let wake = (): void => undefined;
parentPort?.on('message', () => {
  ahead -= 1;
  wake();
});

try {
  // Posted by `readAside` of this build.
  for await (const { bytes, ...of } of fileRows(workerData as FileReading)) {
    while (ahead >= BATCHES_AHEAD) await new Promise<void>((resolve) => (wake = resolve));
    ahead += 1;
    // A copy of its own: what is handed over leaves this thread with all of its memory.
    const own = new Uint8Array(bytes);
    post({ kind: 'rows', bytes: own, of }, [own.buffer]);
  }
  post({ kind: 'end' });
} catch (error) {
  if (isDomainError(error)) post({ kind: 'refused', error: { kind: error.kind, code: error.code, params: error.params } });
  else post({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

function post(message: ReadMessage, handedOver: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, handedOver);
}
