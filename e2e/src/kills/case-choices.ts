import type { ImportView, Session } from '../company.js';
import type { CaseOptions } from '../oracle/case-oracle.js';
import { TYPES } from '../oracle/case-values.js';
import type { Policy } from '../oracle/sequential-oracle.js';
import { recordOf } from './killed-world.js';

/** The options of an import of cases, chosen so that imports one after the other come by all of them. */

const POLICIES: readonly Policy[] = ['UPDATE', 'MERGE', 'SKIP', 'CREATE'];

/** No list, one that the import makes, one that is bound to the type of the option, one that takes any type. */
const LISTS = ['NONE', 'NEW', 'BOUND', 'OPEN'] as const;
const BOUND = 'Spring';
const OPEN = 'Whoever calls';

/** Options of the `turn`-th import of all: sixteen turns have every pair of policies, whatever turn they begin with. */
export function choicesOf(turn: number, numbersAfter: number): CaseOptions {
  const [type = ''] = TYPES;
  const list = LISTS[(turn + Math.floor(turn / 4) + Math.floor(turn / 16)) % LISTS.length] ?? 'NONE';
  return {
    policy: POLICIES[turn % 4] ?? 'UPDATE',
    clientPolicy: POLICIES[Math.floor(turn / 4) % 4] ?? 'SKIP',
    onReview: (turn + Math.floor(turn / 8)) % 3 === 0 ? 'CREATE' : 'HOLD',
    type: list !== 'NONE' || turn % 5 < 3 ? type : '',
    list: { NONE: '', NEW: `Made by ${turn}`, BOUND, OPEN }[list],
    listType: list === 'NEW' || list === 'BOUND' ? type : '',
    addSkipped: turn % 3 > 0,
    numbersAfter,
  };
}

/** Tells the product of them. */
export async function putChoices(company: Session, item: ImportView, { policy, clientPolicy, onReview, type, list, addSkipped }: CaseOptions): Promise<void> {
  const isThere = list === BOUND || list === OPEN;
  await company.json('POST', `/api/imports/${item.id}/options`, {
    ...{ duplicatePolicy: policy, clientDuplicatePolicy: clientPolicy, onReview, addSkippedToList: addSkipped ? 'ON' : 'OFF' },
    ...(type === '' ? {} : { caseType: type }),
    ...(list === '' ? {} : { [isThere ? 'caseList' : 'newCaseList']: list }),
  });
}

/** Makes the lists that imports find. */
export async function makeLists(company: Session): Promise<void> {
  const { caseTypes } = await company.graphql<{ caseTypes: { id: string; name: string }[] }>('{ caseTypes { id name } }');
  const typeId = caseTypes.find(({ name }) => name === TYPES[0])?.id;
  for (const input of [{ name: BOUND, typeId }, { name: OPEN }]) {
    await company.graphql('mutation ($input: CaseListInput!) { createCaseList(input: $input) { caseList { id } userErrors { code } } }', { input });
  }
}

/** Name by id of every list of the company. */
export async function listNames(company: Session): Promise<Map<string, string>> {
  const { caseLists } = await company.graphql<{ caseLists: { nodes: { id: string; name: string }[] } }>('{ caseLists(first: 100) { nodes { id name } } }');
  return new Map(caseLists.nodes.map(({ id, name }) => [recordOf(id), name]));
}
