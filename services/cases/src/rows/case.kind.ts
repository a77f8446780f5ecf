import { pgArray, uuid8, type StoreTransaction } from '@caseledger/event-store';
import { listOfImport, type KnownRecord, type RecordKind, type RowJob } from '@caseledger/row-target';
import { listOf } from '../case-list/case-list.write.js';
import { typesOf, type HeldType } from '../case-type/case-type.queries.js';
import { clientsOf, type CaseState } from '../case/case.js';
import { CASE_CATEGORY } from '../case/stored-case.js';
import { numberText } from '../numbers/numbers.decider.js';
import { blockOf, type NumberBlock } from '../numbers/numbers.write.js';
import { changesOf, effectsOf } from './case-effects.js';
import { keysOfRecord, keysOfRow } from './record-keys.js';
import type { Catalogue, KnownList, KnownType } from './row-catalogue.js';
import { judgeCase, type CaseContext, type JudgedCase } from './row-judge.js';

/** What judging case rows needs beside rows and cases. */
export interface CaseFacts extends Catalogue {
  /** Absent as long as no run of the import was opened: a prediction reserves nothing (PRE-006). */
  readonly numbers?: Pick<NumberBlock, 'year' | 'first'>;
}

export interface CaseTypes {
  readonly state: CaseState;
  readonly judged: JudgedCase;
  readonly context: CaseContext;
  readonly facts: CaseFacts;
}

/** Cases as records that rows are written into: what the machinery of chunks has to be told of them. */
export const caseKind: RecordKind<CaseTypes> = {
  category: CASE_CATEGORY,
  judgeThread: new URL('./judge-cases.thread.js', import.meta.url),
  keysOf: keysOfRecord,
  factsOf,
  contextOf,
  keysOfRow: (row, { options, catalogue }) => keysOfRow(row, options, catalogue),
  // A row that gives a case another name or type lets rows find it under any of its clients.
  tiedWith: clientsOf,
  recordsOf: loadCases,
  judge: judgeCase,
  effectsOf,
  changesOf,
};

/** The id of the case that a row makes (DESIGN 13). */
export function caseOfRow(tenant: string, importId: string, row: number): string {
  return uuid8('record', tenant, importId, String(row), 'case');
}

async function factsOf(tx: StoreTransaction, job: RowJob, { hold }: { readonly hold: boolean }): Promise<CaseFacts> {
  const types = (await typesOf(tx, { hold })).map(knownType);
  const list = await listOfRows(tx, job, hold);
  const numbers = await blockOf(tx, job.importId);
  return { types, ...(list === undefined ? {} : { list }), ...(numbers === undefined ? {} : { numbers }) };
}

/** A type as rows are judged by it. */
export function knownType({ id, state }: HeldType): KnownType {
  const statuses = state.statuses.map(({ id: status, name, category }) => ({ id: status, name, category }));
  return { id, name: state.name, archived: state.archived, statuses };
}

// A list that the run makes is judged by before it is there: by the name and the type it will have (OPT-005).
async function listOfRows(tx: StoreTransaction, { tenant, importId, options }: RowJob, hold: boolean): Promise<KnownList | 'missing' | undefined> {
  const { list = '', newList = '', caseType = '' } = options.cases ?? {};
  const id = newList === '' ? list : listOfImport(tenant, importId);
  if (id === '') return undefined;
  const held = await listOf(tx, id, hold ? 'USED' : 'NOT');
  if (held === undefined) return newList === '' ? 'missing' : { id, name: newList, caseType };
  if (held.state.archived !== null) return 'missing';
  return { id, name: held.state.name, caseType: held.state.caseType ?? '' };
}

function contextOf({ tenant, importId, options }: RowJob, facts: CaseFacts): CaseContext {
  const { numbers, ...catalogue } = facts;
  return {
    importId,
    options,
    source: 'IMPORT',
    catalogue,
    recordOf: (row) => caseOfRow(tenant, importId, row),
    numberOf: (row) => (numbers === undefined ? '' : numberText(numbers.year, numbers.first + row - 1)),
  };
}

const RECORDS = `
select c.id, c.version, c.state from unnest($2::uuid[]) u(id) cross join lateral (
  select c.id, c.version, c.state from app.case_state c where c.tenant = $1 and c.id = u.id limit 1) c`;

/** The cases of these ids as they stand; unknown ones are absent. */
export async function loadCases(
  tx: StoreTransaction,
  ids: readonly string[],
): Promise<Map<string, KnownRecord<CaseState>>> {
  if (ids.length === 0) return new Map();
  const values = [tx.tenant, pgArray('uuid', ids)];
  const { rows } = await tx.query<{ id: string; version: number; state: CaseState }>({
    name: 'case_records',
    text: RECORDS,
    values,
  });
  return new Map(rows.map(({ id, version, state }) => [id, { version, state }]));
}
