import { casesV1 } from '@caseledger/contracts';
import type { ContextSource, GrpcConnection } from '@caseledger/service-kit';
import { followStream } from './server-stream.js';
import type { CasesClient } from './services.js';

const { changes } = casesV1.CasesServiceService;

/** The client of cases as one caller sees it. */
export function casesClient(connection: GrpcConnection, context: ContextSource): CasesClient {
  return {
    ...connection.methods<casesV1.CasesServiceServer>(context),
    changes: (request, signal) => followStream(connection, context, changes, request, signal),
  };
}
