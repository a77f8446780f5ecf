import type { MatchKey } from '@caseledger/matching';
import { keyText, type OwnersOf, type RevertKind, type RecordStream } from '@caseledger/row-target';
import type { targetsV1 } from '@caseledger/contracts';
import { evolveAll, type ContactState } from '../contact/contact.js';
import type { ExternalIdPair } from '../contact/contact.events.js';
import { assignmentsOf, fieldOf, sameValue, pathsOf } from '../contact/contact.paths.js';
import { fieldDifferences, jsonText } from '../contact/contact.view.js';
import { pastEventOf } from '../contact/stored-contact.js';
import { keysOfRecord } from '../rows/record-keys.js';
import {
  decideRevert,
  importOf,
  present,
  type PastEvent,
  type RevertCommand,
  type CreatedPolicy,
  type RevertVerdict,
} from './counterfactual.js';

/** What contacts become without an import, or with it again. */
export const contactRevert: RevertKind<ContactState> = {
  decide: (records, request, ownersOf) =>
    decideTogether(
      records.map((record) => historyOf(record, request)),
      ownersOf,
    ).map((decided) => ({
      ...decided,
      events: decided.verdict.events,
      outcome: revertOutcome(decided),
      changes: revertChanges(decided, request.importId),
    })),
};

function historyOf({ id, version, stored }: RecordStream, request: targetsV1.RevertChunkRequest): RecordHistory {
  const createdPolicy = policyOf(request.recordPolicies[id] ?? request.createdPolicy);
  const command = { import: request.importId, revert: request.run, restore: request.restore, createdPolicy };
  return { id, version, history: stored.map(pastEventOf), command };
}

function policyOf(text: string): CreatedPolicy {
  return text === 'STRIP' || text === 'ARCHIVE' ? text : 'KEEP';
}

/** A record of a revert chunk: its stream as read, and what becomes of it. */
export interface RevertedRecord {
  readonly id: string;
  readonly version: number;
  readonly history: readonly PastEvent[];
  readonly now: ContactState;
  readonly after: ContactState;
  readonly verdict: RevertVerdict;
}

/** A record's stream as it was read. */
export interface RecordHistory {
  readonly id: string;
  readonly version: number;
  readonly history: readonly PastEvent[];
  readonly command: RevertCommand;
}

/**
 * Decides a chunk of records together, so that a key which one of them gives up can be taken by another (DESIGN §4).
 * `ownersOf` are the owners of an external id as stored. A record in conflict gives nothing up, so the question is asked
 * again until no further record is in conflict. Where records hinder each other in a circle that would never end: after
 * as many rounds as there are records, one that is in conflict stays so, and each further round adds another one.
 */
export function decideTogether(
  records: readonly RecordHistory[],
  ownersOf: OwnersOf,
): RevertedRecord[] {
  let decided = records.map((record) => decide(record, () => undefined));
  for (let round = 1; ; round += 1) {
    const keeping = new Map(decided.map(({ id, after }) => [id, new Set(keysOfRecord(after).map(keyText))]));
    const next = records.map((record, at) => {
      const last = decided[at];
      const stays = round > records.length && last?.verdict.outcome === 'CONFLICT';
      return stays ? last : decide(record, takenBy(record.id, at));
    });
    const settled = next.every((each, at) => each.verdict.outcome === decided[at]?.verdict.outcome);
    decided = next;
    if (settled) return decided;

    function takenBy(self: string, place: number) {
      // Of two records of the chunk that would take one key the first gets it.
      const before = new Set(records.slice(0, place).map(({ id }) => id));
      return (pair: ExternalIdPair): string | undefined => {
        const key = keyText(externalKey(pair));
        const holder = ownersOf(key).find((owner) => owner !== self && keeping.get(owner)?.has(key) !== false);
        return holder ?? [...before].find((other) => keeping.get(other)?.has(key) === true);
      };
    }
  }
}

function externalKey(pair: ExternalIdPair): MatchKey {
  return { kind: 'EXTERNAL_ID', value: JSON.stringify([pair.system.toLowerCase(), pair.id]) };
}

function decide(record: RecordHistory, takenBy: (pair: ExternalIdPair) => string | undefined): RevertedRecord {
  const { id, version, history, command } = record;
  const verdict = decideRevert(history, command, takenBy);
  const now = present(history.filter(({ erased }) => erased !== true));
  const after = evolveAll(
    now,
    verdict.events.map((event) => ({ event })),
  );
  return { id, version, history, now, after, verdict };
}

/** The outcome of a record as the revert's ledger keeps it (REV-011): no personal data. */
export function revertOutcome({ id, version, verdict }: RevertedRecord): targetsV1.RowOutcome {
  const { outcome, reason, events } = verdict;
  const toVersion = version + events.length;
  return {
    row: 0,
    part: 0,
    outcome,
    reason,
    record: '',
    effects: [{ kind: `CONTACT_${outcome}`, record: id, fromVersion: version, toVersion }],
    codes: outcome === 'CONFLICT' ? [{ code: reason, severity: 'ERROR', column: -1, field: '', params: {} }] : [],
    match: undefined,
    decision: undefined,
  };
}

/** Now → after of a record, and what the import wrote that stays because someone else wrote it since (REV-008). */
export function revertChanges(record: RevertedRecord, importId: string): targetsV1.FieldChange[] {
  const { id, now, after } = record;
  const changes = fieldDifferences(now, after).map(({ field, before, after: then }) => ({
    record: id,
    field,
    before: jsonText(before),
    after: jsonText(then),
    column: -1,
    keptBecause: '',
  }));
  return [...changes, ...keptChanges(record, importId)];
}

function keptChanges({ id, history, now, after }: RevertedRecord, importId: string): targetsV1.FieldChange[] {
  const writers = new Map<string, { by: PastEvent; own: boolean }>();
  for (const past of history) {
    const own = importOf(past) === importId;
    for (const { path } of assignmentsOf(past.event)) {
      writers.set(path, { by: past, own: own || (writers.get(path)?.own ?? false) });
    }
  }
  const present = pathsOf(now);
  const then = pathsOf(after);
  const kept = [...writers].filter(([path, { by, own }]) => {
    const isOthers = importOf(by) !== importId && by.origin.kind !== 'revert';
    return own && isOthers && present.has(path) && sameValue(present.get(path), then.get(path));
  });
  return kept.map(([path, { by }]) => {
    const value = jsonText(present.get(path));
    const { kind, id: source = '' } = by.origin;
    return {
      record: id,
      field: fieldOf(path),
      before: value,
      after: value,
      column: -1,
      keptBecause: `${kind}:${source}`,
    };
  });
}
