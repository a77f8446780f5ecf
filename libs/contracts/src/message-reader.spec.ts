import fc from 'fast-check';
import { MessageReader, targetsV1 } from './index.js';

const { RowValue } = targetsV1;

function read(values: readonly targetsV1.RowValue[]): targetsV1.RowValue[] {
  const messages = values.map((value) => RowValue.encode(value).finish());
  const reader = new MessageReader(Buffer.concat(messages));
  let start = 0;
  return messages.map(({ length }) => {
    start += length;
    return reader.message(start - length, length, RowValue.decode);
  });
}

describe('MessageReader', () => {
  it('reads what the library reads, whatever was read before', () => {
    // Few short texts, so that they come again; long ones and letters of other scripts beside them.
    const short = fc.stringMatching(/^[ab]{0,3}$/);
    const text = fc.oneof({ weight: 3, arbitrary: short }, fc.string({ unit: 'binary', maxLength: 50 }), fc.emailAddress());
    const value = fc.record({ field: text, text, original: text, column: fc.integer({ min: -1, max: 300 }), clear: fc.boolean(), derived: fc.boolean() });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const expected = values.map((each) => RowValue.decode(RowValue.encode(each).finish()));
        expect(read(values)).toEqual(expected);
      }),
    );
  });

  it('tells thousands of texts apart', () => {
    const values = Array.from({ length: 5_000 }, (_, at) => ({ field: 'city', text: `t${at}`, original: '', column: at, clear: false, derived: false }));
    expect(read([...values, ...values])).toEqual([...values, ...values]);
  });

  it('refuses a message that ends elsewhere than it said', () => {
    const bytes = Buffer.from(RowValue.encode(RowValue.decode(new Uint8Array())).finish());
    const longer = Buffer.concat([bytes, Buffer.from([0x0a, 0x05, 0x61])]);
    expect(() => new MessageReader(longer).message(0, longer.length, RowValue.decode)).toThrow();
    const two = Buffer.from([0x0a, 0x02, 0x61, 0x62]);
    expect(() => new MessageReader(two).message(0, 3, RowValue.decode)).toThrow('ends elsewhere');
  });
});
