import type { OracleCaseRow } from './case-oracle.js';
import { STATUSES, TYPES } from './case-values.js';
import { pick, randomOf, type Random } from './random-file.js';
import { BLANK_CLIENT, BLANK_OTHER, clientCells, OTHERS, othersCells, recordId } from './random-people.js';

const TITLES = ['In re Hale', 'IN RE HALE', 'Byrne v. Moreau', 'byrne v. moreau', 'Quarry Matter'];

/** What rows choose from: so little of it that they meet each other, and what is there, by chance. */
export interface CasePool {
  readonly people: number;
  readonly externalIds: number;
  /** How many contacts and cases are there before the file, to be named by their ids. */
  readonly contacts: number;
  readonly cases: number;
}

const BLANK: Omit<OracleCaseRow, 'row'> = {
  ...{ recordId: '', name: '', type: '', status: '', source: '', externalId: '', description: '', deadline: '', tags: '' },
  client: BLANK_CLIENT,
  others: Array.from({ length: OTHERS }, () => BLANK_OTHER),
};

/** Rows numbered from 1; about one in forty is blank, and the last one never is. */
export function randomCaseRows(seed: number, count: number, pool: CasePool): OracleCaseRow[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, at) => {
    const row = at + 1;
    if (random(40) === 0 && row < count) return { row, ...BLANK };
    const own = caseCells(random, pool);
    // An update file may say nothing but the case it is about.
    if (own.recordId !== '' && random(3) === 0) return { row, ...BLANK, recordId: own.recordId, description: `Known by its id ${row % 7}` };
    const client = clientCells(random, pool.people, pool.contacts);
    return { row, ...own, client, others: othersCells(random, pool.people, client) };
  });
}

function caseCells(random: Random, pool: CasePool): Omit<OracleCaseRow, 'row' | 'client' | 'others'> {
  return {
    recordId: recordId(random, 'case existing', pool.cases, 12),
    name: random(30) === 0 ? '' : pick(random, TITLES),
    type: typeCell(random),
    status: random(3) > 0 ? '' : random(25) === 0 ? 'Sleeping' : pick(random, STATUSES),
    source: random(3) > 0 ? '' : random(20) === 0 ? 'AUTOMATED_HOTLINE' : pick(random, ['FORM', 'LIVE_HOTLINE', 'SURVEY']),
    externalId: random(3) > 0 ? '' : `X-${random(pool.externalIds)}`,
    description: random(3) > 0 ? '' : `As told ${random(4)}`,
    deadline: random(4) > 0 ? '' : random(20) === 0 ? 'next spring' : `2031-0${1 + random(4)}-15`,
    tags: pick(random, ['', '', 'vip', 'probate; vip', 'intake']),
  };
}

function typeCell(random: Random): string {
  const shapes = random(30);
  if (shapes === 0) return 'Maritime';
  if (shapes < 8) return '';
  const [often = '', ...others] = TYPES;
  return shapes < 22 ? often : shapes < 26 ? often.toLowerCase() : pick(random, others);
}

/** Targets of the columns, in their order. */
export const CASE_COLUMNS = [
  ...['recordId', 'caseName', 'caseType', 'caseStatus', 'intakeSource', 'externalId', 'description', 'deadline', 'tags'],
  ...['clientRecordId', 'clientFirstName', 'clientLastName', 'clientEmail', 'clientPhone', 'clientJobTitle'],
  ...Array.from({ length: OTHERS }, (_, at) => ['Name', 'Email', 'Phone', 'Role'].map((key) => `contact${at + 1}${key}`)).flat(),
];

/**
 * The rows as a CSV file.
 * @param idOf the id of a record as the product knows it, by the oracle's name for it
 */
export function caseCsvOf(rows: readonly OracleCaseRow[], idOf: (name: string) => string): string {
  const id = (cell: string): string => (cell === '' || /^\d+$/.test(cell) ? cell : idOf(cell));
  const lines = rows.map(({ recordId: own, name, type, status, source, externalId, description, deadline, tags, client, others }) => {
    const { firstName, lastName, email, phone, jobTitle } = client;
    const further = others.flatMap((other) => [`${other.firstName} ${other.lastName}`.trim(), other.email, other.phone, other.role]);
    return [id(own), name, type, status, source, externalId, description, deadline, tags, id(client.recordId), firstName, lastName, email, phone, jobTitle, ...further].join(',');
  });
  return `${[CASE_COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}
