import { Worker, parentPort, workerData } from 'node:worker_threads';
import type { targetsV1 } from '@caseledger/contracts';
import { judgeRow } from './judge-row.js';
import type { KindTypes, RecordKind, RowJob } from './row-kind.js';
import { outcomeOf } from './row-outcome.js';
import { RowView, type KnownRecord } from './row-view.js';

/** Rows with everything that judging them needs, so that the judge needs no database. */
export interface JudgeJob extends RowJob {
  readonly rows: readonly targetsV1.Row[];
  readonly facts: unknown;
  readonly owners: readonly (readonly [key: string, owners: readonly string[]])[];
  readonly records: readonly (readonly [id: string, record: KnownRecord<object>])[];
}

/** Where the judging thread's code is. */
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
export function judgesToTheEnd(job: JudgeJob, thread: JudgeThread): Promise<boolean> {
  const { url, execArgv, deadlineMs = DEADLINE_MS } = thread;
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

/**
 * Judges rows where a crash, a loop or too much memory ends this thread only (RUN-007); called once by the code that a
 * kind names as its judging thread. What it finds out is thrown away: all that counts is whether it gets to the end.
 */
export function judgeHere<K extends KindTypes>(kind: RecordKind<K>): void {
  // Posted by `judgesToTheEnd` of this build.
  const job = workerData as JudgeJob;
  const view = new RowView<K['state']>((state) => kind.keysOf(state));
  for (const [key, owners] of job.owners) view.setOwners(key, owners);
  for (const [id, record] of job.records) view.setRecord(id, record);
  const context = kind.contextOf(job, job.facts);
  for (const row of job.rows) outcomeOf(kind, judgeRow(kind, row, context, view), job.options);
  parentPort?.postMessage('done');
}
