import { validation } from '@caseledger/errors';
import { invalidCharOf } from './cell.text.js';
import type { TabularLimits } from './file.limits.js';
import type { XlsxArchive } from './xlsx.archive.js';
import { decodeEscapes } from './xlsx.values.js';
import { decodeXmlText, XmlScanner, type XmlHandler } from './xml.scanner.js';

/** The second is what a beta of Excel 2007 wrote. */
const STRING_ITEMS = new Set(['si', 'sstItem']);
const PRESERVED = '<si><t xml:space="preserve">';
const GT = 62;
/** Characters of one text that are kept; the rest is counted. A cell of 32,767 is the most Excel writes. */
export const TEXT_KEPT_MAX = 8 * 1024 * 1024;
const SLAB_BYTES = 1024 * 1024;
/** Strings that repeat come early in the table; these are kept unpacked once they have been read. */
const UNPACKED_MAX = 32_768;
const UNPACKED_CHARS_MAX = 256;

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
  /** Strings with a character that cannot be stored, as they are: UTF-8 cannot hold half of a surrogate pair. */
  private readonly unpackable = new Map<number, string>();
  private readonly unpacked: (string | undefined)[] = [];
  /** Characters that were let go, of strings too long to be kept whole. */
  private readonly letGo = new Map<number, number>();

  constructor(private readonly bytesMax: number) {}

  /** @param letGo characters beyond those of `text` */
  add(text: string, letGo = 0): void {
    if (letGo > 0) this.letGo.set(this.count, letGo);
    if (invalidCharOf(text) !== undefined) this.unpackable.set(this.count, text);
    // At most three bytes for each UTF-16 unit: sparing the count of bytes is worth a few left at a slab's end.
    if (this.used + text.length * 3 > this.slab.length) {
      this.slab = Buffer.alloc(Math.max(SLAB_BYTES, text.length * 3));
      this.slabs.push(this.slab);
      this.used = 0;
    }
    const length = this.slab.write(text, this.used, 'utf8');
    this.bytes += length + 12;
    if (this.bytes > this.bytesMax) throw validation('FILE_UNPACKED_TOO_LARGE', { limit: `${Math.round(this.bytesMax / 1024 ** 2)} MB of text` });
    if (this.count === this.lengths.length) this.grow();
    this.places[this.count * 2] = this.slabs.length - 1;
    this.places[this.count * 2 + 1] = this.used;
    this.lengths[this.count] = length;
    this.used += length;
    this.count += 1;
  }

  /** The string of this number; undefined if the table has none. */
  at(index: number): string | undefined {
    const known = this.unpacked[index];
    if (known !== undefined) return known;
    if (!Number.isInteger(index) || index < 0 || index >= this.count) return undefined;
    if (this.unpackable.size > 0 && this.unpackable.has(index)) return this.unpackable.get(index);
    const start = this.places[index * 2 + 1] ?? 0;
    const text = this.slabs[this.places[index * 2] ?? 0]?.toString('utf8', start, start + (this.lengths[index] ?? 0)) ?? '';
    if (index < UNPACKED_MAX && text.length <= UNPACKED_CHARS_MAX) this.unpacked[index] = text;
    return text;
  }

  /** Whether the string of this number holds a character that cannot be stored. */
  isInvalid(index: number): boolean {
    return this.unpackable.size > 0 && this.unpackable.has(index);
  }

  /** Characters of the string of this number beyond those that `at` gives. */
  letGoOf(index: number): number {
    return this.letGo.get(index) ?? 0;
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
    if (STRING_ITEMS.has(name)) this.runs.begin();
    else this.runs.open(name);
  }

  close(name: string): void {
    if (STRING_ITEMS.has(name)) this.strings.add(this.runs.take(), this.runs.letGo);
    else this.runs.close(name);
  }

  text(raw: string, isLiteral: boolean): void {
    this.runs.text(raw, isLiteral);
  }

  /** `<si><t>…</t></si>`, the form of nearly every string. */
  leap(text: string, at: number): number {
    if (!text.startsWith('<si><t', at)) return -1;
    const start = text.startsWith(PRESERVED, at) ? at + PRESERVED.length : at + 7;
    if (text.charCodeAt(start - 1) !== GT) return -1;
    const end = text.indexOf('<', start);
    if (end < 0 || !text.startsWith('</t></si>', end)) return -1;
    this.strings.add(decodeEscapes(decodeXmlText(text.slice(start, end), false)));
    return end + 9;
  }
}

/** The text of `<si>` or `<is>`: that of its `<t>` elements, rich runs joined, phonetic ones left out. */
export class TextRuns {
  capturing = false;
  /** Characters beyond those that are kept. */
  letGo = 0;
  private collected = '';
  private isPhonetic = false;

  begin(): void {
    this.collected = '';
    this.letGo = 0;
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
    const text = decodeXmlText(raw, isLiteral);
    const kept = text.slice(0, TEXT_KEPT_MAX - this.collected.length);
    this.collected += kept;
    this.letGo += text.length - kept.length;
  }

  take(): string {
    return decodeEscapes(this.collected);
  }
}
