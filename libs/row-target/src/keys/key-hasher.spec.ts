import { createHmac, randomBytes } from 'node:crypto';
import { deriveKey } from '@caseledger/event-store';
import fc from 'fast-check';
import { KeyHasher } from './key-hasher.js';

const TENANT = '6f0d7f5e-3a54-4b0e-8f59-3c1f6f3f9c11';
const OTHER = '0b6c2f0a-6a0f-4f6b-9a3e-5a9d1a2b3c4d';

describe('KeyHasher', () => {
  it('gives the first half of the HMAC-SHA-256 of a text with the pepper of the company', () => {
    const master = randomBytes(32);
    const hasher = new KeyHasher(master);
    const pepper = deriveKey(master, 'match-key', TENANT);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 700 }), fc.string({ unit: 'binary', maxLength: 80 })), (text) => {
        const expected = createHmac('sha256', pepper).update(text).digest('hex').slice(0, 32);
        expect(hasher.hashText(TENANT, text).replaceAll('-', '')).toBe(expected);
      }),
    );
  });

  it('gives one key to each company, whoever asked before', () => {
    const hasher = new KeyHasher(randomBytes(32));
    const first = hasher.hash(TENANT, { kind: 'EMAIL', value: 'ana@kestrel-mail.net' });
    expect(hasher.hash(OTHER, { kind: 'EMAIL', value: 'ana@kestrel-mail.net' })).not.toBe(first);
    expect(hasher.hash(TENANT, { kind: 'EMAIL', value: 'ana@kestrel-mail.net' })).toBe(first);
    expect(hasher.hash(TENANT, { kind: 'PHONE', value: 'ana@kestrel-mail.net' })).not.toBe(first);
  });
});
