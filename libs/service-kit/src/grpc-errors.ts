import { randomUUID } from 'node:crypto';
import { fromWire, grpcStatus, isDomainError, isOutcomeUnknown, outcomeUnknown, toWire, type DomainError } from '@caseledger/errors';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import type { Logger } from './logger.js';

/** Carries a DomainError between services, beside the status that gRPC itself knows. */
const ERROR_KEY = 'caseledger-error';

/** An error as grpc-js sends it. */
export type GrpcRefusal = Pick<ServiceError, 'code' | 'details' | 'metadata'>;

/**
 * The answer to a call that failed. What a caller can cause travels as it is; anything else is logged under a
 * reference, and the caller is told the reference alone.
 */
export function refusalOf(thrown: unknown, logger: Logger, method: string): GrpcRefusal {
  if (isDomainError(thrown)) return refusalWith(thrown);
  const reference = randomUUID();
  logger.error({ reference, method, error: thrown }, 'A call could not be processed');
  if (isOutcomeUnknown(thrown)) return refusalWith(outcomeUnknown(reference));
  return { code: status.INTERNAL, details: `Could not be processed; reference ${reference}.`, metadata: new Metadata() };
}

function refusalWith(error: DomainError): GrpcRefusal {
  const metadata = new Metadata();
  metadata.set(ERROR_KEY, toWire(error));
  return { code: grpcStatus(error.kind, error.code), details: asciiOf(error.message), metadata };
}

/** The DomainError a failed call carries; undefined when the service was not reached or failed for inner reasons. */
export function domainErrorOf(error: { readonly metadata?: Metadata }): DomainError | undefined {
  const [line] = error.metadata?.get(ERROR_KEY) ?? [];
  return line === undefined ? undefined : fromWire(line.toString());
}

/** Details travel as a header; what is not ASCII there is for the receiver to build from the code. */
function asciiOf(message: string): string {
  return message.replace(/[^\x20-\x7e]/g, '?');
}
