import type { Day } from './calendar.js';
import type { Clock } from './date-shape.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** There are about 600 zones; more names than that are not real ones. */
const FORMATS_MAX = 700;

/** Clocks change at whole quarters of an hour: an offset holds for all of one. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Offsets remembered over all zones; dates of one file lie close together. */
const OFFSETS_MAX = 50_000;

const offsets = new Map<string, number>();

const formats = new Map<string, ZoneFormat | undefined>();

interface ZoneFormat {
  readonly zone: string;
  readonly format: Intl.DateTimeFormat;
}

/** Whether a text names an IANA time zone, such as `America/New_York`. */
export function isTimeZone(text: string): boolean {
  return formatOf(text) !== undefined;
}

/**
 * The instant of a clock time in a zone. A time skipped by a clock change becomes the next valid minute, of a doubled
 * time the first one is taken; both are `adjusted`. Undefined when the zone is unknown.
 */
export function instantOf(day: Day, clock: Clock, zone: string): { epochMs: number; adjusted: boolean } | undefined {
  const localMs = localEpochMs(day, clock);
  if (clock.offset !== undefined) {
    const offsetMs = writtenOffsetMs(clock.offset);
    return offsetMs === undefined ? undefined : { epochMs: localMs - offsetMs, adjusted: false };
  }
  const format = formatOf(zone);
  if (format === undefined) return undefined;

  // The offsets a day earlier and a day later are the only two the zone can have at this time.
  const before = offsetMs(format, localMs - DAY_MS);
  const after = offsetMs(format, localMs + DAY_MS);
  const fits = [localMs - before, localMs - after].filter((epochMs) => epochMs + offsetMs(format, epochMs) === localMs);
  const [first, second] = [...new Set(fits)].sort((a, b) => a - b);
  if (first !== undefined) return { epochMs: first, adjusted: second !== undefined };
  return { epochMs: firstAfterChange(format, localMs - after, localMs - before), adjusted: true };
}

/** The first whole minute after the clock change that lies between two instants. */
function firstAfterChange(format: ZoneFormat, fromMs: number, toMs: number): number {
  let low = Math.floor(Math.min(fromMs, toMs) / MINUTE_MS);
  let high = Math.ceil(Math.max(fromMs, toMs) / MINUTE_MS);
  const old = offsetMs(format, low * MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(format, middle * MINUTE_MS) === old) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

/** The clock time as if it were UTC. `Date.UTC` would take years below 100 for 19xx. */
function localEpochMs(day: Day, clock: Clock): number {
  const date = new Date(0);
  date.setUTCFullYear(day.year, day.month - 1, day.day);
  date.setUTCHours(clock.hour, clock.minute, clock.second, clock.millisecond);
  return date.getTime();
}

function writtenOffsetMs(offset: string): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 14 * 60) return undefined;
  return (match[1] === '-' ? -1 : 1) * minutes * MINUTE_MS;
}

/** How far the zone's clock is ahead of UTC at an instant. */
function offsetMs(format: ZoneFormat, epochMs: number): number {
  const quarter = Math.floor(epochMs / QUARTER_MS);
  const key = `${format.zone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const asked = askOffsetMs(format.format, epochMs);
  if (offsets.size >= OFFSETS_MAX) offsets.clear();
  offsets.set(key, asked);
  return asked;
}

function askOffsetMs(format: Intl.DateTimeFormat, epochMs: number): number {
  const parts = new Map(format.formatToParts(epochMs).map((part) => [part.type, Number(part.value)]));
  const read = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const day = { year: read('year'), month: read('month'), day: read('day') };
  const clock = { hour: read('hour'), minute: read('minute'), second: read('second'), millisecond: 0 };
  return localEpochMs(day, clock) - Math.floor(epochMs / 1000) * 1000;
}

function formatOf(zone: string): ZoneFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  const made = /^[A-Za-z][A-Za-z0-9_+/-]{1,60}$/.test(zone) ? makeFormat(zone) : undefined;
  if (made !== undefined && formats.size < FORMATS_MAX) formats.set(zone, made);
  return made;
}

function makeFormat(timeZone: string): ZoneFormat | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { zone: timeZone, format };
  } catch {
    return undefined;
  }
}
