import { pgArray, type StoreTransaction } from '@caseledger/event-store';
import {
  chunkLookup,
  judgeRow,
  viewOfChunk,
  columnsOf,
  fieldChanges,
  type ChunkLookup,
  type KeyHasher,
  type KnownRecord,
  type RecordKind,
} from '@caseledger/row-target';
import type { targetsV1 } from '@caseledger/contracts';
import { CONTACT_CATEGORY } from '../contact/stored-contact.js';
import { fieldDifferences } from '../contact/contact.view.js';
import type { ContactState } from '../contact/contact.js';
import { judgeContext } from './judge-context.js';
import { keysOfRecord } from './record-keys.js';
import { judgeContactRow, type ContactView, type JudgeContext, type Judged } from './row-judge.js';

interface ContactTypes {
  readonly state: ContactState;
  readonly judged: Judged;
  readonly context: JudgeContext;
  readonly facts: undefined;
}

/** Contacts as records that rows are written into: what the machinery of chunks has to be told of them. */
export const contactKind: RecordKind<ContactTypes> = {
  category: CONTACT_CATEGORY,
  judgeThread: new URL('./judge.thread.js', import.meta.url),
  keysOf: keysOfRecord,
  factsOf: () => Promise.resolve(undefined),
  contextOf: judgeContext,
  keysOfRow: (row, { read }) => read(row).keys,
  recordsOf: loadRecords,
  judge: judgeContactRow,
  effectsOf,
  changesOf,
};

/** Judges rows one after another, each seeing what those before it do. */
export function judgeContacts(rows: readonly targetsV1.Row[], context: JudgeContext, view: ContactView): Judged[] {
  return rows.map((row) => judgeRow(contactKind, row, context, view));
}

/** What rows have to be looked up by, with the company's pepper. */
export function lookupContacts(
  hasher: KeyHasher,
  rows: readonly targetsV1.Row[],
  context: JudgeContext,
  tenant: string,
): ChunkLookup {
  return chunkLookup({ kind: contactKind, hasher }, rows, context, tenant);
}

/** A view of the contacts and owners found. */
export function viewOfContacts(
  lookup: ChunkLookup,
  owners: ReadonlyMap<string, readonly string[]>,
  records: ReadonlyMap<string, KnownRecord<ContactState>>,
): ContactView {
  return viewOfChunk(contactKind, lookup, owners, records);
}

/* One by one (`lateral`): where the table was never analysed, a join or `= any` may look through every contact there is. */
const RECORDS = `
select c.id, c.version, c.state from unnest($2::uuid[]) u(id) cross join lateral (
  select c.id, c.version, c.state from app.contact c where c.tenant = $1 and c.id = u.id limit 1) c`;

/** The records of these ids as they stand; unknown ones are absent. */
export async function loadRecords(
  tx: StoreTransaction,
  ids: readonly string[],
): Promise<Map<string, KnownRecord<ContactState>>> {
  if (ids.length === 0) return new Map();
  const values = [tx.tenant, pgArray('uuid', ids)];
  const { rows } = await tx.query<{ id: string; version: number; state: ContactState }>({
    name: 'contact_records',
    text: RECORDS,
    values,
  });
  return new Map(rows.map(({ id, version, state }) => [id, { version, state }]));
}

function effectsOf({ outcome, record, before, after }: Judged): targetsV1.Effect[] {
  if (after === undefined) return [];
  return [{ kind: `CONTACT_${outcome}`, record, fromVersion: before?.version ?? 0, toVersion: after.version }];
}

function changesOf({ record, before, after, events }: Judged): targetsV1.FieldChange[] {
  if (after === undefined) return [];
  return fieldChanges(record, fieldDifferences(before?.state, after.state), columnsOf(events));
}
