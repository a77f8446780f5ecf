import 'reflect-metadata';
import { createLogger, readOrExit, runService } from '@caseledger/service-kit';
import { startAccounts } from './accounts.service.js';
import { readAccountsConfig } from './config.js';

const config = readOrExit(() => readAccountsConfig());
const logger = createLogger({ service: 'accounts', level: config.logLevel });
await runService({ name: 'accounts', logger, operations: config.operations }, (registry) => startAccounts(config, { logger, registry }));
