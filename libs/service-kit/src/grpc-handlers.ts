import { once } from 'node:events';
import type {
  Metadata,
  MethodDefinition,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedHandleCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
} from '@grpc/grpc-js';
import { unauthenticated } from '@caseledger/errors';
import { verifyContext, type CallContext } from './call-context.js';
import { CONTEXT_KEY } from './grpc-channel.js';
import { refusalOf } from './grpc-errors.js';
import type { Logger } from './logger.js';
import { NOBODY, type Rpc } from './rpc.js';

type Method = MethodDefinition<unknown, unknown>;

/** What every handler of a server needs to know. */
export interface HandlerSetting {
  readonly contextSecret: string;
  /** Paths of methods that answer callers without a context. */
  readonly openPaths: ReadonlySet<string>;
  readonly logger: Logger;
  /** Told when a call ends; `code` is a gRPC status number. */
  observe(path: string, code: number, ms: number): void;
}

/** A controller's method as the framework hands it over. */
export type BoundMethod = (call: Rpc<unknown>) => Promise<unknown>;

/** Everything a call of any kind has. */
interface AnyCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** The grpc-js handler of one method: authenticate, run, answer or refuse. Only what `bidi` would need is not offered. */
export function grpcHandler(method: Method, bound: BoundMethod, setting: HandlerSetting): UntypedHandleCall {
  if (method.requestStream && method.responseStream) throw new Error(`${method.path} streams both ways, which nothing here serves`);
  if (method.requestStream) return uploadHandler(method, bound, setting);
  return method.responseStream ? downloadHandler(method, bound, setting) : unaryHandler(method, bound, setting);
}

function unaryHandler(method: Method, bound: BoundMethod, setting: HandlerSetting): handleUnaryCall<unknown, unknown> {
  return (call: ServerUnaryCall<unknown, unknown>, callback) => {
    void run(method, call, setting, async (rpc) => bound({ ...rpc, request: call.request })).then(
      (reply) => callback(null, reply),
      (refusal: object) => callback(refusal),
    );
  };
}

function uploadHandler(method: Method, bound: BoundMethod, setting: HandlerSetting): handleClientStreamingCall<unknown, unknown> {
  return (call: ServerReadableStream<unknown, unknown>, callback) => {
    // A client that breaks off surfaces where the messages are read; here it would end the process.
    call.on('error', () => undefined);
    void run(method, call, setting, async (rpc) => bound({ ...rpc, request: call })).then(
      (reply) => callback(null, reply),
      (refusal: object) => callback(refusal),
    );
  };
}

function downloadHandler(method: Method, bound: BoundMethod, setting: HandlerSetting): handleServerStreamingCall<unknown, unknown> {
  return (call: ServerWritableStream<unknown, unknown>) => {
    call.on('error', () => undefined);
    void run(method, call, setting, async (rpc) => {
      const items = await bound({ ...rpc, request: call.request });
      if (!isAsyncIterable(items)) throw new Error(`${method.path} answers no stream`);
      await writeAll(call, items, rpc.signal);
    }).then(
      () => call.end(),
      (refusal: object) => call.emit('error', refusal),
    );
  };
}

/**
 * Server streaming with back-pressure: the source is pulled only after the client has taken what was written, so a slow
 * client holds a few messages in memory and no more. It ends with the call.
 */
async function writeAll(call: ServerWritableStream<unknown, unknown>, items: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
  for await (const item of items) {
    if (signal.aborted) return;
    if (call.write(item)) continue;
    try {
      await once(call, 'drain', { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      return;
    }
  }
}

async function run<Answer>(method: Method, call: AnyCall, setting: HandlerSetting, work: (rpc: Omit<Rpc<unknown>, 'request'>) => Promise<Answer>): Promise<Answer> {
  const startedAt = performance.now();
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  if (call.cancelled) gone.abort();
  let caller: CallContext | undefined;
  try {
    caller = await callerOf(call.metadata, method.path, setting);
    const [traceparent] = call.metadata.get('traceparent');
    const answer = await work({ caller, signal: gone.signal, ...(traceparent === undefined ? {} : { traceparent: traceparent.toString() }) });
    setting.observe(method.path, 0, performance.now() - startedAt);
    return answer;
  } catch (thrown) {
    const refusal = refusalOf(thrown, setting.logger, method.path);
    setting.observe(method.path, refusal.code, performance.now() - startedAt);
    if (refusal.code === PERMISSION_DENIED || refusal.code === UNAUTHENTICATED) {
      // Every denial leaves a trace (SEC-021): who asked for what.
      setting.logger.warn({ method: method.path, code: refusal.code, tenant: caller?.tenant, subject: caller?.subject }, 'A call was denied');
    }
    throw refusal;
  }
}

const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

async function callerOf(metadata: Metadata, path: string, setting: HandlerSetting): Promise<CallContext> {
  if (setting.openPaths.has(path)) return NOBODY;
  const [signed] = metadata.get(CONTEXT_KEY);
  if (typeof signed !== 'string') throw unauthenticated();
  return verifyContext(setting.contextSecret, signed);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
