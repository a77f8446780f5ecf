import { BinaryReader } from '@bufbuild/protobuf/wire';

/** Longer texts are read as the library does: few of them come twice. */
const SHORT_MAX = 32;
const KNOWN_MAX = 1_024;
const ASCII_MAX = 0x7f;
const HASH_FACTOR = 31;

/**
 * Reads many messages that lie in one piece of memory, in place. Names of fields, codes, cities come in nearly every
 * message: a text that was read before is given back as the same string, which costs neither memory nor a hash when it
 * is looked up in a map.
 */
export class MessageReader extends BinaryReader {
  /** Texts read before, by their hash; a later one takes an earlier one's place. */
  private readonly known: (string | undefined)[] = new Array<string | undefined>(KNOWN_MAX);

  constructor(private readonly memory: Buffer) {
    super(memory);
  }

  /** The message of so many bytes that begins here. */
  message<T>(start: number, bytes: number, decode: (reader: MessageReader, bytes: number) => T): T {
    this.pos = start;
    const message = decode(this, bytes);
    if (this.pos !== start + bytes) throw new Error('The message ends elsewhere than it said');
    return message;
  }

  override string(strict?: boolean): string {
    const before = this.pos;
    const bytes = this.uint32();
    const start = this.pos;
    const hash = bytes > SHORT_MAX || start + bytes > this.len ? undefined : this.hashOf(start, bytes);
    if (hash === undefined) {
      this.pos = before;
      return super.string(strict);
    }
    this.pos = start + bytes;
    const known = this.known[hash];
    if (known?.length === bytes && this.isAt(known, start)) return known;
    const text = this.memory.toString('latin1', start, start + bytes);
    this.known[hash] = text;
    return text;
  }

  /** Undefined where a letter is not ASCII. */
  private hashOf(start: number, bytes: number): number | undefined {
    let hash = bytes;
    for (let at = start; at < start + bytes; at += 1) {
      const byte = this.memory[at] ?? 0;
      if (byte > ASCII_MAX) return undefined;
      hash = (Math.imul(hash, HASH_FACTOR) + byte) | 0;
    }
    return (hash ^ (hash >>> 16)) & (KNOWN_MAX - 1);
  }

  private isAt(text: string, start: number): boolean {
    for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== this.memory[start + at]) return false;
    return true;
  }
}
