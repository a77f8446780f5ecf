import { validation } from '@caseledger/errors';
import type { TabularLimits } from './file.limits.js';
import type { XlsxArchive } from './xlsx.archive.js';
import { decodeEscapes } from './xlsx.values.js';
import { decodeXmlText, XmlScanner, type XmlHandler } from './xml.scanner.js';

const SLAB_BYTES = 1024 * 1024;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * A workbook's table of strings, packed as UTF-8: a million short strings take their bytes and four more each,
 * outside of the heap, and none keeps the part it was cut from alive.
 */
export class SharedStrings {
  private readonly slabs: Buffer[] = [];
  private slab: Buffer = Buffer.alloc(0);
  private used = 0;
  private bytes = 0;
  /** Slab and place in it, of each string: two numbers. */
  private places = new Uint32Array(2_048);
  private lengths = new Uint32Array(1_024);
  private count = 0;
  /** UTF-8 cannot hold half of a surrogate pair; a string that does is rare and kept as it is. */
  private readonly unpackable = new Map<number, string>();

  constructor(private readonly bytesMax: number) {}

  add(text: string): void {
    if (LONE_SURROGATE.test(text)) this.unpackable.set(this.count, text);
    const length = Buffer.byteLength(text);
    this.bytes += length + 12;
    if (this.bytes > this.bytesMax) throw validation('FILE_UNPACKED_TOO_LARGE', { limit: `${Math.round(this.bytesMax / 1024 ** 2)} MB of text` });
    if (this.used + length > this.slab.length) {
      this.slab = Buffer.alloc(Math.max(SLAB_BYTES, length));
      this.slabs.push(this.slab);
      this.used = 0;
    }
    this.slab.write(text, this.used, 'utf8');
    if (this.count === this.lengths.length) this.grow();
    this.places[this.count * 2] = this.slabs.length - 1;
    this.places[this.count * 2 + 1] = this.used;
    this.lengths[this.count] = length;
    this.used += length;
    this.count += 1;
  }

  /** The string of this number; undefined if the table has none. */
  at(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) return undefined;
    const start = this.places[index * 2 + 1] ?? 0;
    const slab = this.slabs[this.places[index * 2] ?? 0];
    if (this.unpackable.size > 0 && this.unpackable.has(index)) return this.unpackable.get(index);
    return slab?.toString('utf8', start, start + (this.lengths[index] ?? 0)) ?? '';
  }

  private grow(): void {
    const places = new Uint32Array(this.places.length * 2);
    places.set(this.places);
    this.places = places;
    const lengths = new Uint32Array(this.lengths.length * 2);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
}

/** Reads the table of strings. Throws `FILE_CORRUPT`, `FILE_UNPACKED_TOO_LARGE`. */
export async function readSharedStrings(archive: XlsxArchive, part: string | undefined, limits: TabularLimits): Promise<SharedStrings> {
  const strings = new SharedStrings(limits.sharedStringBytesMax);
  if (part === undefined || !archive.has(part)) return strings;
  const scanner = new XmlScanner(new StringsHandler(strings), part);
  for await (const text of archive.text(part)) scanner.push(text);
  scanner.end();
  return strings;
}

class StringsHandler implements XmlHandler {
  private readonly runs = new TextRuns();

  constructor(private readonly strings: SharedStrings) {}

  get capturing(): boolean {
    return this.runs.capturing;
  }

  open(name: string): void {
    if (name === 'si') this.runs.begin();
    else this.runs.open(name);
  }

  close(name: string): void {
    if (name === 'si') this.strings.add(this.runs.take());
    else this.runs.close(name);
  }

  text(raw: string, isLiteral: boolean): void {
    this.runs.text(raw, isLiteral);
  }
}

/** The text of `<si>` or `<is>`: that of its `<t>` elements, rich runs joined, phonetic ones left out. */
export class TextRuns {
  capturing = false;
  private collected = '';
  private isPhonetic = false;

  begin(): void {
    this.collected = '';
    this.isPhonetic = false;
    this.capturing = false;
  }

  open(name: string): void {
    if (name === 't') this.capturing = !this.isPhonetic;
    else if (name === 'rPh') this.isPhonetic = true;
  }

  close(name: string): void {
    if (name === 't') this.capturing = false;
    else if (name === 'rPh') this.isPhonetic = false;
  }

  text(raw: string, isLiteral: boolean): void {
    this.collected += decodeXmlText(raw, isLiteral);
  }

  take(): string {
    return decodeEscapes(this.collected);
  }
}
