import { once } from 'node:events';
import { importsV1 } from '@caseledger/contracts';
import { domainErrorOf, type ContextSource, type GrpcConnection } from '@caseledger/service-kit';
import { domainCause, followStream, signedBy, type StreamMethod } from './server-stream.js';
import type { FileStream, ImportsClient } from './services.js';
import { assertStorable } from './storable-text.js';

const { putFile, progress, originalFile, resultFile } = importsV1.ImportsServiceService;

/** A part is at most 8 MiB; a whole file through a slow line may take this long. */
const UPLOAD_MS = 15 * 60_000;
const DOWNLOAD_MS = 15 * 60_000;

/** The client of imports as one caller sees it: unary methods, and its streams with back-pressure. */
export function importsClient(connection: GrpcConnection, context: ContextSource): ImportsClient {
  return {
    ...connection.methods<importsV1.ImportsServiceServer>(context),
    putFile: (target, bytes) => sendFile(connection, context, target, bytes),
    progress: (request, signal) => followStream(connection, context, progress, request, signal),
    originalFile: (id) => openFile(connection, context, originalFile, { id }),
    resultFile: (request) => openFile(connection, context, resultFile, request),
  };
}

async function sendFile(
  { client, metadata }: GrpcConnection,
  context: ContextSource,
  target: { id: string; part: number; sha256: string },
  bytes: AsyncIterable<Buffer>,
): Promise<importsV1.PutFileReply> {
  assertStorable(target);
  const signed = await signedBy(context);
  let settle: (error: Error | null, reply?: importsV1.PutFileReply) => void = () => undefined;
  const answered = new Promise<importsV1.PutFileReply>((resolve, reject) => {
    settle = (error, reply) => (reply === undefined ? reject(error ?? new Error('No answer')) : resolve(reply));
  });
  const call = client.makeClientStreamRequest(putFile.path, putFile.requestSerialize, putFile.responseDeserialize, metadata(signed), { deadline: Date.now() + UPLOAD_MS }, (error, reply) =>
    settle(error === null ? null : (domainErrorOf(error) ?? error), reply),
  );
  // The service may refuse before the file has ended (too large, wrong state): sending stops then.
  let ended = false;
  answered.then(
    () => (ended = true),
    () => (ended = true),
  );
  try {
    call.write({ ...target, bytes: Buffer.alloc(0) });
    for await (const piece of bytes) {
      if (ended) break;
      if (!call.write({ ...target, bytes: piece })) await Promise.race([once(call, 'drain'), answered.catch(() => undefined)]);
    }
    if (!ended) call.end();
  } catch (cut) {
    // The client broke off: the part is not kept, and the upload goes on from the parts that are.
    call.cancel();
    await answered.catch(() => undefined);
    throw cut;
  }
  return answered;
}

/** Opens a file; a refusal is thrown here, before anything has been sent to the client. */
async function openFile<Request>({ client, metadata }: GrpcConnection, context: ContextSource, method: StreamMethod<Request, importsV1.FileChunk>, request: Request): Promise<FileStream> {
  assertStorable(request);
  const signed = await signedBy(context);
  const call = client.makeServerStreamRequest(method.path, method.requestSerialize, method.responseDeserialize, request, metadata(signed), { deadline: Date.now() + DOWNLOAD_MS });
  const chunks: AsyncIterator<importsV1.FileChunk> = call[Symbol.asyncIterator]();
  const first = await chunks.next().catch((error: unknown) => Promise.reject(domainCause(error)));
  if (first.done === true) throw new Error('The service sent no file');
  const { name, contentType, bytes } = first.value;
  return { name, contentType, bytes: rest(bytes, chunks, () => call.cancel()) };
}

async function* rest(head: Uint8Array, chunks: AsyncIterator<importsV1.FileChunk>, stop: () => void): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value.bytes;
  } finally {
    stop();
  }
}
