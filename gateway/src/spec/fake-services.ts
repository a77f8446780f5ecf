import { accountsV1, casesV1, contactsV1, importsV1 } from '@caseledger/contracts';
import { grpcStatus, isDomainError, toWire } from '@caseledger/errors';
import { Metadata, Server, ServerCredentials, status, type ServerUnaryCall, type ServerWritableStream, type ServiceDefinition, type UntypedHandleCall } from '@grpc/grpc-js';

/** What a fake answers: a reply, or the items of a stream; a DomainError that is thrown travels as one. */
export type Answers = Readonly<Record<string, (request: never) => unknown>>;

export interface Asked {
  readonly rpc: string;
  readonly request: unknown;
}

/** Services that answer as a spec says, behind one address, and keep what they were asked. */
export interface FakeServices {
  readonly address: string;
  readonly asked: Asked[];
  /** What was asked of one rpc. */
  requests(rpc: string): unknown[];
  /** How the fakes answer from now on, by the name of the rpc such as `ListCases`. */
  answers: Answers;
  stop(): void;
}

const SERVICES: readonly ServiceDefinition[] = [
  accountsV1.AccountsServiceService,
  contactsV1.ContactsServiceService,
  casesV1.CasesServiceService,
  importsV1.ImportsServiceService,
];

export async function startFakeServices(): Promise<FakeServices> {
  const server = new Server();
  const asked: Asked[] = [];
  const fakes = { asked, answers: {} as Answers, address: '', requests: (rpc: string) => asked.filter((one) => one.rpc === rpc).map(({ request }) => request), stop: () => server.forceShutdown() };
  const answer = (rpc: string, request: unknown): unknown => {
    asked.push({ rpc, request });
    const known = fakes.answers[rpc];
    if (known === undefined) throw new Error(`Nobody expected ${rpc}`);
    return known(request as never);
  };
  for (const definition of SERVICES) {
    const handlers = Object.entries(definition).map(([name, method]) => [name, method.responseStream ? streaming(method.path, answer) : unary(method.path, answer)]);
    server.addService(definition, Object.fromEntries(handlers) as Record<string, UntypedHandleCall>);
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error))),
  );
  return Object.assign(fakes, { address: `127.0.0.1:${port}` });
}

type Answering = (rpc: string, request: unknown) => unknown;

function unary(path: string, answer: Answering) {
  return (call: ServerUnaryCall<unknown, unknown>, callback: (error: object | null, reply?: unknown) => void): void => {
    try {
      callback(null, answer(rpcOf(path), call.request));
    } catch (thrown) {
      callback(refusal(thrown));
    }
  };
}

function streaming(path: string, answer: Answering) {
  return (call: ServerWritableStream<unknown, unknown>): void => {
    try {
      for (const item of answer(rpcOf(path), call.request) as Iterable<unknown>) call.write(item);
      call.end();
    } catch (thrown) {
      call.emit('error', refusal(thrown));
    }
  };
}

function refusal(thrown: unknown): object {
  const metadata = new Metadata();
  if (!isDomainError(thrown)) return { code: status.INTERNAL, details: String(thrown), metadata };
  metadata.set('caseledger-error', toWire(thrown));
  return { code: grpcStatus(thrown.kind, thrown.code), details: thrown.code, metadata };
}

function rpcOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
