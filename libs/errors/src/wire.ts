import { isCode } from './catalogue.js';
import { DomainError, type ErrorKind, type FieldError } from './domain-error.js';
import type { Params } from './message.js';

/** An error travels in gRPC metadata, whose default ceiling is 8 KB for everything together. */
const WIRE_BYTES_MAX = 6_000;

/** Longer texts are cut: a message shows 100 characters at most. */
const TEXT_CHARACTERS_MAX = 300;

const KINDS: readonly string[] = [
  'validation',
  'illegal-state',
  'not-found',
  'concurrency',
  'access',
  'limit',
] satisfies ErrorKind[];

/**
 * The error as one line of ASCII JSON, at most 6,000 bytes: long texts are cut, and field errors that do not fit are
 * left out from the end.
 */
export function toWire(error: DomainError): string {
  const details = (error.details ?? []).map((detail) => ({ ...detail, params: cutParams(detail.params) }));
  for (;;) {
    const line = toAscii({
      kind: error.kind,
      code: error.code,
      params: cutParams(error.params),
      field: error.field?.slice(0, TEXT_CHARACTERS_MAX),
      ...(error.details === undefined ? {} : { details }),
    });
    if (line.length <= WIRE_BYTES_MAX) return line;
    // Halving keeps this at a few rounds however many field errors a batch has.
    if (details.length > 0) details.length = Math.floor(details.length / 2);
    else return toAscii({ kind: error.kind, code: error.code, params: {} });
  }
}

/** The error a line was made from; undefined for anything else, so that a broken line becomes an internal error. */
export function fromWire(line: string): DomainError | undefined {
  if (line.length > WIRE_BYTES_MAX) return undefined;
  const read = parse(line);
  if (!isRecord(read) || !isKind(read['kind'])) return undefined;
  const { code, field, details } = read;
  if (typeof code !== 'string' || !isCode(code)) return undefined;
  return new DomainError(
    read['kind'],
    code,
    readParams(read['params']),
    typeof field === 'string' ? field : undefined,
    Array.isArray(details) ? details.flatMap(readDetail) : undefined,
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function toAscii(value: object): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function cutParams(params: Params | undefined): Params {
  const cut = Object.entries(params ?? {}).map(([name, value]): [string, string | number] => [
    name,
    typeof value === 'string' ? value.slice(0, TEXT_CHARACTERS_MAX) : value,
  ]);
  return Object.fromEntries(cut);
}

function readParams(value: unknown): Params {
  if (!isRecord(value)) return {};
  const read = Object.entries(value).filter(
    (pair): pair is [string, string | number] => typeof pair[1] === 'string' || typeof pair[1] === 'number',
  );
  return Object.fromEntries(read);
}

function readDetail(value: unknown): FieldError[] {
  if (!isRecord(value)) return [];
  const { field, code } = value;
  if (typeof field !== 'string' || typeof code !== 'string' || !isCode(code)) return [];
  return [{ field, code, params: readParams(value['params']) }];
}

function isKind(value: unknown): value is ErrorKind {
  return typeof value === 'string' && KINDS.includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
