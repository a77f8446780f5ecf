import type { EventDefinition, Fact } from '@caseledger/event-store';

/** TYP-002. */
export interface StatusFacts {
  readonly id: string;
  readonly name: string;
  readonly category: 'OPEN' | 'CLOSED';
  readonly description: string;
  /** What the client is told. */
  readonly clientWording: string;
  /** Ids of the statuses that may follow; empty: any. */
  readonly next: readonly string[];
  readonly proposesArchiving: boolean;
}

/** What a type says of itself (TYP-001). */
export interface TypeProfile {
  readonly name: string;
  readonly description: string;
  readonly practiceArea: string;
  /** #RRGGBB, or empty. */
  readonly colour: string;
}

export type CaseTypeEvent =
  | Fact<'CaseTypeDefined', TypeProfile & { readonly statuses: readonly StatusFacts[] }>
  /** Not CaseTypeChanged, which is what happens to a case. `order` is the ids of all statuses, when their order changed. */
  | Fact<'CaseTypeRedefined', { readonly set: Partial<TypeProfile>; readonly order?: readonly string[] }>
  | Fact<'CaseTypeArchived', object>
  | Fact<'StatusAdded', StatusFacts>
  | Fact<'StatusChanged', StatusFacts>
  /** `replacedBy` is the status that its cases get; empty when it had none. */
  | Fact<'StatusRemoved', { readonly id: string; readonly replacedBy: string }>;

const TYPES: readonly CaseTypeEvent['type'][] = [
  'CaseTypeDefined',
  'CaseTypeRedefined',
  'CaseTypeArchived',
  'StatusAdded',
  'StatusChanged',
  'StatusRemoved',
];

/** Types and statuses are the company's own words for its work: nothing of them is personal. */
export const caseTypeEventDefinitions: readonly EventDefinition[] = TYPES.map((type) => ({ type, schemaVersion: 1 }));
