import fc from 'fast-check';
import { canonicalBytes, canonicalJson } from './canonical-json.js';
import { chainLink, contentHash, type BatchHeader, type EventRow } from './content-hash.js';
import { EventCatalog } from './event-catalog.js';
import { personKey } from './keys.js';
import { openPersonal, sealPersonal, subjectOf } from './person-seal.js';
import { pgArray } from './pg-array.js';
import { UnknownEvent } from './store-errors.js';
import { uuid7 } from './ids.js';

describe('upcasting', () => {
  // Golden events: what earlier versions of a program wrote, and what this one makes of them.
  const catalog = new EventCatalog([
    {
      type: 'PersonAdded',
      schemaVersion: 3,
      personal: ['firstName', 'lastName'],
      upcasts: {
        1: ({ name, ...rest }) => {
          const [firstName = '', ...others] = typeof name === 'string' ? name.split(' ') : [];
          return typeof name === 'string' ? { ...rest, firstName, lastName: others.join(' ') } : rest;
        },
        2: (data) => ({ kind: 'INDIVIDUAL', ...data }),
      },
    },
  ]);

  it.each([
    [1, { name: 'Ada King Noel' }, { kind: 'INDIVIDUAL', firstName: 'Ada', lastName: 'King Noel' }],
    [1, {}, { kind: 'INDIVIDUAL' }],
    [2, { firstName: 'Ada', lastName: 'King' }, { kind: 'INDIVIDUAL', firstName: 'Ada', lastName: 'King' }],
    [3, { firstName: 'Ada', lastName: 'King', kind: 'COMPANY' }, { firstName: 'Ada', lastName: 'King', kind: 'COMPANY' }],
  ])('version %i of %j', (version, data, present) => {
    expect(catalog.upcast('PersonAdded', version, data)).toEqual({ schemaVersion: 3, data: present });
  });

  it('stops at a version of the future and at an unknown type, instead of guessing', () => {
    expect(() => catalog.upcast('PersonAdded', 4, {})).toThrow(UnknownEvent);
    expect(() => catalog.upcast('PersonVanished', 1, {})).toThrow(UnknownEvent);
  });

  it('separates what is personal from what is not', () => {
    expect(catalog.split('PersonAdded', { lastName: 'King', kind: 'X', firstName: undefined })).toEqual({
      clear: Buffer.from('{"kind":"X"}'),
      personal: Buffer.from('{"lastName":"King"}'),
    });
    expect(catalog.split('PersonAdded', { kind: 'X' })).toEqual({ clear: Buffer.from('{"kind":"X"}') });
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys, and reads back as JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] })).toBe('{"a":[{"c":2,"d":1}],"b":1}');
  });

  it('writes the same bytes whatever the length and the letters of texts and the number of keys', () => {
    const units = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(fc.dictionary(units, fc.oneof(units, fc.double(), fc.constant(undefined)), { maxKeys: 40 }), (value) => {
        const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
        // Keys that are whole numbers come first in any object of JavaScript.
        fc.pre(Object.keys(sorted).every((key, at, keys) => at === 0 || (keys[at - 1] ?? '') < key));
        expect(canonicalBytes(value).toString()).toBe(JSON.stringify(sorted));
      }),
    );
    const pieces = Array.from({ length: 2_000 }, (_, at) => ({ at, text: 'ä"x'.repeat(at % 60) }));
    const written = pieces.map((piece) => canonicalBytes(piece));
    expect(written.map((bytes) => bytes.toString())).toEqual(pieces.map((piece) => JSON.stringify(piece)));
  });

  it('goes on after a value that cannot be written', () => {
    expect(() => canonicalJson({ a: 1n })).toThrow(TypeError);
    expect(canonicalJson({ b: [() => 1, null] })).toBe('{"b":[null,null]}');
  });

  it('leaves out what is undefined, writes dates, and takes no key for special', () => {
    expect(canonicalJson({ a: undefined, at: new Date(0), list: [undefined] })).toBe('{"at":"1970-01-01T00:00:00.000Z","list":[null]}');
    expect(canonicalJson(JSON.parse('{"__proto__":1,"constructor":2}'))).toBe('{"__proto__":1,"constructor":2}');
  });
});

