import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { Logger } from '@caseledger/service-kit';
import { Admission } from './admission.js';
import { Authenticator } from './authenticator.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './config.js';
import { GatewayLog } from './gateway-log.js';
import { graphqlOptions } from './graphql/graphql.options.js';
import { HealthController } from './pages/health.controller.js';
import { PagesController } from './pages/pages.controller.js';
import { AccountsController } from './rest/accounts.controller.js';
import { SignedIn } from './rest/caller.js';
import { CasesController } from './rest/cases.controller.js';
import { ClientsController } from './rest/clients.controller.js';
import { ImportsController } from './rest/imports.controller.js';
import { ProblemFilter } from './rest/problem.filter.js';
import { RevertsController } from './rest/reverts.controller.js';
import { ServiceConnections } from './service-connections.js';

@Module({})
class EdgeModule {
  static with(config: GatewayConfig, logger: Logger): DynamicModule {
    return {
      module: EdgeModule,
      providers: [{ provide: GATEWAY_CONFIG, useValue: config }, { provide: GatewayLog, useFactory: () => new GatewayLog(logger) }, ServiceConnections, Authenticator, Admission],
      exports: [GATEWAY_CONFIG, GatewayLog, ServiceConnections, Admission],
    };
  }
}

/** The only wiring of the gateway: GraphQL, REST and the pages over the same connections. */
@Module({})
export class GatewayModule {
  static with(config: GatewayConfig, logger: Logger): DynamicModule {
    const edge = EdgeModule.with(config, logger);
    return {
      module: GatewayModule,
      imports: [
        edge,
        GraphQLModule.forRootAsync<ApolloDriverConfig>({
          driver: ApolloDriver,
          imports: [edge],
          inject: [GATEWAY_CONFIG, GatewayLog],
          useFactory: graphqlOptions,
        }),
      ],
      controllers: [PagesController, HealthController, AccountsController, ClientsController, CasesController, ImportsController, RevertsController],
      providers: [SignedIn, { provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
