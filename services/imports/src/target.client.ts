import { targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import { connectGrpc, signServiceContext } from '@caseledger/service-kit';

/** The calls of a target without what names it. */
export type TargetCalls = Omit<RowTarget, 'name' | 'topic' | 'permission'>;

/** Questions about records whose answer may take longer than a call usually does. */
const LONG_MS = 25_000;

/** The calls of a target over gRPC. */
export function targetCalls(address: string, contextSecret: string): { readonly calls: TargetCalls; close(): void } {
  const connection = connectGrpc(targetsV1.RowTargetServiceService, address);
  const calls = connection.methods<targetsV1.RowTargetServiceServer>(() => signServiceContext(contextSecret, 'imports'));
  const slow = { deadlineMs: LONG_MS };
  return {
    calls: {
      open: (request) => calls.open(request),
      setState: (request) => calls.setState(request, slow),
      lanes: (request) => calls.lanes(request),
      match: (request) => calls.match(request, slow),
      judge: (request) => calls.judge(request, slow),
      changedSince: (request) => calls.changedSince(request, slow),
      apply: (request) => calls.apply(request, slow),
      touched: (request) => calls.touched(request, slow),
      revert: (request) => calls.revert(request, slow),
      dependents: (request) => calls.dependents(request, slow),
      positions: (request) => calls.positions(request),
    },
    close: () => connection.close(),
  };
}
