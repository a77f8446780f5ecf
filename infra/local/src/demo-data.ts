/** Made-up people for the demo company and its example files; the same at every start. */

const FIRST = ['Ana', 'Maria', 'James', 'Wei', 'Fatima', 'Noah', 'Priya', 'Elena', 'Marcus', 'Ingrid', 'Tomas', 'Aisha', 'Liam', 'Sofia', 'Hiro', 'Grace', 'Omar', 'Lena', 'Victor', 'Ruth'];
const LAST = ['Ferrer', 'Quinn', 'Hale', 'Okafor', 'Lindgren', 'Moreau', 'Castillo', 'Novak', 'Whitfield', 'Tanaka', 'Byrne', 'Adeyemi', 'Rossi', 'Larsen', 'Petrov', 'Delgado', 'Ames', 'Kowalski', 'Silva', 'Fenwick'];
const STREETS = ['Alder Ct', 'Harbor Rd', 'Mill Ln', 'Juniper Ave', 'Quarry St', 'Orchard Way'];
const CITIES: readonly (readonly [city: string, state: string, zip: string])[] = [['Eugene', 'OR', '97401'], ['Austin', 'TX', '78701'], ['Boise', 'ID', '83702'], ['Tacoma', 'WA', '98402'], ['Madison', 'WI', '53703'], ['Newark', 'NJ', '07102']];
const SOURCES = ['Referral', 'Website', 'Walk-in', 'Radio'];

export interface DemoPerson {
  readonly [field: string]: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly mobilePhone: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly source: string;
}

/** The item at this place of a list that goes on for ever. */
export function pick<T>(list: readonly T[], at: number): T {
  const item = list[at % list.length];
  if (item === undefined) throw new RangeError('The list is empty');
  return item;
}

/** Area codes in use; each holds a hundred numbers that belong to nobody (555-0100 to 555-0199). */
const PHONE_AREAS = ['415', '503', '206', '608'];
const MOBILE_AREAS = ['646', '512', '973', '208'];

/** The person with this number, 0 to 399: all different people. */
export function person(n: number): DemoPerson {
  const firstName = pick(FIRST, n);
  const lastName = pick(LAST, Math.floor(n / FIRST.length) + n);
  const [city, state, zip] = pick(CITIES, n);
  const line = String(100 + (n % 100)).padStart(4, '0');
  return {
    firstName,
    lastName,
    email: `${firstName}.${lastName}.${n}@kestrel-mail.net`.toLowerCase(),
    phone: `(${pick(PHONE_AREAS, Math.floor(n / 100))}) 555-${line}`,
    mobilePhone: `${pick(MOBILE_AREAS, Math.floor(n / 100))}-555-${line}`,
    street: `${100 + n} ${pick(STREETS, n)}`,
    city,
    state,
    zip,
    source: pick(SOURCES, n),
  };
}

/** Bodies for `POST /api/clients/batch`. */
export function demoContacts(count: number): DemoPerson[] {
  return Array.from({ length: count }, (_, n) => person(n));
}

const HEADERS = ['First Name', 'Last Name', 'Email', 'Phone', 'Mobile', 'Street', 'City', 'State', 'ZIP', 'Date of Birth', 'Source'];

function line(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

function cellsOf(n: number): string[] {
  const { firstName, lastName, email, phone, mobilePhone, street, city, state, zip, source } = person(n);
  const born = `${1950 + (n % 50)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(13 + (n % 15)).padStart(2, '0')}`;
  return [firstName, lastName, email, phone, mobilePhone, street, city, state, zip, born, source];
}

/** A CSV file as spreadsheets write it. */
export function csvOf(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[headers, ...rows].map(line).join('\r\n')}\r\n`;
}

function file(rows: readonly (readonly string[])[]): string {
  return csvOf(HEADERS, rows);
}

/** clean: 60 new clients. messy: shapes and faults people really have. duplicates: known people and repeats. */
export function exampleFiles(): { clean: string; messy: string; duplicates: string } {
  const clean = Array.from({ length: 60 }, (_, at) => cellsOf(200 + at));
  return { clean: file(clean), messy: file(messyRows()), duplicates: file(duplicateRows()) };
}

function changed(n: number, changes: Readonly<Record<number, string>>): string[] {
  return cellsOf(n).map((cell, at) => changes[at] ?? cell);
}

function messyRows(): string[][] {
  return [
    changed(300, { 3: '310.555.0161', 4: '+1 213 555 0162' }),
    changed(301, { 2: ' Ana.Lee@Kestrel-Mail.NET ' }),
    changed(302, { 2: 'not an address' }),
    changed(303, { 3: '555-0147' }),
    changed(304, { 9: '31/02/2001' }),
    changed(305, { 1: '' }),
    changed(306, { 2: 'none', 3: 'n/a' }),
    HEADERS.map(() => ''),
    changed(307, { 0: 'José', 1: 'Peña-O\'Hara', 5: '12 Mill Lane, "The Old Forge"' }),
    changed(308, { 8: '8014' }),
    changed(309, { 10: '=1+1' }),
    changed(310, { 2: 'a.first@kestrel-mail.net; a.second@kestrel-mail.net' }),
    changed(311, { 9: '15 Jan 1984' }),
    changed(312, { 3: '(310) 555-0163 x204' }),
  ];
}

function duplicateRows(): string[][] {
  return [
    changed(3, { 10: 'Newsletter' }),
    changed(4, {}),
    changed(5, { 0: 'Somebody', 1: 'Else' }),
    changed(350, {}),
    changed(350, { 10: 'Second visit' }),
    changed(351, { 2: person(6).email, 3: person(7).phone }),
  ];
}
