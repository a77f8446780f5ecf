import { domainErrorOf, type ContextSource, type GrpcConnection } from '@caseledger/service-kit';
import { assertStorable } from './storable-text.js';

/** A generated method that answers with a stream. */
export interface StreamMethod<Request, Item> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Item;
}

/** A call ends after this; whoever follows goes on with his cursor. */
const FOLLOW_MS = 24 * 3_600_000;

/** What a service streams, for as long as somebody listens; leaving the loop ends the call. */
export async function* followStream<Request, Item>(
  { client, metadata }: GrpcConnection,
  context: ContextSource,
  method: StreamMethod<Request, Item>,
  request: Request,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  assertStorable(request);
  const signed = await signedBy(context);
  const call = client.makeServerStreamRequest(method.path, method.requestSerialize, method.responseDeserialize, request, metadata(signed), { deadline: Date.now() + FOLLOW_MS });
  const cancel = (): void => call.cancel();
  signal?.addEventListener('abort', cancel);
  try {
    yield* call;
  } catch (error) {
    if (signal?.aborted !== true) throw domainCause(error);
  } finally {
    signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
}

/** The context to send along. */
export async function signedBy(context: ContextSource): Promise<string> {
  return typeof context === 'string' ? context : context();
}

/** The refusal that a broken call carries, else the fault itself. */
export function domainCause(error: unknown): unknown {
  return error instanceof Error && 'metadata' in error ? (domainErrorOf(error as Parameters<typeof domainErrorOf>[0]) ?? error) : error;
}
