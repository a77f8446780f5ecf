import { SSL_MODES, sslModeOf } from './database.tls.js';

/** One value read from the environment: what it is, or what is wrong with it. A fault never repeats the value. */
export type Setting<T> = (env: Environment) => { readonly value: T } | { readonly fault: string };
export type Environment = Readonly<Record<string, string | undefined>>;

type Settings = Readonly<Record<string, Setting<unknown>>>;
type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Thrown at start with every fault of the configuration (OPS-005). */
export class ConfigurationFaults extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}: ${faults.join('; ')}.`);
    this.name = 'ConfigurationFaults';
  }
}

/** Reads a tree of settings. @throws ConfigurationFaults naming all faults at once. */
export function readEnvironment<S extends Settings>(env: Environment, settings: S): Values<S> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const read = setting(env);
    if ('fault' in read) faults.push(read.fault);
    else values[name] = read.value;
  }
  if (faults.length > 0) throw new ConfigurationFaults(faults);
  return values as Values<S>;
}

/** A text; required when there is no default. */
export function text(name: string, otherwise?: string): Setting<string> {
  return (env) => {
    const value = given(env, name) ?? otherwise;
    return value === undefined ? { fault: `${name} is missing` } : { value };
  };
}

/** A text that may be absent. */
export function optionalText(name: string): Setting<string | undefined> {
  return (env) => ({ value: given(env, name) });
}

/** A secret of at least so many characters; there is no default, because a known secret is none. */
export function secret(name: string, o: { charactersMin?: number } = {}): Setting<string> {
  const charactersMin = o.charactersMin ?? 32;
  return (env) => {
    const value = given(env, name);
    if (value === undefined) return { fault: `${name} is missing` };
    return value.length < charactersMin ? { fault: `${name} needs at least ${charactersMin} characters` } : { value };
  };
}

/** 32 bytes written as 64 hexadecimal digits or in base64 or base64url. */
export function key32(name: string): Setting<Buffer> {
  return (env) => {
    const value = given(env, name);
    if (value === undefined) return { fault: `${name} is missing` };
    const key = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64');
    return key.length === 32 ? { value: key } : { fault: `${name} is not a key of 32 bytes in hexadecimal or base64` };
  };
}

/** A whole number within bounds. */
export function integer(name: string, o: { otherwise?: number; min: number; max: number }): Setting<number> {
  return (env) => {
    const written = given(env, name);
    if (written === undefined) return o.otherwise === undefined ? { fault: `${name} is missing` } : { value: o.otherwise };
    const value = /^-?\d{1,15}$/.test(written) ? Number(written) : Number.NaN;
    const isWithin = value >= o.min && value <= o.max;
    return isWithin ? { value } : { fault: `${name} must be a whole number from ${o.min} to ${o.max}` };
  };
}

/** `on`, `true`, `yes`, `1`, or their opposites. */
export function flag(name: string, otherwise: boolean): Setting<boolean> {
  return (env) => {
    const written = given(env, name)?.toLowerCase();
    if (written === undefined) return { value: otherwise };
    if (['on', 'true', 'yes', '1'].includes(written)) return { value: true };
    if (['off', 'false', 'no', '0'].includes(written)) return { value: false };
    return { fault: `${name} must be on or off` };
  };
}

/** One of a few words. */
export function choice<T extends string>(name: string, allowed: readonly T[], otherwise?: T): Setting<T> {
  return (env) => {
    const written = given(env, name) ?? otherwise;
    const value = allowed.find((word) => word === written);
    return value === undefined ? { fault: `${name} must be one of ${allowed.join(', ')}` } : { value };
  };
}

/** An address `scheme://…`; it may hold a password, so a fault does not repeat it. */
export function url(name: string, schemes: readonly string[]): Setting<string> {
  return (env) => {
    const value = given(env, name);
    if (value === undefined) return { fault: `${name} is missing` };
    const isOne = URL.canParse(value) && schemes.includes(new URL(value).protocol.replace(/:$/, ''));
    return isOne ? { value } : { fault: `${name} is not an address of the form ${schemes.join(':// or ')}://` };
  };
}

/** The address of a PostgreSQL database; its `sslmode`, if any, is one that can be kept. */
export function databaseUrl(name: string): Setting<string> {
  return (env) => {
    const read = url(name, ['postgres', 'postgresql'])(env);
    if ('fault' in read || sslModeOf(read.value) !== undefined) return read;
    return { fault: `${name} has an sslmode that is none of ${SSL_MODES.join(', ')}` };
  };
}

/** A `databaseUrl` that may be absent. */
export function optionalDatabaseUrl(name: string): Setting<string | undefined> {
  return (env) => (given(env, name) === undefined ? { value: undefined } : databaseUrl(name)(env));
}

/** `host:port`, as gRPC servers listen on and are reached at; port 0 takes any free one. */
export function address(name: string, otherwise?: string): Setting<string> {
  return (env) => {
    const value = given(env, name) ?? otherwise;
    if (value === undefined) return { fault: `${name} is missing` };
    return /^[A-Za-z0-9.-]+:\d{1,5}$/.test(value) ? { value } : { fault: `${name} must be host:port` };
  };
}

/** An empty variable counts as an absent one, as it does in a shell script. */
function given(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === '' ? undefined : value;
}
