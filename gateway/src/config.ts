import { address, flag, integer, optionalText, readEnvironment, secret, text, type Environment } from '@caseledger/service-kit';

/** Everything the gateway is told from outside. */
export interface GatewayConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly services: { readonly accounts: string; readonly contacts: string; readonly cases: string; readonly imports: string };
  /** Signs what the gateway asks in its own name; shared by all services. */
  readonly contextSecret: string;
  /** The bearer that may make companies; without it nobody may. */
  readonly installationKey: string | undefined;
  readonly requestsPerMinute: number;
  readonly introspection: boolean;
}

export const GATEWAY_CONFIG = Symbol('gateway configuration');

/** @throws ConfigurationFaults naming every fault at once, never a secret (OPS-005). */
export function readGatewayConfig(env: Environment = process.env): GatewayConfig {
  const read = readEnvironment(env, {
    host: text('GATEWAY_HOST', '127.0.0.1'),
    port: integer('GATEWAY_PORT', { otherwise: 4000, min: 0, max: 65_535 }),
    accounts: address('ACCOUNTS_ADDRESS'),
    contacts: address('CONTACTS_ADDRESS'),
    cases: address('CASES_ADDRESS'),
    imports: address('IMPORTS_ADDRESS'),
    contextSecret: secret('CASELEDGER_CONTEXT_SECRET'),
    installationKey: optionalText('CASELEDGER_INSTALLATION_KEY'),
    requestsPerMinute: integer('GATEWAY_REQUESTS_PER_MINUTE', { otherwise: 600, min: 1, max: 10_000_000 }),
    introspection: flag('GATEWAY_INTROSPECTION', true),
  });
  const { accounts, contacts, cases, imports, ...rest } = read;
  return { ...rest, services: { accounts, contacts, cases, imports } };
}
