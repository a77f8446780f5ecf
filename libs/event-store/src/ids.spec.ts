import { hkdfSync, randomBytes } from 'node:crypto';
import { isUuid, uuid7, uuid8 } from './ids.js';
import { deriveKey, personKey } from './keys.js';
import { murmur2 } from './murmur2.js';

describe('uuid8', () => {
  it('follows from its parts alone', () => {
    expect(uuid8('tenant', 'import', '7', 'client')).toBe(uuid8('tenant', 'import', '7', 'client'));
    expect(isUuid(uuid8('a'))).toBe(true);
    expect(uuid8('a')[14]).toBe('8');
  });

  it('tells lists apart whose parts run together', () => {
    const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['a', 'b', 'c']];
    expect(new Set(lists.map((parts) => uuid8(...parts))).size).toBe(lists.length);
  });

  it('stays what it was: records already stored are found by it', () => {
    expect(uuid8('caseledger', 'row', '1')).toBe('050f0805-7c70-8fcf-ab06-c076c9a67988');
  });
});

describe('uuid7', () => {
  it('is ordered by time', () => {
    const before = uuid7();
    expect(isUuid(before)).toBe(true);
    expect(before[14]).toBe('7');
    expect(parseInt(before.replaceAll('-', '').slice(0, 12), 16)).toBeLessThanOrEqual(Date.now());
  });
});

describe('murmur2', () => {
  // Vectors of Kafka's own client tests, after toPositive.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %p is what Kafka computes', (text, signed) => {
    expect(murmur2(text)).toBe(signed & 0x7fffffff);
  });
});

describe('keys', () => {
  it('differ by label, and labels do not run together', () => {
    const master = Buffer.alloc(32, 1);
    expect(deriveKey(master, 'a', 'b').equals(deriveKey(master, 'ab'))).toBe(false);
    expect(deriveKey(master, 'a').equals(deriveKey(master, 'a'))).toBe(true);
    expect(() => deriveKey(Buffer.alloc(16), 'a')).toThrow('16 bytes');
  });

  it('of a person are HKDF-SHA256 of the tenant key and the salt', () => {
    const tenant = randomBytes(32);
    const salt = randomBytes(16);
    const expected = Buffer.from(hkdfSync('sha256', tenant, salt, 'caseledger person', 32));
    expect(personKey(tenant, salt).equals(expected)).toBe(true);
  });
});
