import 'reflect-metadata';
import { createLogger, createRegistry, openOperations, readOrExit, runProcess } from '@caseledger/service-kit';
import { readImportsConfig } from './config.js';
import { startImports } from './imports.service.js';

const config = readOrExit(() => readImportsConfig());
const logger = createLogger({ service: 'imports', level: config.logLevel });
await runProcess(logger, async () => {
  const registry = createRegistry('imports');
  const imports = await startImports(config, { logger, registry });
  const operations = await openOperations({ ...config.operations, registry, checks: [{ name: 'database', isReady: () => imports.isReady() }] });
  operations.started();
  logger.info({ event: 'ready', address: imports.address, operationsPort: operations.port }, 'imports takes calls');
  return {
    stop: async () => {
      operations.stopping();
      await imports.stop();
      await operations.close();
    },
  };
});
