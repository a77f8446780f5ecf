import type { CaseListEvent, ListFacts } from './case-list.events.js';

/** A list as its events give it; its members are told by the cases (LST-001). */
export interface CaseListState extends ListFacts {
  readonly archived: { readonly reason: string } | null;
}

/** The list before its first event. */
export function initial(): CaseListState {
  return { name: '', description: '', owner: '', caseType: null, visibility: 'COMPANY', archived: null };
}

/** The state after an event. */
export function evolve(state: CaseListState, event: CaseListEvent): CaseListState {
  switch (event.type) {
    case 'CaseListCreated':
      return { ...event.data, archived: null };
    case 'CaseListRenamed':
      return { ...state, name: event.data.name, description: event.data.description };
    case 'CaseListArchived':
      return { ...state, archived: { reason: event.data.reason } };
    case 'CaseListRestored':
      return { ...state, archived: null };
  }
}
