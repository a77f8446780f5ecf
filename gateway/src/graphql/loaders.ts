import DataLoader from 'dataloader';
import type { casesV1 } from '@caseledger/contracts';
import type { Services } from '../services.js';
import type { CasesAsked, Loaders } from './graphql-context.js';
import { PAGE_ROWS_MAX } from './paging.js';
import { standingNames } from './standing-names.js';

/** As many as imports answers in one call. */
const IMPORTS_AT_ONCE = 100;

/** Loaders of one request: each answers in the order asked, null for what does not exist or is another company's. */
export function makeLoaders(services: Services): Loaders {
  return {
    contacts: byId(async (ids) => (await services.contacts.getContacts({ ids, minPosition: '' })).contacts),
    cases: byId(async (ids) => (await services.cases.getCases({ ids, minPosition: '' })).cases),
    // A company has few types, so all of them are asked for whichever is wanted.
    caseTypes: byId(async () => (await services.cases.listCaseTypes({ includeArchived: true, minPosition: '' })).types),
    standings: new DataLoader(async (ids) => {
      const names = await standingNames(services);
      return ids.map((id) => names.get(id) ?? null);
    }),
    caseLists: byId(async (ids) => (await services.cases.getCaseLists({ ids, names: [], minPosition: '' })).lists),
    casesOfContacts: casesOfContacts(services),
    imports: byId(async (ids) => (await services.imports.getImports({ ids })).imports, IMPORTS_AT_ONCE),
    reverts: byId(async (ids) => (await services.imports.getReverts({ ids, importId: '' })).reverts),
    users: byId(async (ids) => (await services.accounts.getUsers({ ids })).users),
  };
}

function byId<Item extends { id: string }>(load: (ids: string[]) => Promise<Item[]>, maxBatchSize = PAGE_ROWS_MAX): DataLoader<string, Item | null> {
  return new DataLoader(
    async (ids) => {
      const items = new Map((await load([...ids])).map((item) => [item.id, item]));
      return ids.map((id) => items.get(id) ?? null);
    },
    { maxBatchSize },
  );
}

/** One call for all contacts of a list: it asks for the longest of the pages wanted and cuts the others. */
function casesOfContacts(services: Services): Loaders['casesOfContacts'] {
  return new DataLoader(
    async (asked: readonly CasesAsked[]) => {
      const contacts = [...new Set(asked.map(({ contact }) => contact))];
      const limit = Math.max(...asked.map((one) => one.limit));
      const reply = await services.cases.casesOfContacts({ contacts, limit, minPosition: '' });
      const found = new Map(reply.contacts.map((one) => [one.contact, one]));
      return asked.map((one) => cut(found.get(one.contact), one));
    },
    { maxBatchSize: PAGE_ROWS_MAX, cacheKeyFn: ({ contact, limit }) => `${contact} ${limit}` },
  );
}

function cut(found: casesV1.CasesOfContact | undefined, { contact, limit }: CasesAsked): casesV1.CasesOfContact {
  return { contact, cases: (found?.cases ?? []).slice(0, limit), total: found?.total ?? 0 };
}
