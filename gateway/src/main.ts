import 'reflect-metadata';
import { createLogger, readOrExit, runProcess } from '@caseledger/service-kit';
import { readGatewayConfig } from './config.js';
import { startGateway } from './gateway.js';

const config = readOrExit(() => readGatewayConfig());
const logger = createLogger({ service: 'gateway' });
await runProcess(logger, () => startGateway(config, logger));
