import 'reflect-metadata';
import { createLogger, createRegistry, openOperations, readOrExit, runProcess } from '@caseledger/service-kit';
import { readCasesConfig } from './config.js';
import { startCases } from './cases.service.js';

const config = readOrExit(() => readCasesConfig());
const logger = createLogger({ service: 'cases', level: config.logLevel });
await runProcess(logger, async () => {
  const registry = createRegistry('cases');
  const cases = await startCases(config, { logger, registry });
  const checks = [{ name: 'database', isReady: () => cases.isReady() }];
  const operations = await openOperations({ ...config.operations, registry, checks });
  operations.started();
  logger.info({ event: 'ready', address: cases.address, operationsPort: operations.port }, 'cases takes calls');
  return {
    stop: async () => {
      operations.stopping();
      await cases.stop();
      await operations.close();
    },
  };
});
