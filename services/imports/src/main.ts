import 'reflect-metadata';
import { createLogger, readOrExit, runService } from '@caseledger/service-kit';
import { readImportsConfig } from './config.js';
import { startImports } from './imports.service.js';

const config = readOrExit(() => readImportsConfig());
const logger = createLogger({ service: 'imports', level: config.logLevel });
await runService({ name: 'imports', logger, operations: config.operations }, (registry) => startImports(config, { logger, registry }));
