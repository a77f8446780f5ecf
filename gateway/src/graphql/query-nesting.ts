import { limit } from '@caseledger/errors';

/** Brackets inside brackets of a query, of whatever kind: lists and objects of arguments come on top of its fields. */
export const QUERY_NESTING_MAX = 100;

/** Brackets, and where a text or a comment begins. */
const PIECES = /"""|"|#|[[({]|[\])}]/g;

/**
 * Refuses a query whose brackets stand too deep in each other, before it is parsed: the parser goes down with them
 * until its stack ends.
 * @throws DomainError QUERY_TOO_COMPLEX
 */
export function assertNesting(query: string): void {
  let depth = 0;
  PIECES.lastIndex = 0;
  for (let piece = PIECES.exec(query); piece !== null; piece = PIECES.exec(query)) {
    const [text] = piece;
    if ('[({'.includes(text)) depth += 1;
    else if ('])}'.includes(text)) depth -= 1;
    else PIECES.lastIndex = endOf(query, PIECES.lastIndex, text);
    if (depth > QUERY_NESTING_MAX) throw limit('QUERY_TOO_COMPLEX', { limit: `${QUERY_NESTING_MAX} brackets inside each other` });
  }
}

/** Where a comment or a text that begins before `from` ends; the end of the query when it never does. */
function endOf(query: string, from: number, begin: string): number {
  if (begin === '#') {
    const line = /[\n\r]/g;
    line.lastIndex = from;
    return line.exec(query)?.index ?? query.length;
  }
  let at = query.indexOf(begin, from);
  while (at >= 0 && isEscaped(query, at, begin === '"')) at = query.indexOf(begin, at + 1);
  return at < 0 ? query.length : at + begin.length;
}

/** In a plain text a backslash escapes another; in a block text it only ever escapes the end. */
function isEscaped(query: string, at: number, escapesItself: boolean): boolean {
  let before = at;
  while (query[before - 1] === '\\') before -= 1;
  const backslashes = at - before;
  return escapesItself ? backslashes % 2 === 1 : backslashes > 0;
}
