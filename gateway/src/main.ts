import 'reflect-metadata';
import { createLogger, runProcess } from '@caseledger/service-kit';
import { readGatewayConfig } from './config.js';
import { startGateway } from './gateway.js';

const logger = createLogger({ service: 'gateway' });

await runProcess(logger, async () => {
  const gateway = await startGateway(readGatewayConfig(), logger);
  logger.info({ event: 'ready', address: gateway.address }, 'Ready');
  return gateway;
});
