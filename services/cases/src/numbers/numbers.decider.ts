import type { NumbersEvent } from './numbers.events.js';

/** How far the numbers of a company's year have been given away. */
export interface NumbersState {
  /** The next number that nobody has. */
  readonly next: number;
}

export interface ReserveNumbers {
  readonly year: number;
  readonly count: number;
  readonly import?: string;
}

/** Numbers begin anew each year. */
export function initial(): NumbersState {
  return { next: 1 };
}

/** Gives away the next numbers; nothing given away is ever given again, gaps stay (CAS-001). */
export function reserveNumbers(command: ReserveNumbers, { next }: NumbersState): NumbersEvent[] {
  if (command.count < 1) return [];
  return [{ type: 'CaseNumbersReserved', data: { ...command, first: next } }];
}

export function evolve(state: NumbersState, event: NumbersEvent): NumbersState {
  const { first, count } = event.data;
  return { next: Math.max(state.next, first + count) };
}

/** A number as people see it. */
export function numberText(year: number, ordinal: number): string {
  return `C-${year}-${String(ordinal).padStart(6, '0')}`;
}
