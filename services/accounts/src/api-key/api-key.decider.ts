import type { ApiKeyEvent } from './api-key.events.js';
import { refuse } from './api-key.refusals.js';

const USED_EVERY_MS = 3_600_000;

export type ApiKey =
  | { readonly status: 'None' }
  | { readonly status: 'Live' | 'Revoked'; readonly userId: string };

export const initialApiKey: ApiKey = { status: 'None' };

export interface CreateApiKey {
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Permissions the user has in any reach: a key never opens more than its user may. */
  readonly allowed: readonly string[];
  readonly secretHash: string;
  readonly expiresAtMs?: number;
  readonly nowMs: number;
}

export function createApiKey(command: CreateApiKey): ApiKeyEvent[] {
  const { userId, name, scopes, allowed, secretHash, expiresAtMs, nowMs } = command;
  if (name === '') throw refuse.required('name');
  if (scopes.length === 0) throw refuse.required('scopes');
  if (scopes.some((scope) => !allowed.includes(scope))) throw refuse.scopeBeyondUser();
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) throw refuse.expiresInThePast(expiresAtMs, nowMs);
  return [{ type: 'ApiKeyCreated', data: { userId, name, scopes, secretHash, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) } }];
}

export function revokeApiKey(state: ApiKey): ApiKeyEvent[] {
  if (state.status === 'None') throw refuse.unknown();
  return state.status === 'Revoked' ? [] : [{ type: 'ApiKeyRevoked', data: { userId: state.userId } }];
}

/** Use is a fact once an hour: every call of a script would be too much to keep for ever. */
export function useApiKey(lastUsedAtMs: number | undefined, nowMs: number, state: ApiKey): ApiKeyEvent[] {
  if (state.status !== 'Live') return [];
  const isRecent = lastUsedAtMs !== undefined && nowMs - lastUsedAtMs < USED_EVERY_MS;
  return isRecent ? [] : [{ type: 'ApiKeyUsed', data: { userId: state.userId } }];
}

export function evolveApiKey(state: ApiKey, event: ApiKeyEvent): ApiKey {
  if (event.type === 'ApiKeyCreated') return { status: 'Live', userId: event.data.userId };
  return event.type === 'ApiKeyRevoked' ? { status: 'Revoked', userId: event.data.userId } : state;
}
