import { startAccounts, readAccountsConfig } from '@caseledger/accounts';
import { readCasesConfig, startCases } from '@caseledger/cases';
import { readContactsConfig, startContacts } from '@caseledger/contacts';
import { readGatewayConfig, startGateway } from '@caseledger/gateway';
import { readImportsConfig, startImports } from '@caseledger/imports';
import type { Logger, Stoppable } from '@caseledger/service-kit';

/** Every interactive service and the gateway in one process; import work is done by workers, elsewhere (DESIGN 12). */
export async function startAllInOne(logger: Logger): Promise<Stoppable> {
  const configs = {
    accounts: readAccountsConfig(),
    contacts: readContactsConfig(),
    cases: readCasesConfig(),
    imports: readImportsConfig(),
    gateway: readGatewayConfig(),
  };
  const started: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    // The edge first: what it has in hand still needs the services.
    for (const one of started.splice(0).reverse()) await one.stop();
  };
  try {
    const named = (service: string): { logger: Logger } => ({ logger: logger.child({ service }) });
    const services = await Promise.all([
      startAccounts(configs.accounts, named('accounts')),
      startContacts(configs.contacts, named('contacts')),
      startCases(configs.cases, named('cases')),
      startImports(configs.imports, named('imports')),
    ]);
    started.push(...services, await startGateway(configs.gateway, logger.child({ service: 'gateway' })));
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
