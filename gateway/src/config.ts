/** Everything the gateway is told from outside; the only place that reads the environment (OPS-005). */
export interface GatewayConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly services: { readonly accounts: string; readonly contacts: string; readonly imports: string };
  /** Signs what the gateway asks in its own name; shared by all services. */
  readonly contextSecret: string;
  /** The bearer that may make companies; empty switches that off. */
  readonly installationKey: string;
  readonly requestsPerMinute: number;
  readonly introspection: boolean;
}

export const GATEWAY_CONFIG = Symbol('gateway configuration');

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks the environment; throws one Error that names every fault at once, never a secret. */
export function readGatewayConfig(env: Environment): GatewayConfig {
  const faults: string[] = [];
  const text = (name: string, otherwise?: string): string => {
    const value = env[name] ?? otherwise;
    if (value === undefined || value === '') faults.push(`${name} is missing`);
    return value ?? '';
  };
  const number = (name: string, otherwise: number, max: number): number => {
    const value = Number(env[name] ?? otherwise);
    if (!Number.isInteger(value) || value < 0 || value > max) faults.push(`${name} must be a whole number from 0 to ${max}`);
    return value;
  };
  const config: GatewayConfig = {
    host: text('GATEWAY_HOST', '127.0.0.1'),
    port: number('GATEWAY_PORT', 4000, 65_535),
    services: { accounts: text('ACCOUNTS_ADDRESS'), contacts: text('CONTACTS_ADDRESS'), imports: text('IMPORTS_ADDRESS') },
    contextSecret: text('CONTEXT_SECRET'),
    installationKey: env['INSTALLATION_KEY'] ?? '',
    requestsPerMinute: number('GATEWAY_REQUESTS_PER_MINUTE', 600, 1_000_000),
    introspection: env['GATEWAY_INTROSPECTION'] !== 'off',
  };
  if (config.contextSecret.length > 0 && config.contextSecret.length < 32) faults.push('CONTEXT_SECRET is shorter than 32 characters');
  if (faults.length > 0) throw new Error(`The gateway cannot start: ${faults.join('; ')}`);
  return config;
}
