import type { EventDefinition, Fact } from '@caseledger/event-store';

export interface ListFacts {
  readonly name: string;
  readonly description: string;
  /** User who made it, or on whose behalf an import did. */
  readonly owner: string;
  /** The only type of its members, null when it takes any (OPT-005). */
  readonly caseType: string | null;
  /** PRIVATE, TEAM or COMPANY. */
  readonly visibility: string;
}

export type CaseListEvent =
  | Fact<'CaseListCreated', ListFacts>
  | Fact<'CaseListRenamed', { readonly name: string; readonly description: string }>
  | Fact<'CaseListArchived', { readonly reason: string }>
  | Fact<'CaseListRestored', object>;

/** Lists are named freely, after persons too: names and descriptions are sealed with the list's own key. */
export const caseListEventDefinitions: readonly EventDefinition[] = [
  { type: 'CaseListCreated', schemaVersion: 1, personal: ['name', 'description'] },
  { type: 'CaseListRenamed', schemaVersion: 1, personal: ['name', 'description'] },
  { type: 'CaseListArchived', schemaVersion: 1 },
  { type: 'CaseListRestored', schemaVersion: 1 },
];
