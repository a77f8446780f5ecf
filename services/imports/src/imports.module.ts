import { Module, type DynamicModule } from '@nestjs/common';
import { ImportsController } from './imports.controller.js';
import { IMPORTS_EDGE, type ImportsEdge } from './imports.edge.js';

/** The only wiring of the interactive door of imports. */
@Module({})
export class ImportsModule {
  static of(edge: ImportsEdge): DynamicModule {
    return { module: ImportsModule, controllers: [ImportsController], providers: [{ provide: IMPORTS_EDGE, useValue: edge }] };
  }
}
