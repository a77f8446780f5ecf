import type { importsV1 } from '@caseledger/contracts';
import type { ProgressStep, SubscriptionResolvers } from '../gen/resolvers.js';
import { localId } from './global-id.js';
import type { GraphqlContext } from './graphql-context.js';
import { time, toCounts } from './values.js';

/** Steps after the cursor, once each and in order, then live ones until the work has ended (RUN-003). */
async function* steps(request: importsV1.ProgressRequest, { services }: GraphqlContext): AsyncGenerator<ProgressStep> {
  // Leaving the loop early (the client is gone) ends the call to the service as well.
  const gone = new AbortController();
  try {
    for await (const step of services.imports.progress(request, gone.signal)) {
      yield toStep(step);
      if (step.last) return;
    }
  } finally {
    gone.abort();
  }
}

function toStep(step: importsV1.ProgressStep): ProgressStep {
  return {
    cursor: step.cursor,
    state: step.state,
    done: step.done,
    total: step.total,
    counts: toCounts(step.counts),
    ratePerSecond: step.ratePerSecond > 0 ? step.ratePerSecond : null,
    secondsLeft: step.ratePerSecond > 0 ? step.secondsLeft : null,
    at: time(step.atMs),
  };
}

export const progressSubscriptions: Pick<SubscriptionResolvers, 'importProgress' | 'revertProgress'> = {
  importProgress: {
    subscribe: (_root: unknown, { id, after }: { id: string; after?: string | null }, context: GraphqlContext) =>
      steps({ id: localId('Import', id), after: after ?? '', revert: false }, context),
    resolve: (step: ProgressStep) => step,
  },
  revertProgress: {
    subscribe: (_root: unknown, { id, after }: { id: string; after?: string | null }, context: GraphqlContext) =>
      steps({ id: localId('Revert', id), after: after ?? '', revert: true }, context),
    resolve: (step: ProgressStep) => step,
  },
};
