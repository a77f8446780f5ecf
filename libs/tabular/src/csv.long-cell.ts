import { validation } from '@caseledger/errors';

const QUOTE = 34;
const LF = 10;
const CR = 13;

/** Where the taking of a cell stopped, and whether the cell ends there. */
export interface LongCellStop {
  readonly at: number;
  readonly isComplete: boolean;
}

/**
 * A cell of a CSV file that is longer than what is kept: its characters are counted, its beginning is kept, and the
 * rest is let go as it arrives, so that a cell of any length takes bounded memory.
 */
export class LongCell {
  /** The beginning of the text. */
  kept = '';
  /** Characters of the whole cell, as `kept` counts them. */
  chars = 0;
  /** Line breaks inside the quotes. */
  breaks = 0;
  private isInside: boolean;
  private endsWithCr = false;

  /** @param line on which the cell begins, for `QUOTE_UNCLOSED` @param keptMax characters that are kept */
  constructor(
    private readonly isQuoted: boolean,
    private readonly line: number,
    private readonly keptMax: number,
  ) {
    this.isInside = isQuoted;
  }

  /**
   * Takes what of the text belongs to the cell; what cannot be judged before more text arrives is left.
   * @param endOf the next delimiter or line end from a place on, or the end of the text
   * Throws `QUOTE_UNCLOSED`.
   */
  take(text: string, from: number, endOf: (at: number) => number, isLast: boolean): LongCellStop {
    let at = from;
    while (this.isInside) {
      const quote = text.indexOf('"', at);
      if (quote < 0 && isLast) throw this.unclosed();
      if (quote < 0 || (quote + 1 >= text.length && !isLast)) {
        const end = quote < 0 ? text.length : quote;
        this.add(text.slice(at, end));
        return { at: end, isComplete: false };
      }
      const isDoubled = text.charCodeAt(quote + 1) === QUOTE;
      this.add(text.slice(at, isDoubled ? quote + 1 : quote));
      this.isInside = isDoubled;
      at = isDoubled ? quote + 2 : quote + 1;
    }
    const end = at >= text.length ? text.length : endOf(at);
    // As with any cell: text behind the closing quote of a cell over several lines shows a quote left open.
    if (this.isQuoted && end > at && this.breaks > 0) throw this.unclosed();
    this.add(text.slice(at, end));
    return { at: end, isComplete: isLast || isDecided(text, end) };
  }

  private add(piece: string): void {
    if (piece.length === 0) return;
    if (this.isInside) this.breaks += lineBreaksIn(piece) - (this.endsWithCr && piece.charCodeAt(0) === LF ? 1 : 0);
    this.endsWithCr = piece.charCodeAt(piece.length - 1) === CR;
    this.chars += piece.length;
    if (this.kept.length < this.keptMax) this.kept += piece.slice(0, this.keptMax - this.kept.length);
  }

  private unclosed(): Error {
    return validation('QUOTE_UNCLOSED', { line: this.line });
  }
}

/** Whether what ends a cell at `end` is all there: a CR at the end of a piece may be half of a CRLF. */
export function isDecided(text: string, end: number): boolean {
  if (end >= text.length) return false;
  return text.charCodeAt(end) !== CR || end + 1 < text.length;
}

/** Line breaks of any kind; CRLF is one. */
export function lineBreaksIn(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  let breaks = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) breaks += 1;
  }
  return breaks;
}
