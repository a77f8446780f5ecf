import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DomainError } from '@caseledger/errors';
import type { EncodedRows, FileReading } from './file-rows.js';

/** The compiled thread beside this file; what runs from source has none and reads in its own thread. */
export const READ_THREAD = new URL('./read.thread.js', import.meta.url);

/** Batches that are read ahead of whoever takes them; each is at most a few megabytes. */
export const BATCHES_AHEAD = 4;

const MEMORY_MB_MAX = 160;
const YOUNG_MB = 24;

/** What the thread says: some rows, that there are no more, or why it cannot go on. */
export type ReadMessage =
  | { readonly kind: 'rows'; readonly bytes: Uint8Array; readonly of: Omit<EncodedRows, 'bytes'> }
  | { readonly kind: 'end' }
  | { readonly kind: 'refused'; readonly error: Pick<DomainError, 'kind' | 'code' | 'params'> }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * The rows of `fileRows`, read and normalised in a thread of their own, so that a worker with two cores uses both: this
 * one looks up and stores what that one has read. At most a few batches are read ahead. Ends the thread in any case.
 * @throws DomainError as `fileRows` does; the signal's reason when aborted
 */
export async function* readAside(thread: URL, reading: FileReading, signal: AbortSignal): AsyncGenerator<EncodedRows> {
  const resourceLimits = { maxOldGenerationSizeMb: MEMORY_MB_MAX, maxYoungGenerationSizeMb: YOUNG_MB };
  const worker = new Worker(thread, { workerData: reading, resourceLimits });
  try {
    for await (const [message] of on(worker, 'message', { signal, close: ['exit'] }) as AsyncIterable<[ReadMessage]>) {
      if (message.kind === 'end') return;
      if (message.kind === 'refused') throw new DomainError(message.error.kind, message.error.code, message.error.params);
      if (message.kind === 'failed') throw new Error(message.message);
      const { buffer, byteOffset, byteLength } = message.bytes;
      yield { ...message.of, bytes: Buffer.from(buffer, byteOffset, byteLength) };
      worker.postMessage('taken');
    }
    throw new Error('The reading thread ended before the file did');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}
