import { targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import { nothingGone, type Gone } from '../import.target.js';

interface Both {
  readonly contacts: RowTarget;
  readonly cases: RowTarget;
}

const { CHUNK_ANSWER_APPLIED, CHUNK_ANSWER_NOT_NOW } = targetsV1.ChunkAnswer;

/** A page of what an import has touched: all its cases, then all its contacts. */
export async function touchedInBoth(both: Both, request: targetsV1.TouchedRequest): Promise<Pick<targetsV1.TouchedReply, 'records' | 'next'>> {
  const { at, after } = placeOf(request.after);
  const target = both[at];
  const { records, next } = await target.touched({ ...request, after });
  const told = records.map((record) => ({ ...record, target: target.name }));
  if (next !== '') return { records: told, next: `${at} ${next}` };
  return { records: told, next: at === 'cases' ? 'contacts ' : '' };
}

function placeOf(after: string): { at: keyof Both; after: string } {
  const isContacts = after.startsWith('contacts ');
  return { at: isContacts ? 'contacts' : 'cases', after: after.slice(after.indexOf(' ') + 1) };
}

/**
 * Takes an import out of the records of a chunk: first of its cases, then of its contacts, for a contact on which a case
 * builds that stays is not taken back (REV-008). Both move their lanes with each chunk, also where it has none of their
 * records. Outcomes come in the order of the records asked about.
 */
export async function revertBoth(both: Both, request: targetsV1.RevertChunkRequest, gone: Gone): Promise<targetsV1.ChunkReply> {
  const { contacts, cases } = both;
  const early = request.dryRun ? undefined : await tooEarly(contacts, request);
  if (early !== undefined) return early;
  const own = await cases.revert(chunkOf(request, cases.name));
  if (own.answer !== CHUNK_ANSWER_APPLIED) return own;
  if (request.dryRun) noteGone(own, gone);
  const ofContacts = chunkOf(request, contacts.name);
  const dependents = request.restore ? [] : await dependentsOf(cases, request.tenant, ofContacts.records, request.dryRun ? gone : nothingGone());
  const reply = await contacts.revert({ ...ofContacts, dependents });
  if (reply.answer !== CHUNK_ANSWER_APPLIED) return reply;
  return {
    ...reply,
    outcomes: inOrder(request, [...own.outcomes, ...reply.outcomes]),
    changes: [...own.changes, ...reply.changes],
    replayed: own.replayed && reply.replayed,
  };
}

/** Neither service is ever more than one chunk of a lane ahead of the other. */
async function tooEarly(contacts: RowTarget, { tenant, run, lane, seq }: targetsV1.RevertChunkRequest): Promise<targetsV1.ChunkReply | undefined> {
  const { state, lanes } = await contacts.lanes({ tenant, run });
  const nextSeq = lanes.find((one) => one.lane === lane)?.nextSeq ?? 0;
  if (seq <= nextSeq) return undefined;
  return { answer: CHUNK_ANSWER_NOT_NOW, nextSeq, state, outcomes: [], changes: [], replayed: false };
}

/** What a run would have written when contacts are asked: cases that are out of lists, and links that others have lost. */
function noteGone({ outcomes, changes }: targetsV1.ChunkReply, gone: Gone): void {
  for (const { outcome, effects } of outcomes) if (outcome === 'ARCHIVED') gone.records.add(effects[0]?.record ?? '');
  for (const { record: dependent, field, before, after } of changes) {
    if (field !== 'contacts') continue;
    const kept = new Set(contactsIn(after));
    gone.links.push(...contactsIn(before).flatMap((record) => (kept.has(record) ? [] : [{ dependent, record }])));
  }
}

/** The contacts of a case, as cases tells the value of that field. */
function contactsIn(json: string): string[] {
  return json === '' ? [] : (JSON.parse(json) as { contact: string }[]).map(({ contact }) => contact);
}

async function dependentsOf(cases: RowTarget, tenant: string, records: string[], gone: Gone): Promise<targetsV1.Dependents[]> {
  if (records.length === 0) return [];
  const { dependents } = await cases.dependents({ tenant, records, without: [...gone.records], lost: gone.links });
  return dependents;
}

/** The part of a chunk that is about the records of one service. */
function chunkOf(request: targetsV1.RevertChunkRequest, target: string): targetsV1.RevertChunkRequest {
  const places = request.records.flatMap((_, at) => (request.targets[at] === target ? [at] : []));
  const records = places.flatMap((at) => request.records[at] ?? []);
  const known = new Set(records);
  return {
    ...request,
    records,
    versions: request.versions.length === 0 ? [] : places.map((at) => request.versions[at] ?? 0),
    targets: [],
    recordPolicies: Object.fromEntries(Object.entries(request.recordPolicies).filter(([record]) => known.has(record))),
    dependents: [],
  };
}

function inOrder({ records }: targetsV1.RevertChunkRequest, outcomes: readonly targetsV1.RowOutcome[]): targetsV1.RowOutcome[] {
  const byRecord = new Map(outcomes.map((outcome) => [outcome.effects[0]?.record ?? '', outcome]));
  return records.flatMap((record) => byRecord.get(record) ?? []);
}
