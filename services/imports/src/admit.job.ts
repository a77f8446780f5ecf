import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { beginRun } from './import/run.decider.js';
import type { JobHandler } from './job.runner.js';
import { admissible } from './projections/imports.projection.js';

/**
 * Takes imports of a company out of the queue, oldest first, as long as fewer than the allowed number run (RUN-009).
 * Which ones may go is decided again under the company's queue lock in the transaction that starts them.
 */
export function admitJob(context: ImportContext): JobHandler {
  return {
    kind: 'admit',
    run: async (job) => {
      for (;;) {
        const [next] = await context.store.transaction(job.tenant, (tx) => admissible(tx, context.limits.running));
        if (next === undefined) break;
        await context.commands.work(platform(job.tenant), { imports: [next] }, async ({ tx, imports: [held] }) => {
          const stillNext = await admissible(tx, context.limits.running);
          if (held !== undefined && stillNext.includes(next)) held.add(beginRun(held.state));
        });
      }
      await context.store.transaction(job.tenant, (tx) => job.complete(tx));
    },
    // The next import that is started or ends asks again; nothing waits for this job alone.
    giveUp: (job) => context.store.transaction(job.tenant, (tx) => job.complete(tx)),
  };
}
