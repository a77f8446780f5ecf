import { columnLetters, detached, isBlankText, trimText } from './cell.text.js';
import type { Cell, ColumnFacts, ColumnType, DateOrder, Finding } from './file.facts.js';

const DISTINCT_MAX = 1_000;
/** Characters of values kept per column; a column of long texts keeps fewer than 1,000 of them. */
const DISTINCT_CHARS_MAX = 64 * 1024;
const SAMPLE_CHARS_MAX = 200;
const SAMPLES = 3;
const CHOICES_MAX = 30;

const EMAIL = /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]{2,}$/;
const NUMBER = /^[-+]?(?:\d{1,3}(?:[,. ]\d{3})+|\d+)(?:[.,]\d+)?%?$/;
const PHONE = /^\+?[\d\s().\-/]{7,}(?:\s*(?:x|ext\.?)\s*\d+)?$/i;
const ISO_DATE = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const NUMERIC_DATE = /^(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}.*)?$/;
const WORD_DATE = /^(?:\d{1,2}\.?[ -])?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -]\d{1,4}(?:,? \d{2,4})?$/i;
const YES_NO = new Set(['yes', 'no', 'y', 'n', 'true', 'false', 'ja', 'nein', 'oui', 'non', 'si', 'sí']);

type Likeness = Exclude<ColumnType, 'TEXT' | 'CHOICE'>;

/** Collects what one column holds, cell by cell, in bounded memory (ANA-006). */
export class ColumnProfile {
  private filled = 0;
  private lengthMin = Number.POSITIVE_INFINITY;
  private lengthMax = 0;
  private readonly distinct = new Map<string, number>();
  private distinctChars = 0;
  private distinctComplete = true;
  private readonly likeness: Record<Likeness, number> = { EMAIL: 0, PHONE: 0, DATE: 0, NUMBER: 0, YES_NO: 0 };
  private readonly orders = { YMD: 0, DMY: 0, MDY: 0, open: 0 };

  add(cell: Cell): void {
    if (isBlankText(cell.text)) return;
    const text = trimText(cell.text);
    this.filled += 1;
    if (text.length < this.lengthMin) this.lengthMin = text.length;
    if (text.length > this.lengthMax) this.lengthMax = text.length;
    this.count(text);
    const likeness = this.likenessOf(cell, text);
    if (likeness !== undefined) this.likeness[likeness] += 1;
  }

  /** @param name unique over the file */
  facts(index: number, header: string, name: string): ColumnFacts {
    const values = [...this.distinct].map(([text, count]) => ({ text, count }));
    const type = this.type();
    return {
      index,
      letters: columnLetters(index),
      header,
      name,
      filled: this.filled,
      distinct: values.toSorted((a, b) => b.count - a.count),
      distinctComplete: this.distinctComplete,
      lengthMin: this.filled === 0 ? 0 : this.lengthMin,
      lengthMax: this.lengthMax,
      type,
      ...(type.value === 'DATE' ? { dateOrder: this.dateOrder() } : {}),
      samples: values.slice(0, SAMPLES).map(({ text }) => text.slice(0, SAMPLE_CHARS_MAX)),
    };
  }

  private count(text: string): void {
    const known = this.distinct.get(text);
    if (known !== undefined) {
      this.distinct.set(text, known + 1);
      return;
    }
    if (!this.distinctComplete) return;
    this.distinctChars += text.length;
    if (this.distinct.size >= DISTINCT_MAX || this.distinctChars > DISTINCT_CHARS_MAX) {
      this.distinctComplete = false;
      return;
    }
    this.distinct.set(detached(text), 1);
  }

  private likenessOf(cell: Cell, text: string): Likeness | undefined {
    if (cell.kind === 'number') return 'NUMBER';
    if (cell.kind === 'boolean') return 'YES_NO';
    if (cell.kind === 'date') {
      this.orders.YMD += 1;
      return 'DATE';
    }
    if (text.length > 254) return undefined;
    const first = text.charCodeAt(0);
    const isDigit = first >= 48 && first <= 57;
    // '+', '-', '(' and a leading point begin numbers and phones; everything else is a word.
    if (isDigit || first === 43 || first === 45 || first === 40 || first === 46) return this.numericLikeness(text);
    if (text.includes('@')) return EMAIL.test(text) ? 'EMAIL' : undefined;
    if (text.length <= 5 && YES_NO.has(text.toLowerCase())) return 'YES_NO';
    return WORD_DATE.test(text) ? this.asDate('YMD') : undefined;
  }

  private numericLikeness(text: string): Likeness | undefined {
    if (text.includes('@')) return EMAIL.test(text) ? 'EMAIL' : undefined;
    if (ISO_DATE.test(text)) return this.asDate('YMD');
    const parts = NUMERIC_DATE.exec(text);
    if (parts !== null) {
      const [first, second] = [Number(parts[1]), Number(parts[2])];
      if (first > 12 && second > 12) return undefined;
      return this.asDate(first > 12 ? 'DMY' : second > 12 ? 'MDY' : 'open');
    }
    if (WORD_DATE.test(text)) return this.asDate('YMD');
    const digits = text.replace(/\D/g, '').length;
    // A bare run of ten digits or more is a phone sooner than an amount.
    if (NUMBER.test(text) && (digits < 10 || text.startsWith('-'))) return 'NUMBER';
    return PHONE.test(text) && digits >= 7 && digits <= 20 ? 'PHONE' : NUMBER.test(text) ? 'NUMBER' : undefined;
  }

  private asDate(order: keyof ColumnProfile['orders']): 'DATE' {
    this.orders[order] += 1;
    return 'DATE';
  }

  private type(): Finding<ColumnType> {
    if (this.filled === 0) return { value: 'TEXT', confidence: 0 };
    const kinds: Likeness[] = ['EMAIL', 'PHONE', 'DATE', 'NUMBER', 'YES_NO'];
    const best = kinds.reduce((a, b) => (this.likeness[b] > this.likeness[a] ? b : a));
    const share = this.likeness[best] / this.filled;
    if (share >= 0.8) return { value: best, confidence: round(share) };
    const isChoice = this.distinctComplete && this.distinct.size <= CHOICES_MAX && this.filled >= this.distinct.size * 4;
    if (isChoice) return { value: 'CHOICE', confidence: round(1 - this.distinct.size / this.filled) };
    return { value: 'TEXT', confidence: round(1 - share) };
  }

  private dateOrder(): DateOrder {
    const { YMD, DMY, MDY, open } = this.orders;
    if (DMY > 0 && MDY > 0) return 'MIXED';
    if (DMY > 0) return 'DMY';
    if (MDY > 0) return 'MDY';
    return open > 0 ? 'UNPROVEN' : YMD > 0 ? 'YMD' : 'UNPROVEN';
  }
}

function round(share: number): number {
  return Math.round(share * 100) / 100;
}
