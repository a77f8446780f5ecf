import { Passwords } from './password.js';

const passwords = new Passwords(4);

describe('a password', () => {
  it('matches its own hash and no other', async () => {
    const hash = await passwords.hash('correct horse battery');
    expect(hash).toMatch(/^scrypt\$4\$8\$1\$/);
    expect(await passwords.matches('correct horse battery', hash)).toBe(true);
    expect(await passwords.matches('correct horse batterz', hash)).toBe(false);
    expect(await passwords.hash('correct horse battery')).not.toBe(hash);
  });

  it('typed with another keyboard is the same one', async () => {
    expect(await passwords.matches('cafe\u0301 au lait', await passwords.hash('caf\u00e9 au lait'))).toBe(true);
  });

  it('of nobody matches nothing, after as much work', async () => {
    expect(await passwords.matches('anything', undefined)).toBe(false);
    expect(await passwords.matches('anything', 'not a hash')).toBe(false);
  });

  it('is not hashed a hundred times at once', async () => {
    const flood = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash('x')));
    const refused = flood.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(36);
    expect(refused[0]).toMatchObject({ reason: { code: 'RATE_LIMITED' } });
  });
});