describe('the hash of a batch', () => {
  const header: BatchHeader = {
    tenant: '11111111-1111-4111-8111-111111111111',
    shard: 0,
    sourceKind: 'import',
    sourceId: 'x',
    actor: null,
    correlation: null,
    causation: null,
    traceparent: null,
    atMs: 1_700_000_000_000,
  };
  const event: EventRow = {
    stream: '22222222-2222-4222-8222-222222222222',
    category: 'person',
    version: 1,
    eventId: '33333333-3333-4333-8333-333333333333',
    type: 'PersonAdded',
    schemaVersion: 1,
    data: '{"a":1}',
    pii: Buffer.from('sealed'),
    meta: '{}',
  };

  it('stays what it was: logs already written are verified by it', () => {
    // Computed by a program of its own from the encoding's description.
    expect(contentHash(header, [event]).toString('hex')).toBe('45092c17ef659260fb6844875ef800ab9b7a6013f4041e7a096f6307149d052a');
    expect(chainLink(Buffer.alloc(32), 1, 1, 1, contentHash(header, [event])).toString('hex')).toBe('d7da3ead5f634bd3f42cf7c9bd1fe66ecc6aba7f1b1bf0d5e6d1ef5ffdbc790d');
  });

  it('changes with every part, and parts do not run together', () => {
    const variants: [BatchHeader, EventRow[]][] = [
      [header, [event]],
      [{ ...header, actor: 'x', sourceId: null }, [event]],
      [{ ...header, sourceId: '' }, [event]],
      [{ ...header, atMs: header.atMs + 1 }, [event]],
      [header, [event, event]],
      [header, [{ ...event, type: 'PersonAdde', category: 'dperson' }]],
      [header, [{ ...event, pii: null }]],
      [header, [{ ...event, pii: Buffer.alloc(0) }]],
      [header, [{ ...event, pii: null, meta: '{"a":1}' }]],
      [header, [{ ...event, data: `{"a":"${'x'.repeat(100_000)}"}` }]],
      [header, [{ ...event, pii: Buffer.alloc(100_000) }]],
    ];
    const bytes = { ...event, data: Buffer.from('{"a":1}'), meta: Buffer.from('{}') };
    expect(contentHash(header, [bytes]).equals(contentHash(header, [event]))).toBe(true);
    expect(new Set(variants.map(([h, e]) => contentHash(h, e).toString('hex'))).size).toBe(variants.length);
  });
});

describe('sealed personal data', () => {
  const key = personKey(Buffer.alloc(32, 1), Buffer.alloc(16, 2));
  const place = { tenant: uuid7(), stream: uuid7(), version: 3, eventId: uuid7() };

  it('open at their own place, with their own key, unchanged, and nowhere else', () => {
    const subject = uuid7();
    const sealed = sealPersonal(key, subject, place, Buffer.from('{"name":"Ada"}'));
    expect(subjectOf(sealed, place.stream)).toBe(subject);
    expect(openPersonal(key, place, sealed)).toBe('{"name":"Ada"}');
    const others = [{ tenant: uuid7() }, { stream: uuid7() }, { version: 4 }, { eventId: uuid7() }];
    for (const other of others) expect(() => openPersonal(key, { ...place, ...other }, sealed)).toThrow();
    expect(() => openPersonal(personKey(Buffer.alloc(32, 1), Buffer.alloc(16, 3)), place, sealed)).toThrow();
    for (let at = 17; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => openPersonal(key, place, changed)).toThrow();
    }
  });

  it('are never sealed twice alike', () => {
    const texts = Array.from({ length: 2_000 }, () => sealPersonal(key, place.stream, place, Buffer.from('{}')).toString('hex'));
    expect(new Set(texts).size).toBe(texts.length);
    expect(subjectOf(Buffer.from(texts[0] ?? '', 'hex'), place.stream)).toBe(place.stream);
  });
});

describe('binary arrays', () => {
  it('refuse what is no uuid', () => {
    for (const text of ['', 'x', '11111111-1111-4111-8111-11111111111', '11111111-1111-4111-8111-1111111111111', 'g1111111-1111-4111-8111-111111111111']) {
      expect(() => pgArray('uuid', [text])).toThrow('uuid');
    }
  });
});
