import type { CaseListState } from './case-list.js';
import type { CaseListEvent, ListFacts } from './case-list.events.js';
import { refuse } from './case-list.refusals.js';

/** What the rules need to know of the company's other lists. */
export interface OtherLists {
  /** The name is that of another list that is not archived, whatever its case (OPT-006). */
  readonly isTaken: boolean;
  readonly lists: number;
}

/** PRODUCT §6. */
export const LISTS_MAX = 5_000;

const NAME_MAX = 100;
const DESCRIPTION_MAX = 2_000;
const VISIBILITIES: readonly string[] = ['PRIVATE', 'TEAM', 'COMPANY'];

/** A new list. Throws LIST_NAME_TAKEN. */
export function createList(wanted: ListFacts, { isTaken, lists }: OtherLists): CaseListEvent[] {
  check(wanted);
  if (!VISIBILITIES.includes(wanted.visibility)) throw refuse.valueNotAllowed('visibility', wanted.visibility);
  if (lists >= LISTS_MAX) throw refuse.limitReached(LISTS_MAX);
  if (isTaken) throw refuse.nameTaken();
  const { name, description, owner, caseType, visibility } = wanted;
  return [{ type: 'CaseListCreated', data: { name, description, owner, caseType, visibility } }];
}

/** Another name or description; nothing when they are the same. */
export function renameList(
  wanted: Pick<ListFacts, 'name' | 'description'>,
  { isTaken }: Pick<OtherLists, 'isTaken'>,
  state: CaseListState,
): CaseListEvent[] {
  live(state);
  check(wanted);
  if (isTaken) throw refuse.nameTaken();
  const { name, description } = wanted;
  if (name === state.name && description === state.description) return [];
  return [{ type: 'CaseListRenamed', data: { name, description } }];
}

/** Archiving an archived list changes nothing; its name can be used again. */
export function archiveList(reason: string, state: CaseListState): CaseListEvent[] {
  return state.archived === null ? [{ type: 'CaseListArchived', data: { reason } }] : [];
}

/** Takes a list out of the archive, unless its name has become another one's. */
export function restoreList({ isTaken }: Pick<OtherLists, 'isTaken'>, state: CaseListState): CaseListEvent[] {
  return state.archived === null || isTaken ? [] : [{ type: 'CaseListRestored', data: {} }];
}

/** Refuses what an archived list does not take. */
export function live(state: CaseListState): void {
  if (state.archived !== null) throw refuse.stateNotAllowed('archived');
}

function check({ name, description }: Pick<ListFacts, 'name' | 'description'>): void {
  if (name === '') throw refuse.requiredMissing('name');
  if (name.length > NAME_MAX) throw refuse.textTooLong('name', name.length, NAME_MAX);
  if (description.length > DESCRIPTION_MAX) throw refuse.textTooLong('description', description.length, DESCRIPTION_MAX);
}
