import { TYPES, type OracleCaseRow } from './case-oracle.js';
import { STATUSES } from './case-values.js';
import { randomOf } from './random-file.js';

const FIRST = ['Ana', 'Maria', 'Noah', 'Ingrid', 'Omar'];
const LAST = ['Quinn', 'Hale', 'Moreau', 'Okafor', 'Byrne'];
const TITLES = ['In re Hale', 'IN RE HALE', 'Byrne v. Moreau', 'byrne v. moreau', 'Quarry Matter'];

/** How many people and external ids there are to choose from: few, so that rows meet each other by chance. */
export interface CasePool {
  readonly people: number;
  readonly externalIds: number;
}

type Random = (below: number) => number;

const BLANK = { name: '', type: '', status: '', source: '', externalId: '', description: '', deadline: '', tags: '', client: { firstName: '', lastName: '', email: '', phone: '', jobTitle: '' }, other: { firstName: '', lastName: '', email: '', role: '' } };

/** Rows numbered from 1; about one in forty is blank, and the last one never is. */
export function randomCaseRows(seed: number, count: number, pool: CasePool): OracleCaseRow[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, at) => {
    const row = at + 1;
    if (random(40) === 0 && row < count) return { row, ...BLANK };
    const told = {
      row,
      name: random(30) === 0 ? '' : pick(random, TITLES),
      type: typeCell(random),
      status: random(3) > 0 ? '' : random(25) === 0 ? 'Sleeping' : pick(random, STATUSES),
      source: random(3) > 0 ? '' : random(20) === 0 ? 'AUTOMATED_HOTLINE' : pick(random, ['FORM', 'LIVE_HOTLINE', 'SURVEY']),
      externalId: random(3) > 0 ? '' : `X-${random(pool.externalIds)}`,
      description: random(3) > 0 ? '' : `As told ${random(4)}`,
      deadline: random(4) > 0 ? '' : random(20) === 0 ? 'next spring' : `2031-0${1 + random(4)}-15`,
      tags: pick(random, ['', '', 'vip', 'probate; vip', 'intake']),
      client: clientCells(random, pool.people),
    };
    return { ...told, other: otherCells(random, pool.people, told.client.email) };
  });
}

function pick(random: Random, list: readonly string[]): string {
  return list[random(list.length)] ?? '';
}

function typeCell(random: Random): string {
  const shapes = random(30);
  if (shapes === 0) return 'Maritime';
  if (shapes < 8) return '';
  const [often = '', ...others] = TYPES;
  return shapes < 22 ? often : shapes < 26 ? often.toLowerCase() : pick(random, others);
}

/** Known by e-mail, by phone, by both, by neither; now and then two people share a number, and one row says two people's. */
function clientCells(random: Random, people: number): OracleCaseRow['client'] {
  if (random(25) === 0) return BLANK.client;
  const person = random(people);
  const phoneOf = random(12) === 0 ? random(people) : person;
  const line = String(100 + phoneOf).padStart(4, '0');
  const stranger = random(15) === 0;
  const at = stranger ? random(25) : person % 25;
  return {
    firstName: FIRST[at % 5] ?? '',
    lastName: random(20) === 0 ? '' : (LAST[Math.floor(at / 5)] ?? ''),
    email: random(40) === 0 ? 'not an address' : random(3) === 0 ? '' : pick(random, [`p${person}@kestrel-mail.net`, `P${person}@KESTREL-MAIL.net`]),
    phone: random(40) === 0 ? '12345' : random(3) === 0 ? '' : pick(random, [`415-555-${line}`, `(415) 555-${line}`, `+1415555${line}`]),
    jobTitle: pick(random, ['', '', 'Welder', 'Nurse']),
  };
}

/** Somebody beside the client; some of them are clients of other rows, some have the client's own address. */
function otherCells(random: Random, people: number, ofClient: string): OracleCaseRow['other'] {
  if (random(4) > 0) return BLANK.other;
  const isClient = random(3) === 0;
  const person = random(people);
  const email = random(30) === 0 ? 'not an address' : random(12) === 0 ? ofClient : isClient ? `p${person}@kestrel-mail.net` : `w${person}@kestrel-mail.net`;
  const at = person % 25;
  return { firstName: FIRST[at % 5] ?? '', lastName: LAST[Math.floor(at / 5)] ?? '', email, role: pick(random, ['WITNESS', 'OPPOSING_PARTY', '']) };
}

/** Targets of the columns, in their order. */
export const CASE_COLUMNS = ['caseName', 'caseType', 'caseStatus', 'intakeSource', 'externalId', 'description', 'deadline', 'tags', 'clientFirstName', 'clientLastName', 'clientEmail', 'clientPhone', 'clientJobTitle', 'contact1Name', 'contact1Email', 'contact1Role'];

/** The rows as a CSV file. */
export function caseCsvOf(rows: readonly OracleCaseRow[]): string {
  const lines = rows.map(({ name, type, status, source, externalId, description, deadline, tags, client, other }) => {
    const { firstName, lastName, email, phone, jobTitle } = client;
    const cells = [name, type, status, source, externalId, description, deadline, tags, firstName, lastName, email, phone, jobTitle];
    return [...cells, `${other.firstName} ${other.lastName}`.trim(), other.email, other.role].join(',');
  });
  return `${[CASE_COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}
