import { validation } from '@caseledger/errors';
import { fold } from './text.js';

/** Every word of a search is looked for by itself, so their number has to end somewhere. */
const SEARCH_CHARACTERS_MAX = 500;

export interface SearchText {
  /** The text as it is, in small letters. */
  readonly whole: string;
  /** Its words as they are compared. */
  readonly words: readonly string[];
}

/** What a search asks for; undefined for a blank one. @throws DomainError TEXT_TOO_LONG */
export function searchText(search: string): SearchText | undefined {
  const whole = search.trim().toLowerCase();
  if (whole === '') return undefined;
  if (whole.length > SEARCH_CHARACTERS_MAX) throw validation('TEXT_TOO_LONG', { n: whole.length, field: 'search', limit: SEARCH_CHARACTERS_MAX }, 'search');
  const words = fold(whole)
    .split(' ')
    .filter((word) => word !== '');
  return { whole, words };
}
