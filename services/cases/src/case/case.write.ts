import type { AppendContext, StoreTransaction, StreamAppend } from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import {
  seeOwners,
  uuidOrNone,
  writeRecords,
  type DecidedEvent,
  type KeyHasher,
  type RecordWrite,
  type SeenOwners,
  type WrittenKind,
} from '@caseledger/row-target';
import { requirePermission, type CallContext } from '@caseledger/service-kit';
import { keysOfRecord } from '../rows/record-keys.js';
import { evolveAll, initial, type CaseState } from './case.js';
import type { ExternalIdPair } from './case.events.js';
import { CASE_CATEGORY, caseEventOf } from './stored-case.js';

/** A case as a command finds it. */
export interface HeldCase {
  readonly id: string;
  readonly version: number;
  readonly state: CaseState;
  readonly createdBy: string;
  readonly changedBy: string;
}

const HELD = `
select c.id, c.version, c.state, c.created_by as "createdBy", c.changed_by as "changedBy"
from app.case_state c where c.tenant = $1 and c.id = any($2::uuid[])`;

/** Cases that the caller may change. Throws NOT_FOUND for ids of nobody, FORBIDDEN for lack of rights. */
export async function casesToChange(
  tx: StoreTransaction,
  caller: CallContext,
  ids: readonly string[],
): Promise<readonly HeldCase[]> {
  const wanted = [...new Set(ids.map(uuidOrNone))];
  const { rows } = await tx.query<HeldCase>(HELD, [tx.tenant, wanted]);
  if (rows.length < wanted.length) throw notFound();
  for (const { createdBy } of rows) requirePermission(caller, 'cases.write', createdBy);
  return rows;
}

/** Writes cases under the locks of their keys and streams. */
export function writeCases(
  tx: StoreTransaction,
  hasher: KeyHasher,
  context: AppendContext,
  writes: readonly RecordWrite<CaseState>[],
  seen: SeenOwners,
  beside: readonly StreamAppend[] = [],
): Promise<void> {
  const kind: WrittenKind<CaseState> = { hasher, category: CASE_CATEGORY, keysOf: keysOfRecord, after };
  return writeRecords(tx, kind, context, writes, seen, beside);
}

function after(before: CaseState | undefined, events: readonly DecidedEvent[], origin: AppendContext['origin']): CaseState {
  const own = events.map(({ type, data }) => ({ event: caseEventOf({ type, data: { ...data } }), source: { origin } }));
  return evolveAll(before ?? initial(), own);
}

/** Who has these external ids now: for each pair another case than `id`, if one has it. */
export async function takersOf(
  tx: StoreTransaction,
  hasher: KeyHasher,
  id: string,
  pairs: readonly ExternalIdPair[],
  seen: SeenOwners,
): Promise<(pair: ExternalIdPair) => string | undefined> {
  const hashOf = (pair: ExternalIdPair): string => hasher.hash(tx.tenant, externalKey(pair));
  const owners = await seeOwners(tx, pairs.map(hashOf), seen);
  return (pair) => owners.get(hashOf(pair))?.find((owner) => owner !== id);
}

function externalKey(pair: ExternalIdPair) {
  const [key] = keysOfRecord({ ...initial(), externalIds: [pair] });
  if (key === undefined) throw new Error('An external id is a key');
  return key;
}
