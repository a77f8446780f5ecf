import { jest } from '@jest/globals';
import { once } from 'node:events';
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { illegalState } from '@caseledger/errors';
import type { handleClientStreamingCall, handleServerStreamingCall, handleUnaryCall, MethodDefinition } from '@grpc/grpc-js';
import { signContext, type CallContext } from './call-context.js';
import { connectGrpc, type GrpcConnection } from './grpc-client.js';
import { startGrpcService, type RunningGrpcService } from './grpc-service.js';
import { createLogger } from './logger.js';
import { createRegistry } from './metrics.js';
import type { Rpc, RpcController } from './rpc.js';

interface Text {
  readonly text: string;
}
interface EchoServer {
  [name: string]: unknown;
  echo: handleUnaryCall<Text, Text>;
  open: handleUnaryCall<Text, Text>;
  count: handleServerStreamingCall<Text, Text>;
  collect: handleClientStreamingCall<Text, Text>;
}

const codec = { serialize: (value: Text): Buffer => Buffer.from(JSON.stringify(value)), deserialize: (bytes: Buffer): Text => JSON.parse(bytes.toString()) as Text };
const method = (name: string, requestStream: boolean, responseStream: boolean): MethodDefinition<Text, Text> => ({
  path: `/test.v1.EchoService/${name}`,
  requestStream,
  responseStream,
  requestSerialize: codec.serialize,
  requestDeserialize: codec.deserialize,
  responseSerialize: codec.serialize,
  responseDeserialize: codec.deserialize,
});
const EchoService = { echo: method('Echo', false, false), open: method('Open', false, false), count: method('Count', false, true), collect: method('Collect', true, false) };

const seen = { produced: 0, finished: false };
const HUNDRED_KB = 'x'.repeat(100_000);

@Controller()
class EchoController implements RpcController<EchoServer> {
  @GrpcMethod('EchoService', 'Echo')
  async echo({ request, caller }: Rpc<Text>): Promise<Text> {
    if (request.text === 'refuse') throw illegalState('closed');
    if (request.text === 'break') throw new Error('select * from secrets');
    if (request.text === 'hang') await new Promise(() => undefined);
    return Promise.resolve({ text: `${caller.tenant}:${request.text}` });
  }

  @GrpcMethod('EchoService', 'Open')
  async open({ caller }: Rpc<Text>): Promise<Text> {
    return Promise.resolve({ text: `open ${caller.permissions.length}` });
  }

  @GrpcMethod('EchoService', 'Count')
  async *count(): AsyncGenerator<Text> {
    try {
      for (let n = 0; n < 500; n += 1) {
        seen.produced += 1;
        yield await Promise.resolve({ text: HUNDRED_KB });
      }
    } finally {
      seen.finished = true;
    }
  }

