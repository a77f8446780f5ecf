import { isUuid } from '@caseledger/event-store';
import { SignJWT, jwtVerify } from 'jose';

const ISSUER = 'caseledger';
const AUDIENCE = 'caseledger:session';

/** What a bearer of a session says; whether the session still stands is the database's to tell. */
export interface SessionClaims {
  readonly tenant: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** The bearer of a session (HS256). @param secret known to accounts alone */
export function signSession(secret: string, claims: SessionClaims, expiresAtMs: number, nowMs: number): Promise<string> {
  return new SignJWT({ tenant: claims.tenant })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(claims.userId)
    .setJti(claims.sessionId)
    .setIssuedAt(Math.floor(nowMs / 1000))
    .setExpirationTime(Math.floor(expiresAtMs / 1000))
    .sign(new TextEncoder().encode(secret));
}

/** Undefined for anything that is no live session of ours. */
export async function readSessionToken(secret: string, token: string): Promise<SessionClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
    });
    const { tenant, sub, jti } = payload;
    if (typeof tenant !== 'string' || typeof sub !== 'string' || typeof jti !== 'string') return undefined;
    return isUuid(tenant) && isUuid(jti) ? { tenant, userId: sub, sessionId: jti } : undefined;
  } catch {
    return undefined;
  }
}
