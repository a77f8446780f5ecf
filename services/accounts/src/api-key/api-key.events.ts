import type { Fact } from '@caseledger/event-store';

export type ApiKeyEvent =
  | Fact<
      'ApiKeyCreated',
      {
        readonly userId: string;
        readonly name: string;
        /** Permissions the key may use of those its user has. */
        readonly scopes: readonly string[];
        /** SHA-256 of the secret, hexadecimal; the secret is 32 random bytes, so nothing slower is needed. */
        readonly secretHash: string;
        /** Milliseconds since 1970; absent when it does not expire. */
        readonly expiresAtMs?: number;
      }
    >
  /** At most one an hour. */
  | Fact<'ApiKeyUsed', { readonly userId: string }>
  | Fact<'ApiKeyRevoked', { readonly userId: string }>;
