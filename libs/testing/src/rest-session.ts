import { randomUUID } from 'node:crypto';
import type { Network } from './network.js';

export type Json = Record<string, unknown>;

const ANSWER_MS = 60_000;

/** An answer that was not a success, with its problem document. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly body: Json,
  ) {
    super(`${status} ${code}`);
  }
}

/** Somebody who talks to a network over REST; the bearer is a session, an API key or the installation's key. */
export class RestSession {
  constructor(
    private readonly network: Pick<Network, 'address'>,
    readonly bearer: string,
  ) {}

  /**
   * One request with a deadline; bytes go as they are, everything else as JSON. It is sent again where the server had closed
   * the idle connection that it went out on.
   */
  async send(method: string, path: string, body?: Json | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const once = (): Promise<Response> =>
      fetch(new URL(path, this.network.address), {
        method,
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: { authorization: `Bearer ${this.bearer}`, 'content-type': Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json', ...headers },
        ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
      });
    return once().catch((fault: unknown) => {
      if (wasClosedIdle(fault)) return once();
      throw fault;
    });
  }

  /** @throws Refused when the answer is not a success. */
  async json<Answer = Json>(method: string, path: string, body?: Json | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await this.send(method, path, body, headers);
    const text = await response.text();
    const read = text === '' ? {} : (JSON.parse(text) as Json);
    if (!response.ok) throw new Refused(response.status, String(read['code']), read);
    return read as Answer;
  }
}

/** By its text: what fetch throws is no `Error` of the world that a test runs in. */
function wasClosedIdle(fault: unknown): boolean {
  const { cause } = fault as { readonly cause?: { readonly message?: unknown } };
  return cause?.message === 'other side closed';
}

/** Makes a company; companies of one network share nothing. @returns the bearer of its owner, signed in. */
export async function foundCompany(network: Pick<Network, 'address' | 'environment'>, kind = 'STANDARD'): Promise<string> {
  const unique = randomUUID();
  const email = `owner-${unique}@firm.test`;
  const password = `password-${unique}`;
  const installation = new RestSession(network, network.environment()['CASELEDGER_INSTALLATION_KEY'] ?? '');
  await installation.json('POST', '/api/companies', { name: `Firm ${unique}`, kind, ownerName: 'Olga Owner', ownerEmail: email, ownerPassword: password });
  return signedIn(network, email, password);
}

/** @returns the bearer of a session. @throws Refused */
export async function signedIn(network: Pick<Network, 'address'>, email: string, password: string): Promise<string> {
  const { session } = await new RestSession(network, '').json('POST', '/api/sign-in', { email, password });
  return String(session);
}
