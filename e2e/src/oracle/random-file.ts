import type { OracleContact, OracleRow } from './sequential-oracle.js';

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

const FIRST = ['Ana', 'Maria', 'Noah', 'Ingrid', 'Omar'];
const LAST = ['Quinn', 'Hale', 'Moreau', 'Okafor', 'Byrne'];
const JOBS = ['', '', 'Welder', 'Nurse', 'Pilot'];
const TAGS = ['', '', 'vip', 'probate; vip', 'intake'];

export type Random = (below: number) => number;

export function pick(random: Random, list: readonly string[]): string {
  return list[random(list.length)] ?? '';
}

/** Few people with few keys, so that rows meet each other and the records by chance. */
function email(random: Random, people: number): string {
  const shapes = random(10);
  if (shapes === 0) return 'not an address';
  if (shapes < 4) return '';
  const local = `p${random(people)}`;
  return pick(random, [`${local}@kestrel-mail.net`, `${local.toUpperCase()}@kestrel-mail.net`, `${local}@KESTREL-MAIL.net`]);
}

/** Numbers of the two columns never overlap: what a number does in another slot than its own is a matter of its own tests. */
function phone(random: Random, people: number, area: string): string {
  const shapes = random(10);
  if (shapes === 0) return '12345';
  if (shapes < 4) return '';
  const line = String(100 + random(people)).padStart(4, '0');
  return pick(random, [`${area}-555-${line}`, `(${area}) 555-${line}`, `${area}.555.${line}`, `+1${area}555${line}`, `${area}555${line}`]);
}

/** Rows numbered from 1; about one in forty is blank, and the last one never is. */
export function randomRows(seed: number, count: number, people: number): OracleRow[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, at) => {
    const row = at + 1;
    if (random(40) === 0 && row < count) return { row, firstName: '', lastName: '', email: '', phone: '', mobile: '', jobTitle: '', tags: '' };
    return {
      row,
      firstName: pick(random, FIRST),
      lastName: random(12) === 0 ? '' : pick(random, LAST),
      email: email(random, people),
      phone: phone(random, people, '415'),
      mobile: phone(random, people, '646'),
      jobTitle: pick(random, JOBS),
      tags: pick(random, TAGS),
    };
  });
}

/** Contacts that are there before the import: some share a number, as households do, some are archived by a person. */
export function randomContacts(seed: number, count: number, people: number): OracleContact[] {
  const random = randomOf(seed ^ 0x5eed);
  return Array.from({ length: count }, (_, at) => {
    const number = `+1415555${String(100 + random(people)).padStart(4, '0')}`;
    const mobile = `+1646555${String(100 + random(people)).padStart(4, '0')}`;
    const hasPhone = random(3) > 0;
    const hasMobile = random(3) === 0;
    return {
      name: `existing ${at}`,
      firstName: pick(random, FIRST),
      lastName: pick(random, LAST),
      jobTitle: pick(random, JOBS),
      tags: [],
      emails: random(3) > 0 ? [`p${random(people)}@kestrel-mail.net`] : [],
      phones: [
        ...(hasPhone ? [{ label: 'OTHER', number, primary: true }] : []),
        ...(hasMobile ? [{ label: 'MOBILE', number: mobile, primary: !hasPhone }] : []),
      ],
      archived: random(15) === 0,
    };
  });
}

const HEADERS = ['First Name', 'Last Name', 'Email', 'Phone', 'Mobile', 'Job Title', 'Tags'];

/** The rows as a CSV file. */
export function csvOf(rows: readonly OracleRow[]): string {
  const lines = rows.map(({ firstName, lastName, email: mail, phone: first, mobile, jobTitle, tags }) => [firstName, lastName, mail, first, mobile, jobTitle, tags].join(','));
  return `${[HEADERS.join(','), ...lines].join('\r\n')}\r\n`;
}