  @GrpcMethod('EchoService', 'Collect')
  async collect({ request }: Rpc<AsyncIterable<Text>>): Promise<Text> {
    const texts: string[] = [];
    for await (const { text } of request) texts.push(text);
    return { text: texts.join('') };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const secret = 'a secret that all services share, long enough';
const caller: CallContext = { kind: 'user', tenant: 't1', subject: 'u1', roles: [], permissions: [] };
const lines: string[] = [];
const registry = createRegistry('echo');
let service: RunningGrpcService;
let connection: GrpcConnection;
let signed = '';

beforeAll(async () => {
  const logger = createLogger({ service: 'echo', to: { write: (line: string) => void lines.push(line) } });
  service = await startGrpcService({ module: EchoModule, services: [EchoService], open: [EchoService.open], address: '127.0.0.1:0', contextSecret: secret, logger, registry, stopMs: 500 });
  connection = connectGrpc(EchoService, service.address);
  signed = await signContext(secret, caller);
});

afterAll(async () => {
  connection.close();
  await service.stop();
});

describe('a gRPC service', () => {
  it('tells the services of its own handlers when it closes, so that what only waits can end', async () => {
    const closing = jest.fn();
    const logger = createLogger({ service: 'waiting', level: 'silent' });
    const definition = { wait: { ...EchoService.echo, path: '/test.v1.WaitingService/Wait' } };
    const raw = () => [{ definition, implementation: { wait: () => undefined }, closing }];
    const waiting = await startGrpcService({ module: EchoModule, services: [EchoService], open: [EchoService.open], raw, address: '127.0.0.1:0', contextSecret: secret, logger });
    expect(closing).not.toHaveBeenCalled();
    await waiting.stop();
    expect(closing).toHaveBeenCalledTimes(1);
  });

  it('answers with the caller in reach', async () => {
    expect(await connection.methods<EchoServer>(signed).echo({ text: 'hello' })).toEqual({ text: 't1:hello' });
    expect(await registry.metrics()).toContain('method="test.v1.EchoService/Echo",code="0"');
  });

  it('refuses a call without a context, with a forged or an expired one, in every kind of call (SEC-002)', async () => {
    const forged = await signContext('another secret that is long enough, too', caller);
    const expired = await signContext(secret, caller, { now: new Date(Date.now() - 120_000) });
    for (const context of ['', forged, expired]) {
      await expect(connection.methods<EchoServer>(context).echo({ text: 'hello' })).rejects.toMatchObject({ name: 'DomainError', code: 'UNAUTHENTICATED' });
      const { path, requestSerialize, responseDeserialize } = EchoService.collect;
      const refusal = await new Promise((resolve) => connection.client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, connection.metadata(context), resolve).end());
      expect(refusal).toMatchObject({ code: 16 });
    }
    expect(await connection.methods<EchoServer>('').open({ text: '' })).toEqual({ text: 'open 0' });
    expect(lines.some((line) => line.includes('A call was denied'))).toBe(true);
  });

  it('hands a domain error over whole, and of any other only a reference', async () => {
    const methods = connection.methods<EchoServer>(signed);
    await expect(methods.echo({ text: 'refuse' })).rejects.toMatchObject({ kind: 'illegal-state', code: 'STATE_NOT_ALLOWED', params: { state: 'closed' } });
    const failure = await methods.echo({ text: 'break' }).then(String, String);
    const [, reference = ''] = /reference ([0-9a-f-]{36})/.exec(failure) ?? [];
    expect(failure).not.toContain('select');
    expect(lines.some((line) => line.includes(reference) && line.includes('Error'))).toBe(true);
  });

  it('is waited for until the deadline and no longer', async () => {
    await expect(connection.methods<EchoServer>(signed).echo({ text: 'hang' }, { deadlineMs: 50 })).rejects.toMatchObject({ code: 4 });
  });

  it('produces for a slow reader only what he takes, and stops when he goes', async () => {
    const { path, requestSerialize, responseDeserialize } = EchoService.count;
    const call = connection.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { text: '' }, connection.metadata(signed));
    call.on('error', () => undefined);
    await once(call, 'readable');
    expect(call.read()).toEqual({ text: HUNDRED_KB });
    // The windows of both sides hold a few messages; 500 would be 50 MB.
    expect(seen.produced).toBeLessThan(100);
    call.cancel();
    await once(call, 'close').catch(() => undefined);
    const deadline = Date.now() + 5_000;
    while (!seen.finished && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    expect(seen.finished).toBe(true);
    expect(seen.produced).toBeLessThan(100);
  });

  it('takes an upload as a stream', async () => {
    const { path, requestSerialize, responseDeserialize } = EchoService.collect;
    const reply = await new Promise((resolve, reject) => {
      const call = connection.client.makeClientStreamRequest<Text, Text>(path, requestSerialize, responseDeserialize, connection.metadata(signed), (error, value) => (error === null ? resolve(value) : reject(error)));
      call.write({ text: 'a' });
      call.write({ text: 'b' });
      call.end();
    });
    expect(reply).toEqual({ text: 'ab' });
  });

  it('does not start when a method has no controller', async () => {
    const more = { ...EchoService, missing: method('Missing', false, false) };
    const start = startGrpcService({ module: EchoModule, services: [more], address: '127.0.0.1:0', contextSecret: secret, logger: createLogger({ service: 'echo', level: 'silent' }) });
    await expect(start).rejects.toThrow('No controller answers /test.v1.EchoService/Missing');
  });
});
