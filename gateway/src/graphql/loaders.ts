import DataLoader from 'dataloader';
import type { Services } from '../services.js';
import type { Loaders } from './graphql-context.js';
import { PAGE_ROWS_MAX } from './paging.js';

/** Loaders of one request: each answers in the order asked, null for what does not exist or is another company's. */
export function makeLoaders(services: Services): Loaders {
  return {
    contacts: byId(async (ids) => (await services.contacts.getContacts({ ids, minPosition: '' })).contacts),
    imports: byId(async (ids) => (await services.imports.getImports({ ids })).imports),
    reverts: byId(async (ids) => (await services.imports.getReverts({ ids, importId: '' })).reverts),
    users: byId(async (ids) => (await services.accounts.getUsers({ ids })).users),
  };
}

function byId<Item extends { id: string }>(load: (ids: string[]) => Promise<Item[]>): DataLoader<string, Item | null> {
  return new DataLoader(
    async (ids) => {
      const items = new Map((await load([...ids])).map((item) => [item.id, item]));
      return ids.map((id) => items.get(id) ?? null);
    },
    { maxBatchSize: PAGE_ROWS_MAX },
  );
}
