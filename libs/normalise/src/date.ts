import { dayOfSerial, isDay, isoDay, type Day } from './calendar.js';
import type { DateOrder } from './date-order.js';
import { dateShape, type Clock, type DateShape } from './date-shape.js';
import type { Finding, Reading } from './finding.js';
import { isBlankMark, isPlaceholder } from './placeholder.js';
import { onOneLine } from './text.js';
import { instantOf } from './zone.js';

/** What else is known about a date column. */
export interface DateHints {
  /** No date can be later, `YYYY-MM-DD`: a year of two digits beyond it is of the century before (birth dates). */
  readonly lastDay?: string;
  /** The name of the column, for the message of a row that differs from it. */
  readonly column?: string;
}

type Outcome = { readonly day: Day; readonly findings: Finding[] } | { readonly finding: Finding };

/**
 * A date as `YYYY-MM-DD` (NRM-030); undefined when blank or when it is none. `order` is that of the column. A clock
 * time is left out with `DATE_TIME_DROPPED`, unless it is midnight sharp, which says nothing.
 */
export function readDate(text: string, order: DateOrder, hints: DateHints = {}): Reading<string | undefined> {
  const read = readDayAndClock(text, order, hints);
  if (!('day' in read)) return { value: undefined, findings: read.findings };
  const dropped: Finding[] = read.clock === undefined || isMidnight(read.clock) ? [] : [{ code: 'DATE_TIME_DROPPED' }];
  return { value: isoDay(read.day), findings: [...read.findings, ...dropped] };
}

/**
 * A date-time as an instant in UTC (`2024-01-15T10:30:00Z`), or a date alone as `YYYY-MM-DD` when no time is given. A
 * time without zone is of `zone` (IANA); one that a clock change skipped or doubled is `TIME_DST_ADJUSTED`.
 */
export function readDateTime(text: string, order: DateOrder, zone: string): Reading<string | undefined> {
  const read = readDayAndClock(text, order, {});
  if (!('day' in read)) return { value: undefined, findings: read.findings };
  if (read.clock === undefined) return { value: isoDay(read.day), findings: read.findings };
  const instant = instantOf(read.day, read.clock, zone);
  if (instant === undefined) return { value: undefined, findings: [invalid(text)] };
  const value = new Date(instant.epochMs).toISOString().replace(/\.000Z$/, 'Z');
  const adjusted: Finding[] = instant.adjusted ? [{ code: 'TIME_DST_ADJUSTED', params: { time: value } }] : [];
  return { value, findings: [...read.findings, ...adjusted] };
}

function readDayAndClock(
  text: string,
  order: DateOrder,
  hints: DateHints,
): { findings: readonly Finding[] } | { day: Day; clock?: Clock; findings: readonly Finding[] } {
  const written = onOneLine(text);
  if (written === '') return { findings: [] };
  if (isPlaceholder(written) || isBlankMark(written)) {
    return { findings: [{ code: 'VALUE_PLACEHOLDER', params: { text: written } }] };
  }
  const found = dateShape(order === 'SERIAL' ? written.replace(/^(\d{4,6})[.,]\d{1,12}$/, '$1') : written);
  if (found === undefined) return { findings: [invalid(written)] };
  const outcome = resolve(found.shape, order, written, hints);
  if ('finding' in outcome) return { findings: [outcome.finding] };
  return { ...outcome, ...(found.clock === undefined ? {} : { clock: found.clock }) };
}

function resolve(shape: DateShape, order: DateOrder, text: string, hints: DateHints): Outcome {
  if (shape.kind === 'serial') return resolveSerial(shape.serial, order, text);
  if (shape.kind === 'certain') return checked(shape.day, shape.twoDigitYear, text, hints);

  const { first, second, year, twoDigitYear } = shape;
  const dayFirst: Day = { year, month: second, day: first };
  const monthFirst: Day = { year, month: first, day: second };
  const asDayFirst = checked(dayFirst, twoDigitYear, text, hints);
  const asMonthFirst = checked(monthFirst, twoDigitYear, text, hints);
  switch (order) {
    case 'EU':
      return orHint(asDayFirst, asMonthFirst, text, ' with the day first; with the month first it would be');
    case 'US':
      return orHint(asMonthFirst, asDayFirst, text, ' with the month first; with the day first it would be');
    case 'PROVEN_EU':
      return orMixed(asDayFirst, asMonthFirst, hints, 'day first');
    case 'PROVEN_US':
      return orMixed(asMonthFirst, asDayFirst, hints, 'month first');
    default:
      return order === 'AUTOMATIC'
        ? onlyReading(asDayFirst, asMonthFirst, twoDigitYear, text)
        : { finding: invalid(text) };
  }
}

function resolveSerial(serial: number, order: DateOrder, text: string): Outcome {
  const day = dayOfSerial(serial);
  if (order === 'SERIAL') return day === undefined ? { finding: invalid(text) } : { day, findings: [] };
  // Four digits are a year or a number before 1927: no one's serial by accident.
  if (day === undefined || serial < 10_000) return { finding: invalid(text) };
  return { finding: { code: 'DATE_LOOKS_LIKE_SERIAL', params: { text }, suggestion: isoDay(day) } };
}

/** Without an order only a date with one possible reading is read; of two, none is guessed. */
function onlyReading(asDayFirst: Outcome, asMonthFirst: Outcome, twoDigitYear: boolean, text: string): Outcome {
  const open = { finding: invalid(text, ' whose day and month can be told apart') };
  if (twoDigitYear) return open;
  if (!('day' in asDayFirst)) return asMonthFirst;
  if (!('day' in asMonthFirst)) return asDayFirst;
  return isoDay(asDayFirst.day) === isoDay(asMonthFirst.day) ? asDayFirst : open;
}

function orHint(chosen: Outcome, other: Outcome, text: string, hint: string): Outcome {
  if ('day' in chosen || !('day' in other)) return chosen;
  const suggestion = isoDay(other.day);
  return { finding: { ...invalid(text, `${hint} ${suggestion}`), suggestion } };
}

function orMixed(chosen: Outcome, other: Outcome, hints: DateHints, order: string): Outcome {
  if ('day' in chosen || !('day' in other)) return chosen;
  const column = hints.column ?? 'The column';
  return { finding: { code: 'DATE_ORDER_MIXED', params: { column, order }, suggestion: isoDay(other.day) } };
}

function checked(day: Day, twoDigitYear: boolean, text: string, hints: DateHints): Outcome {
  const full = twoDigitYear ? withCentury(day, hints.lastDay) : day;
  if (!isDay(full)) return { finding: invalid(text) };
  const findings: Finding[] = twoDigitYear ? [{ code: 'DATE_TWO_DIGIT_YEAR', params: { date: isoDay(full) } }] : [];
  return { day: full, findings };
}

/** 00–49 is 20xx, 50–99 is 19xx; a date after the last possible day loses 100 years. */
function withCentury(day: Day, lastDay: string | undefined): Day {
  const near = { ...day, year: day.year + (day.year < 50 ? 2000 : 1900) };
  return lastDay !== undefined && isoDay(near) > lastDay ? { ...near, year: near.year - 100 } : near;
}

function isMidnight(clock: Clock): boolean {
  return clock.hour === 0 && clock.minute === 0 && clock.second === 0 && clock.millisecond === 0;
}

function invalid(text: string, hint?: string): Finding {
  return { code: 'DATE_INVALID', params: { text, ...(hint === undefined ? {} : { hint }) } };
}
