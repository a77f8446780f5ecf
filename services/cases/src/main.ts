import 'reflect-metadata';
import { createLogger, readOrExit, runService } from '@caseledger/service-kit';
import { readCasesConfig } from './config.js';
import { startCases } from './cases.service.js';

const config = readOrExit(() => readCasesConfig());
const logger = createLogger({ service: 'cases', level: config.logLevel });
await runService({ name: 'cases', logger, operations: config.operations }, (registry) => startCases(config, { logger, registry }));
