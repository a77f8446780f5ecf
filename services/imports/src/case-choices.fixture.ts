import type { CaseCatalogue } from './case-choices.js';

/** A company with one case type and one list. */
export const CATALOGUE: CaseCatalogue = {
  type: async (_, text) => (['type-1', 'Family Law'].includes(text) ? { id: 'type-1', name: 'Family Law' } : undefined),
  list: async (_, text) => (['list-1', 'Crash'].includes(text) ? { id: 'list-1', name: 'Crash' } : undefined),
  isListNameTaken: async (_, name) => name.toLowerCase() === 'crash',
};
