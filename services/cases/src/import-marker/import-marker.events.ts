import type { EventDefinition, Fact } from '@caseledger/event-store';

/** Around the case events of an import's run (EVT-004): one event for each partition of the topic of cases. */
export interface ImportMark {
  readonly import: string;
  readonly run: string;
  readonly partition: number;
}

export type ImportMarkerEvent = Fact<'ImportStarted', ImportMark> | Fact<'ImportCompleted', ImportMark>;

export const importMarkerEventDefinitions: readonly EventDefinition[] = [
  { type: 'ImportStarted', schemaVersion: 1 },
  { type: 'ImportCompleted', schemaVersion: 1 },
];
