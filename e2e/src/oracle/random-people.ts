import type { OracleCaseRow } from './case-oracle.js';
import { ROLES, type OracleOther } from './case-people.js';
import { pick, type Random } from './random-file.js';

/** Random people of case rows: clients and further contacts out of one crowd, so that they meet. */

const FIRST = ['Ana', 'Maria', 'Noah', 'Ingrid', 'Omar'];
const LAST = ['Quinn', 'Hale', 'Moreau', 'Okafor', 'Byrne'];

export const BLANK_CLIENT: OracleCaseRow['client'] = { recordId: '', firstName: '', lastName: '', email: '', phone: '', jobTitle: '' };
export const BLANK_OTHER: OracleOther = { firstName: '', lastName: '', phone: '', email: '', role: '' };

/** Places of a row for further contacts. */
export const OTHERS = 5;

/**
 * Known by e-mail, by phone, by both, by neither, by its id; some by phone alone and some by e-mail alone in every row.
 * Now and then two people share a number, and one row says two people's.
 * @param known how many contacts there are to be named by id
 */
export function clientCells(random: Random, people: number, known: number): OracleCaseRow['client'] {
  if (random(20) === 0) return BLANK_CLIENT;
  const person = random(people);
  const at = random(15) === 0 ? random(25) : person % 25;
  const named = {
    recordId: recordId(random, 'existing', known, 10),
    firstName: FIRST[at % 5] ?? '',
    lastName: random(20) === 0 ? '' : (LAST[Math.floor(at / 5)] ?? ''),
    jobTitle: pick(random, ['', '', 'Welder', 'Nurse']),
  };
  const isOnlyNamed = named.recordId !== '' && random(3) === 0;
  return isOnlyNamed ? { ...BLANK_CLIENT, recordId: named.recordId } : { ...named, ...channels(random, person, people) };
}

/** The places of a row, most of them blank; in some rows all of them are taken. */
export function othersCells(random: Random, people: number, client: OracleCaseRow['client']): OracleOther[] {
  const taken = random(20) === 0 ? 1 : 12;
  return Array.from({ length: OTHERS }, () => (random(taken) === 0 ? otherCells(random, people, client) : BLANK_OTHER));
}

/** Somebody beside the client: a client of other rows, a stranger, or somebody at the client's own address. */
function otherCells(random: Random, people: number, client: OracleCaseRow['client']): OracleOther {
  const person = random(people);
  const isStranger = random(2) === 0;
  const { email, phone } = channels(random, isStranger ? person + people : person, people * 2);
  const role = random(60) === 0 ? 'neighbour' : random(4) === 0 ? '' : pick(random, ROLES);
  const hasNoName = random(12) === 0;
  return {
    firstName: hasNoName ? '' : (FIRST[person % 5] ?? ''),
    lastName: hasNoName ? '' : (LAST[Math.floor((person % 25) / 5)] ?? ''),
    phone,
    email: random(12) === 0 ? client.email : email,
    role: hasNoName && email === '' && phone === '' ? '' : role,
  };
}

function channels(random: Random, person: number, people: number): { email: string; phone: string } {
  const line = String(100 + (random(12) === 0 ? random(people) : person % 10 === 9 ? person - 1 : person)).padStart(4, '0');
  const hasNoEmail = person % 4 === 0 || random(4) === 0;
  const hasNoPhone = person % 4 === 1 || random(4) === 0;
  const email = random(60) === 0 ? 'not an address' : hasNoEmail ? '' : pick(random, [`p${person}@kestrel-mail.net`, `P${person}@KESTREL-MAIL.net`]);
  const phone = random(60) === 0 ? '12345' : hasNoPhone ? '' : pick(random, [`415-555-${line}`, `(415) 555-${line}`, `+1415555${line}`]);
  return { email, phone };
}

/** An id in one of `often` rows: mostly that of a record, now and then nobody's, or no id at all. */
export function recordId(random: Random, kind: string, known: number, often: number): string {
  if (random(often) > 0) return '';
  if (random(12) === 0) return pick(random, [`${kind} nobody`, '17']);
  return known === 0 ? '' : `${kind} ${random(known)}`;
}
