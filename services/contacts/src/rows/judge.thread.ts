import { parentPort, workerData } from 'node:worker_threads';
import { judgeContext } from './judge-context.js';
import { judgeRow } from './row-judge.js';
import { outcomeOf } from './row-outcome.js';
import { RowView } from './row-view.js';
import type { JudgeJob } from './contained-judge.js';

/*
 * Judges rows where a crash, a loop or too much memory ends this thread only (RUN-007). What it finds out is thrown away:
 * all that counts is whether it gets to the end.
 */
// Posted by `judgeInThread` of this build.
const job = workerData as JudgeJob;
const view = new RowView();
for (const [key, owners] of job.owners) view.setOwners(key, owners);
for (const [id, record] of job.records) view.setRecord(id, record);
const context = judgeContext(job.tenant, job.importId, job.options);
for (const row of job.rows) outcomeOf(judgeRow(row, context, view));
parentPort?.postMessage('done');
