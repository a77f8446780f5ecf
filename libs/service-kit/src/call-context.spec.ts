import { SignJWT } from 'jose';
import { signContext, signServiceContext, verifyContext, type CallContext } from './call-context.js';

const secret = 'a secret that all services share, long enough';
const caller: CallContext = { kind: 'user', tenant: 't1', subject: 'u1', roles: ['manager'], permissions: ['imports.run'], apiKeyId: 'k1' };
const now = new Date('2026-05-03T10:00:00Z');
const after = (ms: number): Date => new Date(now.getTime() + ms);
const refused = expect.objectContaining({ code: 'UNAUTHENTICATED' });

async function forged(change: (jwt: SignJWT) => SignJWT, claims: object = { kind: 'user', tenant: 't1', roles: [], permissions: [] }): Promise<string> {
  const jwt = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).setIssuer('caseledger').setAudience('caseledger:services').setSubject('u1');
  return change(jwt.setIssuedAt(now.getTime() / 1000).setExpirationTime(now.getTime() / 1000 + 60)).sign(new TextEncoder().encode(secret));
}

describe('a signed context', () => {
  it('comes back as it was signed', async () => {
    expect(await verifyContext(secret, await signContext(secret, caller, { now }), { now: after(59_000) })).toEqual(caller);
    expect(await verifyContext(secret, await signServiceContext(secret, 'imports'))).toMatchObject({ kind: 'service', tenant: '', subject: 'imports' });
  });

  it('is refused after its 60 s, however long it was asked to live', async () => {
    const signed = await signContext(secret, caller, { now, lifeMs: 3_600_000 });
    await expect(verifyContext(secret, signed, { now: after(66_000) })).rejects.toEqual(refused);
  });

  it('is refused when forged, changed, unsigned, or meant for others (T3)', async () => {
    const signed = await signContext(secret, caller, { now });
    const [head = '', body = '', seal = ''] = signed.split('.');
    const richer = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), tenant: 't2' })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const wrong of [
      await signContext('another secret that is also long enough', caller, { now }),
      `${head}.${richer}.${seal}`,
      `${unsigned}.${body}.`,
      await forged((jwt) => jwt.setAudience('somewhere else')),
      await forged((jwt) => jwt.setExpirationTime(now.getTime() / 1000 + 86_400).setIssuedAt(now.getTime() / 1000 - 3_600)),
      await forged((jwt) => jwt, { kind: 'user', tenant: '', roles: [], permissions: [] }),
      await forged((jwt) => jwt, { kind: 'root', tenant: 't1' }),
      'rubbish',
      '',
    ]) {
      await expect(verifyContext(secret, wrong, { now })).rejects.toEqual(refused);
    }
  });
});
