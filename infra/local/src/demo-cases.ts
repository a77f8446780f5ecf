import { csvOf, person, pick } from './demo-data.js';

/** Made-up cases of the demo's people; the same at every start. */

const OPPONENTS = ['Quarry Logistics', 'Harbor Transit', 'Mill Lane Foods', 'Juniper Rentals', 'Orchard Health', 'Alder Insurance'];
const TAGS = ['rush', 'spanish', 'referral', 'pro bono'];
/** Statuses of the start set with how often they occur among ten cases. */
const STATUSES = ['New Lead', 'New Lead', 'In Review', 'Active', 'Active', 'Active', 'Awaiting Documents', 'In Negotiation', 'Settled', 'Closed'];

interface Kind {
  readonly type: string;
  name(lastName: string, opponent: string): string;
}

const KINDS: readonly Kind[] = [
  { type: 'Personal Injury', name: (lastName, opponent) => `${lastName} v. ${opponent}` },
  { type: "Workers' Compensation", name: (lastName, opponent) => `${lastName} / ${opponent} (workplace)` },
  { type: 'Family Law', name: (lastName) => `In re ${lastName}` },
  { type: 'Criminal Defense', name: (lastName) => `State v. ${lastName}` },
];

function day(n: number): string {
  return new Date(Date.UTC(2025, 0, 6) + n * 4 * 86_400_000).toISOString().slice(0, 10);
}

function isClosed(status: string): boolean {
  return status === 'Settled' || status === 'Closed';
}

interface DemoCase {
  readonly caseName: string;
  readonly caseType: string;
  readonly caseStatus: string;
  readonly openedOn: string;
  readonly closedOn: string;
  readonly courtDate: string;
  readonly externalSystem: string;
  readonly externalId: string;
  readonly tags: readonly string[];
  readonly client: Readonly<Record<string, string>>;
}

/** The case with this number, 0 to 119; of every twelve, the last one belongs to a client who has one already. */
function demoCase(n: number): DemoCase {
  const whose = n % 12 === 11 ? n - 11 : n;
  const { firstName, lastName, email, phone } = person(whose);
  const kind = pick(KINDS, n);
  const status = pick(STATUSES, n);
  return {
    caseName: kind.name(lastName, pick(OPPONENTS, n)),
    caseType: kind.type,
    caseStatus: status,
    openedOn: day(n),
    closedOn: isClosed(status) ? day(n + 40) : '',
    courtDate: n % 3 === 0 ? day(n + 180) : '',
    externalSystem: 'Old files',
    externalId: `K-${1000 + n}`,
    tags: n % 4 === 0 ? [pick(TAGS, n / 4)] : [],
    client: { firstName, lastName, email, phone },
  };
}

/** Bodies for `POST /api/cases/batch`; their clients are among the demo's contacts. */
export function demoCases(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) => Object.fromEntries(Object.entries(demoCase(n)).filter(([, value]) => value !== '')));
}

const HEADERS = ['Matter', 'Case Type', 'Status', 'Client First Name', 'Client Last Name', 'Client Phone', 'Client Email', 'Opened', 'Court Date', 'Case Number', 'Tags', 'Intake Source', 'Contact 1 Name', 'Contact 1 Role'];

type Cells = Partial<Record<(typeof HEADERS)[number], string>>;

function row(n: number, whose: number, changes: Cells = {}): string[] {
  const { firstName, lastName, email, phone } = person(whose);
  const kind = pick(KINDS, n);
  const cells: Cells = {
    Matter: kind.name(lastName, pick(OPPONENTS, n + 3)),
    'Case Type': kind.type,
    Status: pick(STATUSES, n),
    'Client First Name': firstName,
    'Client Last Name': lastName,
    'Client Phone': phone,
    'Client Email': email,
    Opened: day(n),
    'Case Number': `M-${2000 + n}`,
    'Intake Source': pick(['Form', 'Live hotline', 'Survey'], n),
    ...changes,
  };
  return HEADERS.map((header) => cells[header] ?? '');
}

/** A file of cases as offices really have them: new clients and known ones, a client twice, repeats, blanks, faults. */
export function exampleCases(): string {
  const newClients = Array.from({ length: 20 }, (_, at) => row(at, 360 + at));
  return csvOf(HEADERS, [
    ...newClients,
    // Clients that the demo has, and one of them twice.
    row(20, 3, { 'Court Date': '2027-02-11', Tags: 'rush; spanish' }),
    row(21, 4),
    row(22, 4, { Matter: 'Lease of the shop', 'Contact 1 Name': 'Rosa Quarry', 'Contact 1 Role': 'Opposing party' }),
    // A case that the demo has, by its name and client; a row that comes twice.
    row(2, 2, { Matter: `In re ${person(2).lastName}`, 'Case Type': 'Family Law', 'Case Number': '' }),
    row(23, 380),
    row(23, 380),
    // Whose is it: the e-mail of one person, the phone of another.
    row(24, 5, { 'Client First Name': 'Robin', 'Client Last Name': 'Doe', 'Client Email': person(6).email, 'Client Phone': person(7).phone }),
    // A blank line, no type, a type that is none, an impossible day, a source that cannot be imported, no client.
    HEADERS.map(() => ''),
    row(25, 381, { 'Case Type': '' }),
    row(26, 382, { 'Case Type': 'Personal Injry' }),
    row(27, 383, { Opened: '31/02/2026' }),
    row(28, 384, { 'Intake Source': 'Automated hotline' }),
    row(29, 385, { 'Client First Name': '', 'Client Last Name': '', 'Client Phone': '', 'Client Email': '' }),
    // No phone and no e-mail is worth a warning, no more.
    row(30, 386, { 'Client Phone': '', 'Client Email': '' }),
  ]);
}
