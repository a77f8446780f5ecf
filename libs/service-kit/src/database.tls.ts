import { readFileSync } from 'node:fs';

/** Ways to a PostgreSQL server: without TLS, with it, with a known authority, and with that and the right name. */
export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

type SslMode = (typeof SSL_MODES)[number];

/** The address without what it says of TLS, and that as the driver wants it. */
export interface DatabaseWay {
  readonly url: string;
  readonly ssl?: DatabaseTls;
}

export interface DatabaseTls {
  /** The name that the certificate is held against; the driver tells it only where it is no number. */
  readonly host: string;
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity?: () => undefined;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * Reads `sslmode`, `sslrootcert`, `sslcert` and `sslkey` as libpq names them; without `sslmode` there is no TLS. TypeORM
 * passes none of them on, so an address that asks for TLS would quietly go without.
 * @throws Error when the mode is unknown or a certificate cannot be read; the address is not repeated
 */
export function databaseWay(address: string): DatabaseWay {
  const url = new URL(address);
  const given = url.searchParams;
  const mode = sslModeOf(address);
  if (mode === undefined) throw new Error(`The sslmode of a database's address must be one of ${SSL_MODES.join(', ')}.`);
  const file = (name: string): Buffer | undefined => {
    const path = given.get(name);
    return path === null ? undefined : readFileSync(path);
  };
  const [ca, cert, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')];
  for (const name of ['sslmode', 'sslrootcert', 'sslcert', 'sslkey']) given.delete(name);
  if (mode === 'disable') return { url: url.toString() };
  const known = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  // As with libpq, an authority that is named is also asked.
  const isVerified = mode !== 'require' || ca !== undefined;
  const anyName = mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined };
  return { url: url.toString(), ssl: { ...known, ...anyName, host: url.hostname, rejectUnauthorized: isVerified } };
}

/** The mode an address asks for; undefined when it is none that could be kept, such as `prefer`, which may go without. */
export function sslModeOf(address: string): SslMode | undefined {
  const asked = new URL(address).searchParams.get('sslmode') ?? 'disable';
  return SSL_MODES.find((mode) => mode === asked);
}
