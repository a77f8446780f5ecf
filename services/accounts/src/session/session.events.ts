import type { Fact } from '@caseledger/event-store';

/** `SignedIn` and `SignedOut` are facts of a session; `SignInFailed` is one of the user whose e-mail was given. */
export type SessionEvent =
  | Fact<'SignedIn', { readonly userId: string; readonly expiresAtMs: number }>
  | Fact<'SignedOut', { readonly userId: string }>
  | Fact<'SignInFailed', { readonly userId: string }>;
