import { Module, type DynamicModule } from '@nestjs/common';
import { RowTargetController, RowTargetEdge, type RowTarget } from '@caseledger/row-target';
import type { CommandDeps } from './contact/contact.commands.js';
import { ContactsController, ContactsEdge } from './contacts.controller.js';

/** The only wiring of the interactive contacts; what a worker hosts is `contactTarget`. */
@Module({})
export class ContactsModule {
  static of(deps: CommandDeps, target: RowTarget): DynamicModule {
    return {
      module: ContactsModule,
      controllers: [ContactsController, RowTargetController],
      providers: [
        { provide: ContactsEdge, useValue: new ContactsEdge(deps) },
        { provide: RowTargetEdge, useValue: new RowTargetEdge(target) },
      ],
    };
  }
}
