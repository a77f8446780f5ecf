import 'reflect-metadata';
import { createLogger, runProcess } from '@caseledger/service-kit';
import { startAllInOne } from './all-in-one.js';

/** All interactive services and the gateway, as one process. */
const logger = createLogger({ service: 'all-in-one' });
await runProcess(logger, () => startAllInOne(logger));
