import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distributionPostgres, serverAccount, startEmbeddedPostgres } from '@caseledger/local';

/** A PostgreSQL server as an installation would find it elsewhere: with TLS, and not started by the product. */
export interface PostgresServer {
  /** Of whoever may make roles and databases; asks for TLS with a known authority and the right name. */
  readonly adminUrl: string;
  /** An authority that did not sign the server's certificate. */
  readonly otherAuthority: string;
  readonly authority: string;
  stop(): Promise<void>;
}

/** Starts a cluster of its own with the distribution's programs, or with the embedded ones where there are none. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'caseledger-postgres-'));
  chmodSync(home, 0o755);
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  try {
    const { authority, certificate, key } = certificates(home, 'server');
    const programs = distributionPostgres();
    const settings = { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key, max_connections: '120' };
    const server = await startEmbeddedPostgres({ dir: join(home, 'cluster'), settings, ...(programs === undefined ? {} : { programs }) });
    const adminUrl = new URL(server.superuserUrl);
    adminUrl.hostname = 'localhost';
    adminUrl.searchParams.set('sslmode', 'verify-full');
    adminUrl.searchParams.set('sslrootcert', authority);
    const stop = async (): Promise<void> => {
      await server.stop();
      remove();
    };
    return { adminUrl: adminUrl.toString(), authority, otherAuthority: certificates(home, 'other').authority, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A self-made authority and a certificate for `localhost` that it signed. */
function certificates(home: string, name: string): { authority: string; certificate: string; key: string } {
  const at = (what: string): string => join(home, `${name}-${what}`);
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [authority, certificate, key] = [at('ca.pem'), at('cert.pem'), at('key.pem')];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=specs ${name}`, '-keyout', at('ca.key'), '-out', authority);
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', key, '-out', at('request.pem'));
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost');
  openssl('x509', '-req', '-days', '2', '-in', at('request.pem'), '-CA', authority, '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('names'), '-out', certificate);
  chmodSync(key, 0o600);
  const account = serverAccount();
  if (account !== undefined) chownSync(key, account.uid, account.gid);
  return { authority, certificate, key };
}
