import { unauthenticated } from '@caseledger/errors';
import { SignJWT, jwtVerify } from 'jose';

const ISSUER = 'caseledger';
const AUDIENCE = 'caseledger:services';
const LIFE_MS_MAX = 60_000;
const CLOCK_TOLERANCE_S = 5;

/** Who makes a call, as every service checks it (SEC-002). */
export interface CallContext {
  /** A person (or a key that acts as one), or another service of the installation. */
  readonly kind: 'user' | 'service';
  /** The company; empty for a service that acts for none. */
  readonly tenant: string;
  /** The user's id, or the service's name. */
  readonly subject: string;
  readonly roles: readonly string[];
  /** Grants of SEC-010, such as `imports.run` or `imports.revert:own`. */
  readonly permissions: readonly string[];
  /** The key the user acts through. */
  readonly apiKeyId?: string;
}

/**
 * The context as a signed text that is good for at most 60 s (HS256).
 * @param secret shared by all services, at least 32 characters
 */
export async function signContext(secret: string, context: CallContext, o: { lifeMs?: number; now?: Date } = {}): Promise<string> {
  const nowS = Math.floor((o.now ?? new Date()).getTime() / 1000);
  const lifeS = Math.floor(Math.min(o.lifeMs ?? LIFE_MS_MAX, LIFE_MS_MAX) / 1000);
  const { kind, tenant, roles, permissions, apiKeyId } = context;
  return new SignJWT({ kind, tenant, roles, permissions, ...(apiKeyId === undefined ? {} : { apiKeyId }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(context.subject)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + lifeS)
    .sign(bytesOf(secret));
}

/** The context of a service that acts for itself, or for one company. */
export function signServiceContext(secret: string, service: string, tenant = ''): Promise<string> {
  return signContext(secret, { kind: 'service', tenant, subject: service, roles: [], permissions: [] });
}

/** @throws DomainError UNAUTHENTICATED for anything forged, expired, longer lived than 60 s, or meant for others. */
export async function verifyContext(secret: string, signed: string, o: { now?: Date } = {}): Promise<CallContext> {
  try {
    const { payload } = await jwtVerify(signed, bytesOf(secret), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'iat', 'exp'],
      maxTokenAge: LIFE_MS_MAX / 1000,
      clockTolerance: CLOCK_TOLERANCE_S,
      ...(o.now === undefined ? {} : { currentDate: o.now }),
    });
    return contextOf(payload);
  } catch {
    throw unauthenticated();
  }
}

function contextOf(payload: Readonly<Record<string, unknown>>): CallContext {
  const { kind, tenant, sub, roles, permissions, apiKeyId } = payload;
  if (kind !== 'user' && kind !== 'service') throw unauthenticated();
  if (typeof tenant !== 'string' || typeof sub !== 'string' || sub === '') throw unauthenticated();
  if (kind === 'user' && tenant === '') throw unauthenticated();
  return {
    kind,
    tenant,
    subject: sub,
    roles: texts(roles),
    permissions: texts(permissions),
    ...(typeof apiKeyId === 'string' ? { apiKeyId } : {}),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function bytesOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
