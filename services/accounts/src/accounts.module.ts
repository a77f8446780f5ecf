import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import type { AccountsSetting } from './accounts.setting.js';
import { ApiKeyCommands } from './api-key/api-key.commands.js';
import { Authenticate } from './authenticate.js';
import { CompanyCommands } from './company/company.commands.js';
import { SignIn } from './session/sign-in.js';
import { UserCommands } from './user/user.commands.js';

/** The only wiring of accounts. */
@Module({})
export class AccountsModule {
  static of(setting: AccountsSetting): DynamicModule {
    return {
      module: AccountsModule,
      controllers: [AccountsController],
      providers: [
        { provide: CompanyCommands, useValue: new CompanyCommands(setting) },
        { provide: UserCommands, useValue: new UserCommands(setting) },
        { provide: ApiKeyCommands, useValue: new ApiKeyCommands(setting) },
        { provide: SignIn, useValue: new SignIn(setting) },
        { provide: Authenticate, useValue: new Authenticate(setting) },
      ],
    };
  }
}
