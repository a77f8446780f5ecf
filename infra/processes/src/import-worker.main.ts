import 'reflect-metadata';
import { createLogger, readOrExit, runProcess } from '@caseledger/service-kit';
import { readWorkerConfig } from './config.js';
import { startImportWorker } from './import-worker.js';

/** One import worker, as its own process. */
const config = readOrExit(() => readWorkerConfig());
const logger = createLogger({ service: 'import-worker', level: config.logLevel });
await runProcess(logger, () => startImportWorker(config, logger));
