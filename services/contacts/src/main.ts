import 'reflect-metadata';
import { createLogger, createRegistry, openOperations, readOrExit, runProcess } from '@caseledger/service-kit';
import { readContactsConfig } from './config.js';
import { startContacts } from './contacts.service.js';

const config = readOrExit(() => readContactsConfig());
const logger = createLogger({ service: 'contacts', level: config.logLevel });
await runProcess(logger, async () => {
  const registry = createRegistry('contacts');
  const contacts = await startContacts(config, { logger, registry });
  const checks = [{ name: 'database', isReady: () => contacts.isReady() }];
  const operations = await openOperations({ ...config.operations, registry, checks });
  operations.started();
  logger.info({ event: 'ready', address: contacts.address, operationsPort: operations.port }, 'contacts takes calls');
  return {
    stop: async () => {
      operations.stopping();
      await contacts.stop();
      await operations.close();
    },
  };
});
