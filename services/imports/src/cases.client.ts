import { casesV1 } from '@caseledger/contracts';
import { isUuid } from '@caseledger/event-store';
import { fold } from '@caseledger/normalise';
import type { RowTarget } from '@caseledger/row-target';
import { connectGrpc, signServiceContext } from '@caseledger/service-kit';
import type { CaseCatalogue } from './case-choices.js';
import { differencesInParts, type Differences } from './differences.js';
import { targetCalls, type TargetCalls } from './target.client.js';

/** Cases as a target: its name as a source, where it tells of chunks, and the right that its records need. */
export const CASES_TARGET = {
  name: 'cases',
  topic: { name: 'caseledger.case-runs.v1', partitions: 12 },
  permission: 'cases.write',
} as const;

/** Cases, hosted in this process or reached over gRPC, as a target of imports. */
export function casesAsTarget(calls: TargetCalls): RowTarget {
  return { ...CASES_TARGET, ...calls };
}

export interface CasesClient extends CaseCatalogue {
  readonly target: RowTarget;
  readonly differences: Differences;
  close(): void;
}

/** Cases over gRPC, for single questions of the interactive process; never per row inside a run (DESIGN 26). */
export function casesClient(address: string, contextSecret: string): CasesClient {
  const target = targetCalls(address, contextSecret);
  const connection = connectGrpc(casesV1.CasesServiceService, address);
  const ask = (tenant: string) => connection.methods<casesV1.CasesServiceServer>(() => signServiceContext(contextSecret, 'imports', tenant));
  const lists = (tenant: string, by: Partial<casesV1.GetCaseListsRequest>) =>
    ask(tenant).getCaseLists({ ids: [], names: [], minPosition: '', ...by });
  return {
    target: casesAsTarget(target.calls),
    type: async (tenant, text) => {
      const { types } = await ask(tenant).listCaseTypes({ includeArchived: false, minPosition: '' });
      const found = types.find(({ id }) => id === text) ?? types.find(({ name }) => fold(name) === fold(text));
      return found === undefined ? undefined : { id: found.id, name: found.name };
    },
    list: async (tenant, text) => {
      const { lists: found } = await lists(tenant, isUuid(text) ? { ids: [text] } : { names: [text.trim()] });
      const list = found.find(({ archived }) => !archived);
      return list === undefined ? undefined : { id: list.id, name: list.name };
    },
    isListNameTaken: async (tenant, name) => (await lists(tenant, { names: [name] })).lists.length > 0,
    differences: (tenant, records) => differencesInParts(records, async (part) => (await ask(tenant).differences({ records: part })).differences),
    close: () => {
      target.close();
      connection.close();
    },
  };
}
