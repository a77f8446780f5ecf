import type { accountsV1, casesV1, contactsV1, importsV1 } from '@caseledger/contracts';
import type { UnaryMethods } from '@caseledger/service-kit';

/** A stream of bytes with the name and type it is offered under. */
export interface FileStream {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ImportsClient extends UnaryMethods<importsV1.ImportsServiceServer> {
  /** Sends one part, or the whole file when part is 0; at most a few messages are ever held. */
  putFile(target: { id: string; part: number; sha256: string }, bytes: AsyncIterable<Buffer>): Promise<importsV1.PutFileReply>;
  progress(request: importsV1.ProgressRequest, signal?: AbortSignal): AsyncIterable<importsV1.ProgressStep>;
  originalFile(id: string): Promise<FileStream>;
  resultFile(request: importsV1.ResultFileRequest): Promise<FileStream>;
}

export interface CasesClient extends UnaryMethods<casesV1.CasesServiceServer> {
  changes(request: casesV1.ChangesRequest, signal?: AbortSignal): AsyncIterable<casesV1.CaseChange>;
}

/** The services as one caller sees them: every call carries that caller's signed context. */
export interface Services {
  readonly accounts: UnaryMethods<accountsV1.AccountsServiceServer>;
  readonly contacts: UnaryMethods<contactsV1.ContactsServiceServer>;
  readonly cases: CasesClient;
  readonly imports: ImportsClient;
}

/** Anything generated from a protobuf message. */
interface MessageCodec<Message> {
  decode(input: Uint8Array): Message;
}

const NOTHING = new Uint8Array();

/** A request with every field at its protobuf default but the ones given. */
export function requestOf<Message>(codec: MessageCodec<Message>, given: Partial<Message>): Message {
  return { ...codec.decode(NOTHING), ...given };
}
