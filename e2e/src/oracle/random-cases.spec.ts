import { choicesOf } from '../kills/case-choices.js';
import { predictCases, type CaseOptions, type CaseResult, type OracleCaseOutcome, type OracleCaseRow } from './case-oracle.js';
import { nextWorld } from './next-world.js';
import { randomCaseRows } from './random-cases.js';

const ROWS = 120;
const PEOPLE = 60;
const CHAINS = 8;
const FILES = 3;

interface Played {
  readonly options: CaseOptions;
  readonly row: OracleCaseRow;
  readonly ended: OracleCaseOutcome;
  /** What becomes of it where somebody has to look first. */
  readonly held: OracleCaseOutcome;
}

/** Files one after the other in several companies, by turns that come by every choice. */
function play(): Played[] {
  return Array.from({ length: CHAINS }, (_, chain) => playCompany(chain)).flat();
}

function playCompany(chain: number): Played[] {
  const played: Played[] = [];
  let last: CaseResult = { contacts: [], cases: [], clients: [], outcomes: [] };
  for (let file = 0; file < FILES; file += 1) {
    const { world } = nextWorld(last);
    const options = choicesOf(chain * FILES + file, file * ROWS);
    const rows = randomCaseRows(chain * 100 + file, ROWS, { people: PEOPLE, externalIds: ROWS, contacts: world.contacts.length, cases: world.cases.length });
    last = predictCases(world, rows, options);
    const held = predictCases(world, rows, { ...options, onReview: 'HOLD' }).outcomes;
    const { outcomes } = last;
    rows.forEach((row, at) => {
      const [ended, other] = [outcomes[at], held[at]];
      if (ended !== undefined && other !== undefined) played.push({ options, row, ended, held: other });
    });
  }
  return played;
}

const played = play();
const isWritten = ({ outcome }: OracleCaseOutcome): boolean => ['CREATED', 'UPDATED', 'MERGED'].includes(outcome);
const makesClient = ({ row, ended }: Played): boolean => ended.effects.includes(`CONTACT_CREATED row ${row.row}`);
const others = ({ row }: Played): number => row.others.filter((other) => Object.values(other).some((cell) => cell !== '')).length;
const isKnownBy = (cell: string, kind: string): boolean => cell.startsWith(`${kind} `) && !cell.endsWith('nobody');

describe('random files of cases come by', () => {
  it.each<[string, (one: Played) => boolean]>([
    ['five further contacts', (one) => others(one) === 5 && isWritten(one.ended)],
    ['a further contact that is a client', (one) => one.row.others.some(({ role }) => role === 'CLIENT') && isWritten(one.ended)],
    ['a role that nobody knows', ({ ended }) => ended.reason === 'ROLE_UNKNOWN'],
    ['a case that is updated by its id', ({ row, ended }) => isKnownBy(row.recordId, 'case existing') && ended.outcome === 'UPDATED'],
    ['a case that is merged into by its id', ({ row, ended }) => isKnownBy(row.recordId, 'case existing') && ended.outcome === 'MERGED'],
    ['a client known by its id', (one) => isKnownBy(one.row.client.recordId, 'existing') && !makesClient(one) && isWritten(one.ended)],
    ['an id that no record has', ({ row, ended }) => row.recordId.endsWith('nobody') && ended.reason === 'RECORD_NOT_FOUND'],
    ['a client matched by phone alone', (one) => one.row.client.email === '' && one.row.client.phone !== '' && one.row.client.recordId === '' && isWritten(one.ended) && !makesClient(one)],
    ['a row that is held', ({ ended }) => ended.reason === 'HELD_FOR_REVIEW'],
    ['a row that would be held and is made', ({ ended, held }) => held.reason === 'HELD_FOR_REVIEW' && ended.outcome === 'CREATED'],
    ['a skipped case that goes to the list', ({ ended }) => ended.outcome === 'SKIPPED' && ended.effects.some((effect) => effect.startsWith('LIST_MEMBER_ADDED'))],
    ['a skipped case that does not', ({ options, ended }) => options.list !== '' && !options.addSkipped && ended.reason.startsWith('DUPLICATE') && ended.effects.length === 0],
    ['a case of another type than the list takes', ({ ended }) => ended.reason === 'LIST_CASE_TYPE_MISMATCH'],
    ['a case of another type in a list that takes any', ({ options, row, ended }) => options.list !== '' && options.listType === '' && row.type === 'Family Law' && ended.outcome === 'CREATED'],
    ['an external id that another case has', ({ ended }) => ended.reason === 'EXTERNAL_ID_TAKEN'],
  ])('%s', (_, happens) => {
    expect(played.filter(happens).length).toBeGreaterThan(1);
  });

  it('every pair of policies, both answers to a doubt and every kind of list', () => {
    const pairs = new Set(played.map(({ options: { policy, clientPolicy } }) => `${policy} ${clientPolicy}`));
    const lists = new Set(played.map(({ options: { list, listType } }) => (list === '' ? 'none' : list.startsWith('Made by') ? 'new' : listType === '' ? 'any type' : 'one type')));
    expect([pairs.size, lists.size, new Set(played.map(({ options }) => options.onReview)).size]).toEqual([16, 4, 2]);
  });
});
