/** A day of the calendar, in no time zone. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day as `YYYY-MM-DD`. */
export function isoDay({ year, month, day }: Day): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** Whether the calendar has this day; nothing is ever rolled over (NRM-030). */
export function isDay({ year, month, day }: Day): boolean {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

/** The day of an Excel serial in the 1900 epoch; undefined for the 29 February 1900, which Excel invented. */
export function dayOfSerial(serial: number): Day | undefined {
  if (serial < 1 || serial > 2_958_465 || serial === 60) return undefined;
  const epochMs = Date.UTC(1899, 11, serial > 60 ? 30 : 31) + serial * 86_400_000;
  const date = new Date(epochMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The number of a month by its name or abbreviation, folded, in the languages files come in. */
export function monthByName(word: string): number | undefined {
  return MONTHS.get(word);
}

/** Two digits. */
export function two(value: number): string {
  return String(value).padStart(2, '0');
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const MONTH_NAMES = `
january jan januar janner janvier janv enero ene gennaio gen januari janeiro
february feb februar fevrier fevr febrero febbraio februari fevereiro fev
march mar marz mrz mars marzo maart mrt marco
april apr avril avr abril abr aprile
may mai mayo maggio mag mei maio
june jun juni juin junio giugno giu junho
july jul juli juillet juil julio luglio lug julho
august aug aout agosto ago augustus
september sep sept septembre septiembre settembre set setembro
october oct oktober okt octobre octubre ottobre ott outubro out
november nov novembre noviembre novembro
december dec dezember dez decembre diciembre dic dicembre dezembro
`;

const MONTHS: ReadonlyMap<string, number> = new Map(
  MONTH_NAMES.trim()
    .split('\n')
    .flatMap((names, index) => names.split(' ').map((name): [string, number] => [name, index + 1])),
);
