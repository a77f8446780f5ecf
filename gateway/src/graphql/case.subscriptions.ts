import type { casesV1 } from '@caseledger/contracts';
import type { CaseFilter, ResolversTypes, SubscriptionResolvers } from '../gen/resolvers.js';
import { caseFilter } from './case.input.js';
import { globalId, localId } from './global-id.js';
import type { GraphqlContext } from './graphql-context.js';
import { toOrigin } from './provenance.js';
import { time } from './values.js';

type ChangeObject = Awaited<ResolversTypes['CaseChange']>;

interface Asked {
  readonly id?: string | null;
  readonly filter?: CaseFilter | null;
  readonly after?: string | null;
}

/** Changes after the cursor, once each and in order, then live ones for as long as the client listens. */
async function* changes({ id, filter, after }: Asked, context: GraphqlContext): AsyncGenerator<ChangeObject> {
  const request = { id: id ? localId('Case', id) : '', filter: filter ? caseFilter(filter) : undefined, after: after ?? '' };
  // Leaving the loop early (the client is gone) ends the call to the service as well.
  const gone = new AbortController();
  try {
    for await (const change of context.services.cases.changes(request, gone.signal)) {
      await context.stillSignedIn();
      // What was loaded for the change before may have changed with this one.
      for (const loader of Object.values(context.loaders)) loader.clearAll();
      yield await toChange(change, context);
    }
  } finally {
    gone.abort();
  }
}

async function toChange(change: casesV1.CaseChange, { loaders }: GraphqlContext): Promise<ChangeObject> {
  return {
    cursor: change.cursor,
    id: globalId('Case', change.id),
    version: change.version,
    type: change.type,
    at: time(change.atMs),
    origin: await toOrigin(change.origin, loaders),
    fields: change.fields,
    case: change.case ?? null,
  };
}

export const caseSubscriptions: Pick<SubscriptionResolvers, 'caseChanged'> = {
  caseChanged: {
    subscribe: (_root: unknown, asked: Asked, context: GraphqlContext) => changes(asked, context),
    resolve: (change: ChangeObject) => change,
  },
};
