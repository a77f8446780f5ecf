import { Module, type DynamicModule } from '@nestjs/common';
import { RowTargetController, RowTargetEdge, type RowTarget } from '@caseledger/row-target';
import type { CommandDeps } from './case/case.commands.js';
import { CasesController, CasesEdge } from './cases.controller.js';

/** The only wiring of the interactive cases; what a worker hosts is `caseTarget`. */
@Module({})
export class CasesModule {
  static of(deps: CommandDeps, target: RowTarget): DynamicModule {
    return {
      module: CasesModule,
      controllers: [CasesController, RowTargetController],
      providers: [
        { provide: CasesEdge, useValue: new CasesEdge(deps) },
        { provide: RowTargetEdge, useValue: new RowTargetEdge(target) },
      ],
    };
  }
}
