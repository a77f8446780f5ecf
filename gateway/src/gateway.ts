import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { NestLogger, type Logger } from '@caseledger/service-kit';
import { Admission } from './admission.js';
import type { GatewayConfig } from './config.js';
import { GatewayLog } from './gateway-log.js';
import { GatewayModule } from './gateway.module.js';
import { formatError } from './graphql/format-error.js';
import { serveSockets } from './graphql/socket.server.js';
import { bodyPipe } from './rest/body.pipe.js';
import { rateLimit } from './rest/rate-limit.js';

/** Of a request that is no upload, and of a message of a socket (PRODUCT §6). */
const BODY_BYTES_MAX = 5 * 1024 * 1024;

export interface RunningGateway {
  /** Where it listens, such as http://127.0.0.1:4000. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts the gateway. @throws Error with code EADDRINUSE when the port is taken. */
export async function startGateway(config: GatewayConfig, logger: Logger): Promise<RunningGateway> {
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.with(config, logger), { logger: new NestLogger(logger), bodyParser: false });
  app.use(helmet({ contentSecurityPolicy: contentPolicy(), strictTransportSecurity: false }));
  const limited = rateLimit(app.get(Admission));
  app.use('/api', limited);
  app.use('/graphql', limited);
  app.useBodyParser('json', { limit: BODY_BYTES_MAX });
  app.useGlobalPipes(bodyPipe());
  await app.init();
  const log = app.get(GatewayLog);
  const sockets = serveSockets(app.getHttpServer(), {
    schema: app.get(GraphQLSchemaHost).schema,
    introspection: config.introspection,
    messageBytesMax: BODY_BYTES_MAX,
    admission: app.get(Admission),
    format: formatError((cause, requestId) => log.unexpected(cause, requestId), randomUUID),
  });
  await app.listen(config.port, config.host);
  const address = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  return {
    address,
    stop: async () => {
      await sockets.stop();
      await app.close();
    },
  };
}

/** The pages load from this host only; the explorer's own script stands in its page, and its editor makes styles. */
function contentPolicy(): object {
  return {
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'unsafe-inline'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      connectSrc: ["'self'", 'ws:', 'wss:'],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      upgradeInsecureRequests: null,
    },
  };
}
