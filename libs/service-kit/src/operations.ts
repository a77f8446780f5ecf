import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

const CHECK_MS = 2_000;

/** A named question whether the process can do its work now. */
export interface ReadinessCheck {
  readonly name: string;
  readonly isReady: () => boolean | Promise<boolean>;
}

export interface OperationsOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly registry: Registry;
  readonly checks: readonly ReadinessCheck[];
}

export interface Operations {
  readonly port: number;
  /** From now on the process is started, and ready when its checks pass. */
  started(): void;
  /** From now on it is not ready, so that no new work is sent to it. */
  stopping(): void;
  close(): Promise<void>;
}

/** The small HTTP port of a process: `/health/live`, `/health/started`, `/health/ready`, `/metrics` (OPS-003, OPS-005). */
export async function openOperations(options: OperationsOptions): Promise<Operations> {
  const state = { isStarted: false, isStopping: false };
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(options, state, request).then(
      ({ status, type, body }) => send(response, status, type, body),
      () => send(response, 500, 'text/plain', 'failed'),
    );
  });
  const port = await listen(server, options);
  return {
    port,
    started: () => void (state.isStarted = true),
    stopping: () => void (state.isStopping = true),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answer(options: OperationsOptions, state: { isStarted: boolean; isStopping: boolean }, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '').split('?')[0];
  if (path === '/metrics') return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() };
  if (path === '/health/live') return json(200, { live: true });
  if (path === '/health/started') return json(state.isStarted ? 200 : 503, { started: state.isStarted });
  if (path !== '/health/ready') return json(404, { error: 'NOT_FOUND' });
  const checks = await Promise.all(options.checks.map(async (check) => [check.name, await passes(check)] as const));
  const isReady = state.isStarted && !state.isStopping && checks.every(([, passed]) => passed);
  return json(isReady ? 200 : 503, { ready: isReady, checks: Object.fromEntries(checks) });
}

/** A check that throws or takes longer than 2 s has not passed. */
async function passes(check: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), CHECK_MS)));
  try {
    return await Promise.race([check.isReady(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

function listen(server: Server, { host, port }: OperationsOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const at = server.address();
      resolve(typeof at === 'object' && at !== null ? at.port : port);
    });
  });
}
