import { isDay } from './calendar.js';
import type { DateOrder } from './date-order.js';
import { dateShape } from './date-shape.js';
import { onOneLine } from './text.js';

/** What a whole column proves about the order of day and month (NRM-030). */
export interface DateProof {
  /** `NOT_NEEDED`: no cell depends on an order. `UNPROVEN`: the user must choose. `MIXED`: rows of the minority fail. */
  readonly verdict: 'NOT_NEEDED' | 'PROVEN' | 'UNPROVEN' | 'MIXED';
  /** The order to read the column with; `AUTOMATIC` when not needed or not proven. */
  readonly order: DateOrder;
  /** Cells that can only be read one way, and cells that can be read both ways. */
  readonly dayFirst: number;
  readonly monthFirst: number;
  readonly open: number;
}

/**
 * Collects the proof cell by cell, so that a column of any length is read once and kept nowhere. Dotted and spelled-out
 * dates are unmistakable and prove nothing about the others.
 */
export class DateOrderProof {
  private dayFirst = 0;
  private monthFirst = 0;
  private open = 0;
  private firstProven: DateOrder = 'AUTOMATIC';

  /** Takes in one cell of the column. */
  add(text: string): void {
    const shape = dateShape(onOneLine(text.slice(0, 200)))?.shape;
    if (shape?.kind !== 'numeric') return;
    const { first, second } = shape;
    const year = shape.twoDigitYear ? 2000 : shape.year;
    const canBeDayFirst = isDay({ year, month: second, day: first });
    const canBeMonthFirst = isDay({ year, month: first, day: second });
    if (canBeDayFirst && canBeMonthFirst) this.open += first === second && !shape.twoDigitYear ? 0 : 1;
    else if (canBeDayFirst) this.prove('PROVEN_EU');
    else if (canBeMonthFirst) this.prove('PROVEN_US');
  }

  /** The proof so far. */
  result(): DateProof {
    const { dayFirst, monthFirst, open } = this;
    const counts = { dayFirst, monthFirst, open };
    if (dayFirst + monthFirst === 0) {
      return { verdict: open === 0 ? 'NOT_NEEDED' : 'UNPROVEN', order: 'AUTOMATIC', ...counts };
    }
    if (dayFirst === 0) return { verdict: 'PROVEN', order: 'PROVEN_US', ...counts };
    if (monthFirst === 0) return { verdict: 'PROVEN', order: 'PROVEN_EU', ...counts };
    if (dayFirst !== monthFirst) {
      return { verdict: 'MIXED', order: dayFirst > monthFirst ? 'PROVEN_EU' : 'PROVEN_US', ...counts };
    }
    // A tie proves nothing about the open cells; without any, the column's first proof names the order.
    if (open > 0) return { verdict: 'UNPROVEN', order: 'AUTOMATIC', ...counts };
    return { verdict: 'MIXED', order: this.firstProven, ...counts };
  }

  private prove(order: 'PROVEN_EU' | 'PROVEN_US'): void {
    if (order === 'PROVEN_EU') this.dayFirst += 1;
    else this.monthFirst += 1;
    if (this.firstProven === 'AUTOMATIC') this.firstProven = order;
  }
}

/** The proof of a column that is at hand as a whole. */
export function proveDateOrder(cells: Iterable<string>): DateProof {
  const proof = new DateOrderProof();
  for (const cell of cells) proof.add(cell);
  return proof.result();
}
