import type { EventDefinition, Fact } from '@caseledger/event-store';

/** Numbers given away in a company's year, one for a case made by a person or a block for the rows of an import. */
export type NumbersEvent = Fact<
  'CaseNumbersReserved',
  {
    readonly year: number;
    readonly first: number;
    readonly count: number;
    /** The import whose block it is. */
    readonly import?: string;
  }
>;

export const numbersEventDefinitions: readonly EventDefinition[] = [{ type: 'CaseNumbersReserved', schemaVersion: 1 }];
