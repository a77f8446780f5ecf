/**
 * JSON with the keys of every object in the order of their UTF-16 code units and no white space. What PostgreSQL
 * gives back, parsed, has the same canonical text, so a hash over it can be computed again from the
 * database. Values follow JSON.stringify: `toJSON` is called, undefined members are left out.
 */
export function canonicalJson(value: unknown): string {
  return canonicalBytes(value).toString();
}

/** The canonical JSON as UTF-8: an append hashes, seals and sends the same bytes, and none of them wants a text. */
export function canonicalBytes(value: unknown): Buffer {
  WRITER.begin();
  if (!WRITER.value(value)) WRITER.plain('null');
  return WRITER.taken();
}

/** Like `canonicalBytes`, of those members of an object whose keys are wanted. */
export function canonicalMembers(members: object, isWanted: (key: string) => boolean): Buffer {
  WRITER.begin();
  WRITER.members(members, isWanted);
  return WRITER.taken();
}

const PAGE_BYTES = 65_536;
/** A UTF-16 unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;
/** Longer texts are better handed to the encoder than written unit by unit. */
const SHORT_MAX = 96;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [FIRST_PRINTABLE, LAST_PRINTABLE] = [0x20, 0x7e];

/** Writes one text after the other into pages; what was handed out is never written again. */
class CanonicalWriter {
  private page = Buffer.alloc(0);
  private start = 0;
  private end = 0;

  /** A text that was broken off is forgotten with this. */
  begin(): void {
    this.start = this.end;
  }

  taken(): Buffer {
    return this.page.subarray(this.start, this.end);
  }

  /** Whether there was something to write. */
  value(value: unknown): boolean {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return this.plain(JSON.stringify(value));
    if (Array.isArray(value)) return this.array(value);
    if ('toJSON' in value && typeof value.toJSON === 'function') return this.value(value.toJSON());
    return this.members(value);
  }

  /** Characters that need no quotes and no escapes. */
  plain(text: string | undefined): boolean {
    if (text === undefined) return false;
    this.reserve(text.length);
    for (let at = 0; at < text.length; at += 1) this.page[this.end + at] = text.charCodeAt(at);
    this.end += text.length;
    return true;
  }

  members(members: object, isWanted?: (key: string) => boolean): boolean {
    let isFirst = true;
    this.plain('{');
    for (const key of sortedKeys(members)) {
      if (isWanted !== undefined && !isWanted(key)) continue;
      const before = this.end - this.start;
      if (!isFirst) this.byte(COMMA);
      this.key(key);
      if (this.value(memberOf(members, key))) isFirst = false;
      else this.end = this.start + before;
    }
    return this.plain('}');
  }

  private array(items: readonly unknown[]): boolean {
    this.plain('[');
    for (let at = 0; at < items.length; at += 1) {
      if (at > 0) this.byte(COMMA);
      if (!this.value(items[at])) this.plain('null');
    }
    return this.plain(']');
  }

  private text(text: string): boolean {
    if (text.length > SHORT_MAX || !this.short(text)) this.long(JSON.stringify(text));
    return true;
  }

  /** Most texts are short, of ASCII, and need no escapes; false for others, which are not written. */
  private short(text: string): boolean {
    this.reserve(text.length + 2);
    const { page } = this;
    let end = this.end;
    page[end++] = QUOTE;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < FIRST_PRINTABLE || code > LAST_PRINTABLE || code === QUOTE || code === BACKSLASH) return false;
      page[end++] = code;
    }
    page[end++] = QUOTE;
    this.end = end;
    return true;
  }

  private long(json: string): void {
    this.reserve(json.length * BYTES_PER_UNIT_MAX);
    this.end += this.page.write(json, this.end);
  }

  private key(key: string): void {
    this.text(key);
    this.byte(COLON);
  }

  private byte(byte: number): void {
    this.reserve(1);
    this.page[this.end] = byte;
    this.end += 1;
  }

  private reserve(bytes: number): void {
    if (this.end + bytes <= this.page.length) return;
    const written = this.end - this.start;
    const larger = Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, (written + bytes) * 2));
    this.page.copy(larger, 0, this.start, this.end);
    this.page = larger;
    this.start = 0;
    this.end = written;
  }
}

const WRITER = new CanonicalWriter();

/** By own members only, whatever their names. */
function memberOf(members: object, key: string): unknown {
  return (members as Readonly<Record<string, unknown>>)[key];
}

interface KeyOrder {
  readonly keys: readonly string[];
  readonly sorted: readonly string[];
}

const ORDERED_MAX = 24;
const ORDERS_MAX = 200;

/** The order of the keys of objects met before, by their number and by the first of them. */
const orders = Array.from({ length: ORDERED_MAX + 1 }, () => new Map<string, KeyOrder>());

/** The same objects come again and again: comparing their keys with those of the last such object costs less than to sort them. */
function sortedKeys(members: object): readonly string[] {
  const keys = Object.keys(members);
  const [first] = keys;
  if (first === undefined || keys.length === 1) return keys;
  const known = orders[keys.length];
  if (known === undefined) return keys.sort();
  const order = known.get(first);
  if (order !== undefined && isEqual(order.keys, keys)) return order.sorted;
  const sorted = [...keys].sort();
  if (known.size < ORDERS_MAX || order !== undefined) known.set(first, { keys, sorted });
  return sorted;
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
