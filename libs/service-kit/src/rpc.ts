import type { handleClientStreamingCall, handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import type { CallContext } from './call-context.js';

/** One call as a controller's method gets it. */
export interface Rpc<Request> {
  /** The message; for a client stream the messages, pulled as they are read. */
  readonly request: Request;
  /** Who calls. Methods that are open to callers without a context get one that may do nothing. */
  readonly caller: CallContext;
  /** Aborted when the caller has gone or his deadline has passed. */
  readonly signal: AbortSignal;
  readonly traceparent?: string;
}

/**
 * What a controller implements for a generated `…ServiceServer`: one method per rpc. A server stream is answered with
 * an async iterable, which is pulled only as fast as the client reads.
 */
export type RpcController<Server> = {
  readonly [K in keyof Server as string extends K ? never : K]: RpcMethod<Server[K]>;
};

type RpcMethod<Handler> = Handler extends handleUnaryCall<infer Request, infer Reply>
  ? (call: Rpc<Request>) => Promise<Reply>
  : Handler extends handleServerStreamingCall<infer Request, infer Reply>
    ? (call: Rpc<Request>) => AsyncIterable<Reply>
    : Handler extends handleClientStreamingCall<infer Request, infer Reply>
      ? (call: Rpc<AsyncIterable<Request>>) => Promise<Reply>
      : never;

/** What a method that needs no context sees as its caller. */
export const NOBODY: CallContext = { kind: 'user', tenant: '', subject: '', roles: [], permissions: [] };
