import { unauthenticated } from '@caseledger/errors';
import { Admission } from './admission.js';
import type { Authenticator, Caller } from './authenticator.js';

const PER_MINUTE = 3;

/** Bearers and the user or key each belongs to; `asked` lists those that accounts was asked about. */
function admissionOver(owners: Map<string, string>): { admission: Admission; asked: string[] } {
  const asked: string[] = [];
  const authenticator: Pick<Authenticator, 'authenticate' | 'isInstallation'> = {
    isInstallation: (bearer) => bearer === 'installation',
    authenticate: async (bearer) => {
      asked.push(bearer ?? '');
      const limitKey = owners.get(bearer ?? '');
      if (limitKey === undefined) throw unauthenticated();
      return { limitKey } as Caller;
    },
  };
  return { admission: new Admission(authenticator as Authenticator, { requestsPerMinute: PER_MINUTE }), asked };
}

const times = <T>(n: number, act: () => Promise<T>): Promise<PromiseSettledResult<T>[]> => Promise.allSettled(Array.from({ length: n }, act));
const over = { code: 'RATE_LIMITED', params: { seconds: expect.any(Number) } };

describe('requests a minute (RST-005)', () => {
  it('are counted per user, however many sign-ins they come with', async () => {
    const { admission } = admissionOver(new Map([['one', 'ana'], ['two', 'ana'], ['three', 'noah']]));
    await times(2, () => admission.admit('one', 'a'));
    await admission.admit('two', 'b');
    await expect(admission.admit('two', 'b')).rejects.toMatchObject(over);
    await expect(admission.admit('one', 'a')).rejects.toMatchObject(over);
    expect((await admission.admit('three', 'a')).limitKey).toBe('noah');
  });

  it('are refused over the limit before accounts is asked', async () => {
    const { admission, asked } = admissionOver(new Map([['one', 'ana']]));
    await times(PER_MINUTE, () => admission.admit('one', 'a'));
    const before = asked.length;
    await expect(admission.admit('one', 'a')).rejects.toMatchObject(over);
    expect(asked).toHaveLength(before);
  });

  it('are counted per address for bearers that nobody has, in whatever number', async () => {
    const { admission, asked } = admissionOver(new Map([['one', 'ana']]));
    await admission.admit('one', 'a');
    for (let n = 0; n < PER_MINUTE; n += 1) await expect(admission.admit(`guess ${n}`, 'a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(admission.admit('guess more', 'a')).rejects.toMatchObject(over);
    const before = asked.length;
    await expect(admission.admit('guess again', 'a')).rejects.toMatchObject(over);
    expect(asked).toHaveLength(before);
    // Whoever is signed in at that address goes on, and so does every other address.
    expect((await admission.admit('one', 'a')).limitKey).toBe('ana');
    await expect(admission.admit('guess', 'b')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('without a bearer are counted per address, by themselves', async () => {
    const { admission } = admissionOver(new Map([['one', 'ana']]));
    for (let n = 0; n < PER_MINUTE; n += 1) await expect(admission.admit(undefined, 'a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(admission.admit(undefined, 'a')).rejects.toMatchObject(over);
    expect((await admission.admit('one', 'a')).limitKey).toBe('ana');
  });

  it('a bearer that was revoked is out at once, and the installation’s own key is no guess', async () => {
    const owners = new Map([['one', 'ana']]);
    const { admission, asked } = admissionOver(owners);
    await admission.admit('one', 'a');
    owners.clear();
    await expect(admission.admit('one', 'a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await times(PER_MINUTE, () => admission.admit('installation', 'b'));
    await expect(admission.admit('guess', 'b')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(asked).not.toContain('installation');
  });
});
