import { randomUUID } from 'node:crypto';
import type { Caller } from '../authenticator.js';
import type { GraphqlContext } from './graphql-context.js';
import { makeLoaders } from './loaders.js';

/** The context of one request, or of one operation of a socket. */
export function makeContext({ viewer, services, stillSignedIn }: Caller): GraphqlContext {
  return { requestId: randomUUID(), viewer, services, loaders: makeLoaders(services), stillSignedIn };
}
