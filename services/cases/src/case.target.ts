import { hostedTarget, type HostingOptions, type RowTarget } from '@caseledger/row-target';
import type { CasesStore } from './cases.store.js';
import { caseRunsTopic } from './cases.topic.js';
import { caseRevert } from './revert/case.revert.js';
import { dependentCases } from './revert/dependents.js';
import { touchedCases } from './revert/touched.js';
import { caseKind } from './rows/case.kind.js';
import { caseRunCompany } from './rows/run-company.js';

export interface CaseTargetDeps extends Pick<CasesStore, 'store' | 'hasher' | 'startSet'>, HostingOptions {}

/** The cases as a target of import runs. */
export function caseTarget(deps: CaseTargetDeps): RowTarget {
  const { store, startSet } = deps;
  const hosted = hostedTarget({
    ...deps,
    name: 'cases',
    topic: caseRunsTopic,
    permission: 'cases.write',
    kind: caseKind,
    revert: caseRevert,
    company: caseRunCompany,
    touched: (request) => touchedCases(store, request),
    dependents: (request) => dependentCases(store, request),
  });
  return {
    ...hosted,
    open: async (request) => {
      // Rows are judged by types that may only be thought of yet; what they write rests on types that are there.
      await startSet.ensure(request.tenant);
      return hosted.open(request);
    },
  };
}
