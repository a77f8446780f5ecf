import fc from 'fast-check';
import { emailDomain, isReservedDomain, readEmails, sameEmail } from './index.js';

function codes(text: string): string[] {
  return readEmails(text).findings.map((finding) => finding.code);
}

describe('readEmails (NRM-020)', () => {
  const accepted: [string, string[], string[]][] = [
    [' Ana.Lee@Kestrel-Mail.NET ', ['Ana.Lee@kestrel-mail.net'], []],
    ['mailto:ana@kestrel-mail.net', ['ana@kestrel-mail.net'], []],
    ['Ana Lee <ana@kestrel-mail.net>', ['ana@kestrel-mail.net'], ['EMAIL_EXTRACTED']],
    ['"Lee, Ana" <ana@kestrel-mail.net>', ['ana@kestrel-mail.net'], ['EMAIL_EXTRACTED']],
    ['a@kestrel-mail.net; b@kestrel-mail.net', ['a@kestrel-mail.net', 'b@kestrel-mail.net'], ['CELL_SPLIT']],
    ['a@kestrel-mail.net b@kestrel-mail.net', ['a@kestrel-mail.net', 'b@kestrel-mail.net'], ['CELL_SPLIT']],
    ['a@kestrel-mail.net / b@kestrel-mail.net', ['a@kestrel-mail.net', 'b@kestrel-mail.net'], ['CELL_SPLIT']],
    ['a@kestrel-mail.net; A@KESTREL-MAIL.NET', ['a@kestrel-mail.net'], []],
    ["o'neil+case7@kestrel-mail.net", ["o'neil+case7@kestrel-mail.net"], []],
    ['josé@kestrel-mail.net', ['josé@kestrel-mail.net'], []],
    ['ana@müller-post.de', ['ana@müller-post.de'], []],
    ['ana@ｋｅｓｔｒｅｌ-mail.net', ['ana@kestrel-mail.net'], []],
    ['ana@gmial.com', ['ana@gmial.com'], ['EMAIL_DOMAIN_TYPO']],
    ['info@kestrel-mail.net', ['info@kestrel-mail.net'], ['EMAIL_ROLE']],
    ['ana@mailinator.com', ['ana@mailinator.com'], ['EMAIL_DISPOSABLE']],
    ['x@example.com', ['x@example.com'], []],
    ['', [], []],
    ['none', [], ['VALUE_PLACEHOLDER']],
    ['n/a', [], ['VALUE_PLACEHOLDER']],
    ['no email', [], ['VALUE_PLACEHOLDER']],
  ];

  it.each(accepted)('reads %p', (text, addresses, expected) => {
    expect(readEmails(text).value).toEqual(addresses);
    expect(codes(text)).toEqual(expected);
  });

  it.each([
    'ana@kestrel mail.net',
    'ana@',
    '@kestrel-mail.net',
    'www.kestrel.net',
    'ana@localhost',
    'ana@-kestrel.net',
    'ana..lee@kestrel-mail.net',
    '.ana@kestrel-mail.net',
    'ana@kestrel-mail.1',
    'ana@kestrel_mail.net',
    'ana@@kestrel-mail.net',
    `${'a'.repeat(65)}@kestrel-mail.net`,
    `a@${'b'.repeat(64)}.net`,
    'a@'.repeat(40_000),
  ])('refuses %.40p', (text) => {
    expect(readEmails(text).value).toEqual([]);
    expect(codes(text)).toEqual(['EMAIL_INVALID']);
  });

  it('offers the address without a full stop at the end', () => {
    expect(readEmails('ana@kestrel-mail.net.').findings).toEqual([
      { code: 'EMAIL_INVALID', params: { text: 'ana@kestrel-mail.net.' }, suggestion: 'ana@kestrel-mail.net' },
    ]);
  });

  it('suggests the domain of a slip, and leaves real neighbours alone', () => {
    expect(readEmails('ana@gmial.com').findings[0]?.suggestion).toBe('gmail.com');
    expect(readEmails('ana@hotmial.com').findings[0]?.suggestion).toBe('hotmail.com');
    expect(readEmails('ana@yaho.com').findings[0]?.suggestion).toBe('yahoo.com');
    for (const domain of ['ymail.com', 'gmail.com', 'email.com', 'kestrel-mail.net', 'yahoo.ca']) {
      expect(codes(`ana@${domain}`)).toEqual([]);
    }
  });

  it('is idempotent (NRM-031)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'grapheme' })), (text) => {
        for (const address of readEmails(text).value) expect(readEmails(address).value).toEqual([address]);
      }),
    );
  });
});

describe('domains', () => {
  it('knows the reserved ones (NRM-021)', () => {
    for (const domain of ['example.com', 'mail.example.org', 'host.invalid', 'a.test']) {
      expect(isReservedDomain(domain)).toBe(true);
    }
    for (const domain of ['kestrel-mail.net', 'myexample.com', 'testing.org']) {
      expect(isReservedDomain(domain)).toBe(false);
    }
  });

  it('compares addresses without regard to case', () => {
    expect(sameEmail('Ana@kestrel-mail.net', 'ana@kestrel-mail.net')).toBe(true);
    expect(emailDomain('ana@kestrel-mail.net')).toBe('kestrel-mail.net');
  });
});
