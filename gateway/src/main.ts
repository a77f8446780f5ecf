import 'reflect-metadata';
import { readGatewayConfig } from './config.js';
import { startGateway } from './gateway.js';

const gateway = await startGateway(readGatewayConfig(process.env));
const stop = (): void => {
  void gateway.stop().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
