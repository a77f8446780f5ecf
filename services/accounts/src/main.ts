import 'reflect-metadata';
import { createLogger, createRegistry, openOperations, readOrExit, runProcess } from '@caseledger/service-kit';
import { startAccounts } from './accounts.service.js';
import { readAccountsConfig } from './config.js';

const config = readOrExit(() => readAccountsConfig());
const logger = createLogger({ service: 'accounts', level: config.logLevel });
await runProcess(logger, async () => {
  const registry = createRegistry('accounts');
  const accounts = await startAccounts(config, { logger, registry });
  const operations = await openOperations({ ...config.operations, registry, checks: [{ name: 'database', isReady: () => accounts.isReady() }] });
  operations.started();
  logger.info({ event: 'ready', address: accounts.address, operationsPort: operations.port }, 'accounts takes calls');
  return {
    stop: async () => {
      operations.stopping();
      await accounts.stop();
      await operations.close();
    },
  };
});
