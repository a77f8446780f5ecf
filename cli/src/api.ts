import { CliError, EXIT, Unreachable } from './cli-error.js';
import type { Connection } from './config.js';

export type Json = Record<string, unknown>;

interface CallOptions {
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

/** The gateway, over REST and GraphQL, as the signed-in user. */
export class Api {
  constructor(private readonly connection: Connection) {}

  get address(): string {
    return this.connection.address;
  }

  get bearer(): string {
    return this.connection.bearer;
  }

  get(path: string): Promise<Json> {
    return this.json('GET', path, {});
  }

  post(path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<Json> {
    return this.json('POST', path, { body, headers });
  }

  put(path: string, bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Json> {
    return this.json('PUT', path, { bytes, headers, deadlineMs: 600_000 });
  }

  patch(path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Json> {
    return this.json('PATCH', path, { body, headers });
  }

  /** A download as it arrives. */
  async stream(path: string): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.send('GET', path, { deadlineMs: 3_600_000 });
    if (response.body === null) throw new CliError('NOT_FOUND', 'The answer was empty.');
    return response.body as unknown as AsyncIterable<Uint8Array>;
  }

  /** One GraphQL operation; expected refusals are in the payload, anything else throws. */
  async graphql(query: string, variables: Json = {}): Promise<Json> {
    const answer = await this.json('POST', '/graphql', { body: { query, variables } });
    const errors = answer['errors'];
    if (Array.isArray(errors) && errors.length > 0) throw graphqlFault(errors[0]);
    return answer['data'] as Json;
  }

  private async json(method: string, path: string, options: CallOptions): Promise<Json> {
    const response = await this.send(method, path, options);
    const text = await response.text();
    return text === '' ? {} : (JSON.parse(text) as Json);
  }

  private async send(method: string, path: string, { body, bytes, headers = {}, deadlineMs = 60_000 }: CallOptions): Promise<Response> {
    const sent = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
    let response: Response;
    try {
      response = await fetch(new URL(path, this.connection.address), {
        method,
        signal: AbortSignal.timeout(deadlineMs),
        headers: {
          authorization: `Bearer ${this.connection.bearer}`,
          ...(bytes === undefined ? { 'content-type': 'application/json' } : { 'content-type': 'application/octet-stream' }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
    } catch (cause) {
      throw unreachable(this.connection.address, cause);
    }
    if (response.ok) return response;
    throw this.told(await problem(response));
  }

  /** A bearer that no longer counts, such as a login kept since before `npm start -- --fresh`, is told with what helps. */
  private told(fault: CliError): CliError {
    const { address, bearer } = this.connection;
    if (fault.code !== 'UNAUTHENTICATED' || bearer === '') return fault;
    return new CliError(fault.code, `The login or key does not count at ${address}: caseledger login signs in anew, caseledger logout forgets a login. A key in CASELEDGER_KEY goes before both.`, fault.exit);
  }
}

function unreachable(address: string, cause: unknown): CliError {
  if (cause instanceof Error && cause.name === 'TimeoutError') return new Unreachable(`No answer from ${address} in time.`);
  return new Unreachable(`Nothing answers at ${address}. Start it with "npm start", or set CASELEDGER_ADDRESS.`);
}

/** The first error of a GraphQL answer, whatever the status it came with. */
function graphqlFault(error: unknown): CliError {
  const { message, extensions } = (error ?? {}) as { message?: string; extensions?: { code?: string } };
  return new CliError(extensions?.code ?? 'INTERNAL_ERROR', message ?? 'The request failed.');
}

/** The gateway's problem document as an error of the command line. */
async function problem(response: Response): Promise<CliError> {
  const text = await response.text();
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    read = undefined;
  }
  if (typeof read === 'object' && read !== null && !('code' in read) && 'errors' in read && Array.isArray(read.errors)) return graphqlFault(read.errors[0]);
  if (typeof read !== 'object' || read === null || !('code' in read)) return new CliError(null, `The server answered ${response.status}.`);
  const { code, detail, errors } = read as { code: string; detail?: string; errors?: { field: string; code: string; message: string }[] };
  return new CliError(code, detail ?? code, EXIT.refused, errors ?? []);
}
