import { isUtf8 } from 'node:buffer';
import { validation } from '@caseledger/errors';
import type { ByteSource } from './byte.source.js';
import type { TextEncoding } from './file.facts.js';
import { invalidCharOf } from './cell.text.js';

/** The encoding that the first bytes show; UTF-8 is only proven by reading the whole file. */
export interface EncodingGuess {
  readonly encoding: TextEncoding;
  readonly bomBytes: number;
  readonly confidence: number;
}

/** A byte order mark decides; without one, NUL in every other byte of the head shows UTF-16 (ANA-002). */
export function guessEncoding(head: Buffer): EncodingGuess {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'UTF-8', bomBytes: 3, confidence: 1 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'UTF-16LE', bomBytes: 2, confidence: 1 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'UTF-16BE', bomBytes: 2, confidence: 1 };
  const sample = head.subarray(0, 4_096);
  const pairs = Math.floor(sample.length / 2);
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (sample[at] === 0) even += 1;
    if (sample[at + 1] === 0) odd += 1;
  }
  if (odd > pairs * 0.4 && even < pairs * 0.05) return { encoding: 'UTF-16LE', bomBytes: 0, confidence: 0.9 };
  if (even > pairs * 0.4 && odd < pairs * 0.05) return { encoding: 'UTF-16BE', bomBytes: 0, confidence: 0.9 };
  return { encoding: 'UTF-8', bomBytes: 0, confidence: 1 };
}

/** A decoded piece of the file. */
export interface TextPiece {
  readonly text: string;
  /** Whether it holds NUL or, here or across its border, a lone surrogate: its cells have to be looked at one by one. */
  readonly hasInvalidChar: boolean;
}

/**
 * The text of a file in pieces. Bytes that are not of the encoding are never replaced:
 * they refuse the file with `TEXT_UNDECODABLE` {encoding, line}.
 */
export async function* decodeText(source: ByteSource, encoding: TextEncoding, bomBytes: number, signal?: AbortSignal): AsyncGenerator<TextPiece> {
  let tail: Buffer = Buffer.alloc(0);
  let offset = bomBytes;
  for await (const bytes of source.stream(bomBytes)) {
    signal?.throwIfAborted();
    const piece = tail.length === 0 ? bytes : Buffer.concat([tail, bytes]);
    const whole = piece.length - cutBytes(piece, encoding);
    const text = decodePiece(piece.subarray(0, whole), encoding);
    if (text === undefined) throw await undecodable(source, encoding, offset + firstInvalidByte(piece));
    tail = piece.subarray(whole);
    offset += whole;
    if (text.length > 0) yield { text, hasInvalidChar: encoding === 'UTF-8' ? text.includes('\0') : invalidCharOf(text) !== undefined };
  }
  if (tail.length > 0) throw await undecodable(source, encoding, offset);
}

/** Decodes the beginning of a file for a first look; undefined if it is not of the encoding. */
export function decodeHead(head: Buffer, guess: EncodingGuess): string | undefined {
  const body = head.subarray(guess.bomBytes);
  return decodePiece(body.subarray(0, body.length - cutBytes(body, guess.encoding)), guess.encoding);
}

/** The text of bytes that hold no cut character; undefined if they are not of the encoding. */
export function decodePiece(bytes: Buffer, encoding: TextEncoding): string | undefined {
  if (encoding === 'UTF-8') return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  return (encoding === 'UTF-16BE' ? Buffer.from(bytes).swap16() : bytes).toString('utf16le');
}

/** Bytes at the end of a piece that belong to a character whose rest has not arrived. */
export function cutBytes(piece: Buffer, encoding: TextEncoding): number {
  // Half of a surrogate pair is no cut character: it joins its other half when the texts are joined.
  if (encoding !== 'UTF-8') return piece.length % 2;
  for (let back = 1; back <= Math.min(3, piece.length); back += 1) {
    const byte = piece[piece.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

function firstInvalidByte(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    const length = byte < 0x80 ? 1 : sequenceLength(byte);
    if (byte >= 0x80 && !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

async function undecodable(source: ByteSource, encoding: TextEncoding, offset: number): Promise<Error> {
  return validation('TEXT_UNDECODABLE', { encoding, line: await lineOfByte(source, offset, encoding === 'UTF-8' ? 1 : 2) });
}

/** Reads the file once more up to the byte: only refused files pay for knowing the line. */
async function lineOfByte(source: ByteSource, offset: number, unit: 1 | 2): Promise<number> {
  let line = 1;
  let at = 0;
  let previous = 0;
  for await (const bytes of source.stream(0)) {
    for (const byte of bytes) {
      if (at >= offset) return line;
      if (unit === 1 || byte !== 0) {
        if (byte === 13 || (byte === 10 && previous !== 13)) line += 1;
        previous = byte;
      }
      at += 1;
    }
  }
  return line;
}
