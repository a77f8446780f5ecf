import type { Registry } from 'prom-client';
import type { Logger } from './logger.js';
import { createRegistry } from './metrics.js';
import { openOperations } from './operations.js';
import { runProcess, type Stoppable } from './run-process.js';

/** A service as its own process runs it. */
export interface RunningService extends Stoppable {
  /** `host:port` of the gRPC server. */
  readonly address: string;
  isReady(): Promise<boolean>;
}

interface ServiceProcess {
  readonly name: string;
  readonly logger: Logger;
  readonly operations: { readonly host: string; readonly port: number };
}

/**
 * Runs one service until it is told to end. Its health can be asked from the first moment: it lives, and is neither started
 * nor ready while it still waits for its schema.
 */
export async function runService({ name, logger, operations }: ServiceProcess, start: (registry: Registry) => Promise<RunningService>): Promise<void> {
  await runProcess(logger, async () => {
    const registry = createRegistry(name);
    let service: RunningService | undefined;
    const checks = [{ name: 'database', isReady: async () => (await service?.isReady()) ?? false }];
    const health = await openOperations({ ...operations, registry, checks });
    logger.info({ operationsPort: health.port }, `${name} can be asked for its health`);
    try {
      service = await start(registry);
    } catch (error) {
      await health.close();
      throw error;
    }
    const { address, stop } = service;
    health.started();
    logger.info({ event: 'ready', address, operationsPort: health.port }, `${name} takes calls`);
    return {
      stop: async () => {
        health.stopping();
        await stop();
        await health.close();
      },
    };
  });
}
