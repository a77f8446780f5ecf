import { Worker } from 'node:worker_threads';
import type { targetsV1 } from '@caseledger/contracts';
import type { KnownRecord } from './row-view.js';

/** Rows with everything that judging them needs, so that the judge needs no database. */
export interface JudgeJob {
  readonly tenant: string;
  readonly importId: string;
  readonly options: targetsV1.ApplyOptions;
  readonly rows: readonly targetsV1.Row[];
  readonly owners: readonly (readonly [key: string, owners: readonly string[]])[];
  readonly records: readonly (readonly [id: string, record: KnownRecord])[];
}

/** Where the judging thread's code is; a test gives its own. */
export interface JudgeThread {
  readonly url: URL;
  readonly execArgv?: string[];
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 20_000;
const MEMORY_MB_MAX = 256;

/**
 * Whether judging these rows gets to its end in a thread of its own: one that throws, ends the thread, takes more than
 * 256 MB or 20 s does not. The process goes on whatever happens in the thread.
 */
export function judgesToTheEnd(job: JudgeJob, thread?: JudgeThread): Promise<boolean> {
  const { url, execArgv, deadlineMs = DEADLINE_MS } = thread ?? { url: new URL('./judge.thread.js', import.meta.url) };
  const worker = new Worker(url, {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
    ...(execArgv === undefined ? {} : { execArgv }),
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(false), deadlineMs);
    const end = (isWhole: boolean): void => {
      clearTimeout(timer);
      resolve(isWhole);
      worker.terminate().catch(() => undefined);
    };
    worker.once('message', () => end(true));
    worker.once('error', () => end(false));
    worker.once('exit', () => end(false));
  });
}
