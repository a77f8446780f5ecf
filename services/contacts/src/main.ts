import 'reflect-metadata';
import { createLogger, readOrExit, runService } from '@caseledger/service-kit';
import { readContactsConfig } from './config.js';
import { startContacts } from './contacts.service.js';

const config = readOrExit(() => readContactsConfig());
const logger = createLogger({ service: 'contacts', level: config.logLevel });
await runService({ name: 'contacts', logger, operations: config.operations }, (registry) => startContacts(config, { logger, registry }));
