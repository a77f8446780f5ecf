/** Random numbers that a seed replays (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export const HEADERS = ['First Name', 'Last Name', 'Email', 'Phone', 'Mobile', 'Street', 'City', 'State', 'ZIP', 'Job Title', 'Source'] as const;

const FIRST = ['Ana', 'Maria', 'James', 'Wei', 'Fatima', 'Noah', 'Priya', 'Elena', 'Marcus', 'Ingrid', 'Tomas', 'Aisha', 'Liam', 'Sofia', 'Hiro', 'Grace'];
const LAST = ['Ferrer', 'Quinn', 'Hale', 'Okafor', 'Lindgren', 'Moreau', 'Castillo', 'Novak', 'Whitfield', 'Tanaka', 'Byrne', 'Adeyemi', 'Rossi', 'Larsen', 'Petrov', 'Delgado'];
const JOBS = ['Structural engineer', 'Registered nurse', 'Long-haul driver', 'School teacher', 'Restaurant manager', 'Retired'];
const SOURCES = ['Referral from a former client', 'Website contact form', 'Radio advertisement', 'Bar association'];
const CITIES: readonly (readonly [string, string, string])[] = [['Eugene', 'OR', '97401'], ['Austin', 'TX', '78701'], ['Boise', 'ID', '83702'], ['Tacoma', 'WA', '98402'], ['Madison', 'WI', '53703'], ['Newark', 'NJ', '07102']];
const AREAS = ['415', '646', '503', '512', '206', '608', '973', '208'];

/** The item at a place of a list that is read in a circle. */
export function pick<T>(list: readonly T[], at: number): T {
  const item = list[at % list.length];
  if (item === undefined) throw new RangeError('The list is empty');
  return item;
}

/** The eight shapes a ten-digit number is written in. */
export function dressed(digits: string, shape: number): string {
  const [area, exchange, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
  const shapes = [digits, `${area}-${exchange}-${line}`, `${area}.${exchange}.${line}`, `(${area}) ${exchange}-${line}`, `+1${digits}`, `+1 ${area} ${exchange} ${line}`, `1-${area}-${exchange}-${line}`, `(${area})${exchange}-${line}`];
  return pick(shapes, shape);
}

/** Person number n of the benchmark: different numbers share neither e-mail nor phone. */
export function person(n: number): { first: string; last: string; email: string; phone: string; mobile: string } {
  const line = String(n % 10_000).padStart(4, '0');
  const exchange = String(200 + (Math.floor(n / 10_000) % 700)).padStart(3, '0');
  return {
    first: pick(FIRST, n),
    last: pick(LAST, Math.floor(n / 16)),
    email: `client.number.${n}@kestrel-mail-${n % 97}.net`,
    phone: `${pick(AREAS, n)}${exchange}${line}`,
    mobile: `${pick(AREAS, n + 3)}${String(Number(exchange) + 1).padStart(3, '0')}${line}`,
  };
}

export interface RowsOptions {
  readonly rows: number;
  readonly seed: number;
  /** People before this number are in the company already; 0 for an empty one. */
  readonly existing: number;
  /** Of the rows, how many belong to people who are there: half of those only after normalising. */
  readonly matching: number;
}

/**
 * Rows of about 190 bytes with 11 columns and two phones in eight formats. A matching row repeats a person with another
 * job; in every second one only the normalised key agrees (case of the e-mail, dress of the phone).
 */
export function* clientRows({ rows, seed, existing, matching }: RowsOptions): Generator<string[]> {
  const random = randomOf(seed);
  for (let at = 0; at < rows; at += 1) {
    const isKnown = existing > 0 && random(1_000_000) < matching * 1_000_000;
    const one = person(isKnown ? random(existing) : existing + at);
    const isExact = at % 2 === 0;
    const [city, state, zip] = pick(CITIES, random(CITIES.length));
    yield [
      one.first,
      one.last,
      isKnown && !isExact ? one.email.toUpperCase() : one.email,
      dressed(one.phone, isKnown && isExact ? 4 : random(8)),
      dressed(one.mobile, random(8)),
      `${100 + random(9_900)} ${pick(['Alder Court', 'Harbor Road', 'Juniper Avenue'], random(3))} Apt ${random(40)}`,
      city,
      state,
      zip,
      pick(JOBS, random(JOBS.length)),
      pick(SOURCES, random(SOURCES.length)),
    ];
  }
}

/** The rows of clients as a file. */
export function csvPieces(options: RowsOptions): Generator<string> {
  return csvOf(HEADERS, clientRows(options));
}

/** Rows as CSV text in pieces of 1,000 lines; no cell needs a quote. */
export function* csvOf(headers: readonly string[], rows: Iterable<readonly string[]>): Generator<string> {
  let piece = `${headers.join(',')}\n`;
  let lines = 0;
  for (const row of rows) {
    piece += `${row.join(',')}\n`;
    lines += 1;
    if (lines % 1_000 === 0) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}
