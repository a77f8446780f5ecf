import { Server as GrpcServer, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Server, Transport, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { channelOptions } from './grpc-channel.js';
import { grpcHandler, type BoundMethod, type HandlerSetting } from './grpc-handlers.js';

const STREAMS_MAX = 1_000;

/** A service whose handlers are ready made, such as a feed. */
export interface RawService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Ends the calls that only wait, so that a server that closes need not wait for them. */
  readonly closing?: () => void;
}

export interface GrpcTransportOptions extends HandlerSetting {
  /** `host:port`; port 0 takes any free one. */
  readonly address: string;
  /** Services whose rpcs the controllers answer. */
  readonly services: readonly ServiceDefinition[];
  /** How long calls in hand may take when it closes. */
  readonly stopMs: number;
}

/**
 * The framework's gRPC transport, served by grpc-js itself. It differs from the framework's own in what that one lacks:
 * streams have back-pressure in both directions, every call is authenticated before its handler, a refused upload
 * cannot end the process, port 0 can be found out, and the port opens only when all handlers stand.
 */
export class GrpcTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Transport.GRPC;
  private readonly server = new GrpcServer({ ...channelOptions(), 'grpc.max_concurrent_streams': STREAMS_MAX });
  private readonly raw: RawService[] = [];
  private port = 0;

  constructor(private readonly options: GrpcTransportOptions) {
    super();
  }

  /** Adds a service before the server listens. */
  addService(service: RawService): void {
    this.raw.push(service);
  }

  /** `host:port` with the port really taken. */
  address(): string {
    return this.options.address.replace(/:\d+$/, `:${this.port}`);
  }

  listen(callback: (error?: unknown) => void): void {
    this.bind().then(() => callback(), callback);
  }

  /** Takes no new call, lets those in hand finish, and cuts what is left when the time is over. */
  async close(): Promise<void> {
    for (const { closing } of this.raw) closing?.();
    const cut = setTimeout(() => this.server.forceShutdown(), this.options.stopMs);
    try {
      await new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    } finally {
      clearTimeout(cut);
    }
  }

  on(): never {
    throw new Error('This transport has no events.');
  }

  unwrap<T>(): T {
    throw new Error('This transport does not give its server away.');
  }

  private async bind(): Promise<void> {
    for (const definition of this.options.services) this.server.addService(definition, this.handlersOf(definition));
    for (const { definition, implementation } of this.raw) this.server.addService(definition, implementation);
    this.port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync(this.options.address, ServerCredentials.createInsecure(), (error, port) => (error === null ? resolve(port) : reject(error)));
    });
  }

  /** @throws Error naming every rpc that no controller answers: what is not built is not offered. */
  private handlersOf(definition: ServiceDefinition): UntypedServiceImplementation {
    const answered = this.methodsByRpc();
    const missing: string[] = [];
    const handlers: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(definition)) {
      const handler = answered.get(rpcOf(method.path));
      if (handler === undefined) missing.push(method.path);
      else handlers[name] = grpcHandler(method, boundOf(handler), this.options);
    }
    if (missing.length > 0) throw new Error(`No controller answers ${missing.join(', ')}`);
    return handlers;
  }

  private methodsByRpc(): Map<string, MessageHandler> {
    const methods = new Map<string, MessageHandler>();
    for (const [pattern, handler] of this.getHandlers()) {
      const read: unknown = JSON.parse(pattern);
      if (typeof read === 'object' && read !== null && 'service' in read && 'rpc' in read) {
        methods.set(`${String(read.service)}/${String(read.rpc)}`.toLowerCase(), handler);
      }
    }
    return methods;
  }
}

/** `/caseledger.accounts.v1.AccountsService/SignIn` → `accountsservice/signin`, as decorators name it. */
function rpcOf(path: string): string {
  return path.replace(/^.*[./]([^./]+\/[^/]+)$/, '$1').toLowerCase();
}

/** What the framework's filters make of an error comes back as an observable that fails. */
function boundOf(handler: MessageHandler): BoundMethod {
  return async (call) => {
    const answer: unknown = await handler(call);
    return isObservable(answer) ? lastValueFrom(answer) : answer;
  };
}
