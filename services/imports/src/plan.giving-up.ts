import type { DomainError } from '@caseledger/errors';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { failPlan } from './import/import.decider.js';
import type { Reason } from './import/import.events.js';
import type { JobAtWork } from './job.runner.js';

/** A plan that cannot be made takes its import back to MAPPING with the code; nothing is stuck (RUN-006, RUN-007). */
export async function giveUpPlan(context: ImportContext, job: JobAtWork, reason: DomainError | undefined, reference: string): Promise<void> {
  const why: Reason =
    reason === undefined ? { code: 'INTERNAL_ERROR', params: { ref: reference } } : { code: reason.code, params: { ...reason.params } };
  await endPlan(context, job, why, []);
}

/** Gives the plan up with a reason and the records it could not keep up with. */
export async function endPlan(context: ImportContext, job: JobAtWork, why: Reason, records: readonly string[]): Promise<void> {
  await context.commands.work(platform(job.tenant), { imports: [job.about] }, async ({ tx, imports: [held] }) => {
    if (held !== undefined) held.add(failPlan(job.subject, why, records, held.state));
    await job.complete(tx);
  });
}
