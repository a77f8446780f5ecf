import { uuid8 } from '@caseledger/event-store';

/*
 * Ids that follow from an import, so that a service can name what another one is going to make (DESIGN 13).
 */

/** The list that an import makes for its cases: options, rows, reverts and replies name it by this id. */
export function listOfImport(tenant: string, importId: string): string {
  return uuid8('case-list', tenant, importId);
}
