import { corruptFile } from './file.faults.js';

/** Characters of one tag, or of a text that has to be seen whole. */
const TOKEN_CHARS_MAX = 4 * 1024 * 1024;
/** A text that is not all there is told in pieces of at least so many characters. */
const TEXT_PIECE_CHARS = 64 * 1024;
/** The longest reference, `&#1114111;`, and some room. */
const REFERENCE_CHARS = 16;
const LT = 60;
const CR = 13;
const GT = 62;
const SLASH = 47;
const COLON = 58;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;

/** What a scanner tells of a part. Names come without their prefix. */
export interface XmlHandler {
  /** Whether text is wanted now; asked before each text. */
  readonly capturing: boolean;
  /** @param attributes the raw text between name and `>`; see `attributeOf` */
  open(name: string, attributes: string): void;
  /** Also called, right after `open`, for an element that closes itself. */
  close(name: string): void;
  /**
   * Takes an element whole where its form is plain, for speed; answers where it ends, or -1 to have it told in the
   * usual way. May be left out.
   */
  leap?(text: string, at: number): number;
  /** A piece of text as it stands, references and all; an element may have several. */
  text(raw: string, isLiteral: boolean): void;
}

/**
 * Scans XML that arrives in pieces. It knows elements, text, CDATA, comments and instructions, and refuses a
 * DOCTYPE: without one no entity can be declared, so none is ever expanded (FIL-008).
 */
export class XmlScanner {
  private held = '';
  private depth = 0;
  private sawRoot = false;

  /** @param place the name of the part, for `FILE_CORRUPT` */
  constructor(
    private readonly handler: XmlHandler,
    private readonly place: string,
  ) {}

  push(piece: string): void {
    const text = this.held.length === 0 ? piece : this.held + piece;
    const at = this.run(text);
    this.held = at >= text.length ? '' : text.slice(at);
    if (this.held.length > TOKEN_CHARS_MAX) throw this.corrupt();
  }

  /** Throws `FILE_CORRUPT` if the part stops in the middle of an element. */
  end(): void {
    if (this.depth !== 0 || !this.sawRoot || this.held.includes('<')) throw this.corrupt();
  }

  /** Answers where the first token begins that is not complete. */
  private run(text: string): number {
    let at = 0;
    while (at < text.length) {
      if (text.charCodeAt(at) !== LT) {
        const lt = text.indexOf('<', at);
        if (lt < 0) return this.openText(text, at);
        if (this.handler.capturing) this.handler.text(text.slice(at, lt), false);
        at = lt;
      }
      const leapt = this.handler.leap?.(text, at) ?? -1;
      const next = leapt < 0 ? this.markup(text, at) : leapt;
      if (next < 0) return at;
      at = next;
    }
    return at;
  }

  /** Takes what can be taken of a text whose end has not arrived; answers where the rest begins. */
  private openText(text: string, at: number): number {
    if (!this.handler.capturing) return text.length;
    if (text.length - at < TEXT_PIECE_CHARS) return at;
    const reference = text.indexOf('&', text.length - REFERENCE_CHARS);
    // Half a reference, or half of a CRLF, waits for its other half.
    const end = reference >= 0 ? reference : text.charCodeAt(text.length - 1) === CR ? text.length - 1 : text.length;
    this.handler.text(text.slice(at, end), false);
    return end;
  }

  /** Takes the markup that begins at `at`; answers where it ends, or -1 when it is not complete. */
  private markup(text: string, at: number): number {
    const code = text.charCodeAt(at + 1);
    if (code === 33) return this.declaration(text, at);
    if (code === 63) return after(text, '?>', at + 2);
    return code === SLASH ? this.closing(text, at + 2) : this.opening(text, at + 1);
  }

  private closing(text: string, start: number): number {
    const end = text.indexOf('>', start);
    if (end < 0) return -1;
    this.depth -= 1;
    if (this.depth < 0) throw this.corrupt();
    let nameEnd = end;
    while (nameEnd > start && text.charCodeAt(nameEnd - 1) <= SPACE) nameEnd -= 1;
    this.handler.close(localName(text, start, nameEnd));
    return end + 1;
  }

  private opening(text: string, start: number): number {
    let nameEnd = start;
    let code = text.charCodeAt(nameEnd);
    while (code > SPACE && code !== GT && code !== SLASH) code = text.charCodeAt((nameEnd += 1));
    if (nameEnd >= text.length) return -1;
    const end = code === GT ? nameEnd : tagEnd(text, nameEnd);
    if (end < 0) return -1;
    const name = localName(text, start, nameEnd);
    if (name.length === 0) throw this.corrupt();
    this.sawRoot = true;
    const isSelfClosing = text.charCodeAt(end - 1) === SLASH;
    this.handler.open(name, nameEnd < end ? text.slice(nameEnd, isSelfClosing ? end - 1 : end) : '');
    if (isSelfClosing) this.handler.close(name);
    else this.depth += 1;
    return end + 1;
  }

  private declaration(text: string, at: number): number {
    if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
    if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at + 9);
      if (end < 0) return -1;
      if (this.handler.capturing) this.handler.text(text.slice(at + 9, end), true);
      return end + 3;
    }
    // Either of the two may still be cut; anything else is a DOCTYPE or no XML.
    if (text.length - at < 9 && ('<![CDATA['.startsWith(text.slice(at)) || '<!--'.startsWith(text.slice(at)))) return -1;
    throw this.corrupt();
  }

  private corrupt(): Error {
    return corruptFile(this.place);
  }
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? -1 : found + mark.length;
}

/** The `>` that ends a tag; one inside a quoted value does not. */
function tagEnd(text: string, from: number): number {
  let quote = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === GT) {
      return at;
    } else if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      quote = code;
    }
  }
  return -1;
}

/** A name without its prefix. */
function localName(text: string, start: number, end: number): string {
  let from = start;
  for (let at = start; at < end; at += 1) if (text.charCodeAt(at) === COLON) from = at + 1;
  return text.slice(from, end);
}

/** The value of an attribute, by its name without prefix; undefined if there is none. References are resolved. */
export function attributeOf(attributes: string, name: string): string | undefined {
  let at = attributes.indexOf(name);
  while (at >= 0) {
    const before = attributes.charCodeAt(at - 1);
    const value = before <= 32 || before === COLON ? valueAt(attributes, at + name.length) : undefined;
    if (value !== undefined) return value.includes('&') ? decodeReferences(value) : value;
    at = attributes.indexOf(name, at + 1);
  }
  return undefined;
}

function valueAt(attributes: string, nameEnd: number): string | undefined {
  let at = nameEnd;
  while (attributes.charCodeAt(at) <= 32) at += 1;
  if (attributes.charCodeAt(at) !== 61) return undefined;
  at += 1;
  while (attributes.charCodeAt(at) <= 32) at += 1;
  const quote = attributes[at];
  if (quote !== '"' && quote !== "'") return undefined;
  const end = attributes.indexOf(quote, at + 1);
  return end < 0 ? undefined : attributes.slice(at + 1, end);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Resolves the five predefined references and numeric ones; any other name stays as it is written. */
export function decodeReferences(raw: string): string {
  return raw.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The text of an element: references resolved, line ends as XML says (a literal CRLF or CR is one LF). */
export function decodeXmlText(raw: string, isLiteral: boolean): string {
  const lines = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  return !isLiteral && lines.includes('&') ? decodeReferences(lines) : lines;
}
