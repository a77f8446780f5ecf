import { Catch, type DynamicModule, type INestApplicationContext, type RpcExceptionFilter, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import { throwError, type Observable } from 'rxjs';
import { GrpcTransport, type RawService } from './grpc-transport.js';
import { NestLogger, type Logger } from './logger.js';
import { observeCalls } from './metrics.js';

const STOP_MS = 25_000;

export interface GrpcServiceOptions {
  /** The service's wiring. */
  readonly module: Type<unknown> | DynamicModule;
  /** Generated definitions whose rpcs the module's controllers answer, such as `accountsV1.AccountsServiceService`. */
  readonly services: readonly ServiceDefinition[];
  /** Methods that answer callers without a context, such as `AccountsServiceService.signIn`. */
  readonly open?: readonly Pick<MethodDefinition<never, never>, 'path'>[];
  /** Services with ready-made handlers (a feed), made once the module stands. They guard themselves. */
  readonly raw?: (app: INestApplicationContext) => readonly RawService[];
  /** `host:port`; port 0 takes any free one. */
  readonly address: string;
  readonly contextSecret: string;
  readonly logger: Logger;
  readonly registry?: Registry;
  /** How long calls in hand may take at the end; default 25 s, within the 30 s of OPS-005. */
  readonly stopMs?: number;
}

/** A service that takes calls. */
export interface RunningGrpcService {
  /** `host:port` with the port really taken. */
  readonly address: string;
  readonly app: INestApplicationContext;
  /**
   * Lets the calls in hand finish, then closes the module. Pools close in `onApplicationShutdown`: the framework runs
   * `onModuleDestroy` while calls are still in hand.
   */
  stop(): Promise<void>;
}

/**
 * Starts a service: its module, then its gRPC server. Every call must carry a signed context (SEC-002) unless its
 * method is named in `open`; a DomainError travels to the caller, anything else is logged under a reference.
 */
export async function startGrpcService(options: GrpcServiceOptions): Promise<RunningGrpcService> {
  const transport = new GrpcTransport({
    address: options.address,
    services: options.services,
    contextSecret: options.contextSecret,
    openPaths: new Set((options.open ?? []).map(({ path }) => path)),
    logger: options.logger,
    observe: options.registry === undefined ? () => undefined : observeCalls(options.registry),
    stopMs: options.stopMs ?? STOP_MS,
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(options.module, {
    strategy: transport,
    logger: new NestLogger(options.logger),
    abortOnError: false,
  });
  try {
    app.useGlobalFilters(new ErrorsAsThrown());
    for (const service of options.raw?.(app) ?? []) transport.addService(service);
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
  return { address: transport.address(), app, stop: () => app.close() };
}

/** Hands errors on as they were thrown: what a caller is told is decided in one place, `refusalOf`. */
@Catch()
class ErrorsAsThrown implements RpcExceptionFilter {
  catch(thrown: unknown): Observable<never> {
    return throwError(() => thrown);
  }
}
