import type { StoredEvent } from '@caseledger/event-store';
import type { targetsV1 } from '@caseledger/contracts';
import { keyText } from '../keys/exact-key.js';
import type { DecidedEvent } from '../rows/row-kind.js';
import { Counterfactual, importOf, type CreatedPolicy, type RevertCommand, type RevertVerdict, type TakenBy } from './counterfactual.js';
import { jsonText } from '../records/field-differences.js';
import { sameValue, type ExternalIdPair } from '../records/paths.js';
import type { PastEvent, RevertRules, RevertibleState } from './revert-rules.js';
import type { OwnersOf, RecordStream, RevertKind } from './revert-rows.js';

/** A record's stream as it was read. */
export interface RecordHistory<E extends DecidedEvent> {
  readonly id: string;
  readonly version: number;
  readonly history: readonly PastEvent<E>[];
  readonly command: RevertCommand;
}

/** A record of a revert chunk: its stream as read, and what becomes of it. */
export interface DecidedRecord<S, E extends DecidedEvent> extends RecordHistory<E> {
  readonly now: S;
  readonly after: S;
  readonly verdict: RevertVerdict<E>;
}

/** A kind of record as reverts treat it, by the rules of its fold. */
export class RevertOf<S extends RevertibleState, E extends DecidedEvent> implements RevertKind<S> {
  readonly #records: Counterfactual<S, E>;

  constructor(
    private readonly rules: RevertRules<S, E>,
    /** A stored event with what caused it. */
    private readonly pastEventOf: (stored: StoredEvent) => PastEvent<E>,
  ) {
    this.#records = new Counterfactual(rules);
  }

  decide(records: readonly RecordStream[], request: targetsV1.RevertChunkRequest, ownersOf: OwnersOf) {
    const dependents = new Map(request.dependents.map((each) => [each.record, each]));
    const histories = records.map(({ id, version, stored }) => {
      const command = commandOf(id, request, dependents.get(id)?.n ?? 0);
      return { id, version, history: stored.map((event) => this.pastEventOf(event)), command };
    });
    return this.decideTogether(histories, ownersOf).map((decided) => ({
      ...decided,
      events: decided.verdict.events,
      outcome: this.outcomeOf(decided),
      changes: [...this.changesOf(decided), ...dependentChanges(dependents.get(decided.id))],
    }));
  }

  /**
   * Decides a chunk of records together, so that a key which one of them gives up can be taken by another (DESIGN §4).
   * `ownersOf` are the owners of an external id as stored. A record in conflict gives nothing up, so the question is
   * asked again until no further record is in conflict. Where records hinder each other in a circle that would never
   * end: after as many rounds as there are records, one that is in conflict stays so, and each further round adds another.
   */
  decideTogether(records: readonly RecordHistory<E>[], ownersOf: OwnersOf): DecidedRecord<S, E>[] {
    let decided = records.map((record) => this.decideOne(record, () => undefined));
    for (let round = 1; ; round += 1) {
      const keeping = new Map(decided.map(({ id, after }) => [id, new Set(this.rules.keysOf(after).map(keyText))]));
      const next = records.map((record, at) => {
        const last = decided[at];
        const stays = round > records.length && last?.verdict.outcome === 'CONFLICT';
        return stays ? last : this.decideOne(record, takenBy(record.id, at));
      });
      const settled = next.every((each, at) => each.verdict.outcome === decided[at]?.verdict.outcome);
      decided = next;
      if (settled) return decided;

      function takenBy(self: string, place: number): TakenBy {
        // Of two records of the chunk that would take one key the first gets it.
        const before = new Set(records.slice(0, place).map(({ id }) => id));
        return (pair) => {
          const key = externalKey(pair);
          const holder = ownersOf(key).find((owner) => owner !== self && keeping.get(owner)?.has(key) !== false);
          return holder ?? [...before].find((other) => keeping.get(other)?.has(key) === true);
        };
      }
    }
  }

  private decideOne(record: RecordHistory<E>, takenBy: TakenBy): DecidedRecord<S, E> {
    const { history, command } = record;
    const verdict = this.#records.decide(history, command, takenBy);
    const now = this.#records.present(history.filter(({ erased }) => erased !== true));
    const after = verdict.events.reduce((state, event) => this.rules.evolve(state, event), now);
    return { ...record, now, after, verdict };
  }

  /** The outcome of a record as the revert's ledger keeps it (REV-011): no personal data. */
  outcomeOf({ id, version, verdict }: DecidedRecord<S, E>): targetsV1.RowOutcome {
    const { outcome, reason, events } = verdict;
    const toVersion = version + events.length;
    return {
      row: 0,
      part: 0,
      outcome,
      reason,
      record: '',
      effects: [{ kind: `${this.rules.name}_${outcome}`, record: id, fromVersion: version, toVersion }],
      codes: outcome === 'CONFLICT' ? [{ code: reason, severity: 'ERROR', column: -1, field: '', params: {} }] : [],
      match: undefined,
      decision: undefined,
    };
  }

  /** Now → after of a record, and what the import wrote that stays because someone else wrote it since (REV-008). */
  changesOf(record: DecidedRecord<S, E>): targetsV1.FieldChange[] {
    const { id, now, after } = record;
    const changes = this.rules.fieldDifferences(now, after).map(({ field, before, after: then }) =>
      changeOf(id, field, before, then, ''),
    );
    return [...changes, ...this.keptChanges(record)];
  }

  private keptChanges({ id, history, now, after, command }: DecidedRecord<S, E>): targetsV1.FieldChange[] {
    const writers = new Map<string, { by: PastEvent<E>; own: boolean }>();
    for (const past of history) {
      const own = importOf(past) === command.import;
      for (const { path } of this.rules.assignmentsOf(past.event)) {
        writers.set(path, { by: past, own: own || (writers.get(path)?.own ?? false) });
      }
    }
    const present = this.rules.pathsOf(now);
    const then = this.rules.pathsOf(after);
    const kept = [...writers].filter(([path, { by, own }]) => {
      const isOthers = importOf(by) !== command.import && by.origin.kind !== 'revert';
      return own && isOthers && present.has(path) && sameValue(present.get(path), then.get(path));
    });
    return kept.map(([path, { by }]) => {
      const value = present.get(path);
      const { kind, id: source = '' } = by.origin;
      return changeOf(id, this.rules.fieldOf(path), value, value, `${kind}:${source}`);
    });
  }
}

function commandOf(id: string, request: targetsV1.RevertChunkRequest, dependents: number): RevertCommand {
  const createdPolicy = policyOf(request.recordPolicies[id] ?? request.createdPolicy);
  return { import: request.importId, revert: request.run, restore: request.restore, createdPolicy, dependents };
}

function policyOf(text: string): CreatedPolicy {
  return text === 'STRIP' || text === 'ARCHIVE' ? text : 'KEEP';
}

// What builds on a record is shown beside what becomes of it, whether it is kept for that or not (REV-005, REV-008).
function dependentChanges(dependents: targetsV1.Dependents | undefined): targetsV1.FieldChange[] {
  if (dependents === undefined || dependents.n === 0) return [];
  const { record, cases, n } = dependents;
  return [changeOf(record, 'cases', { n, cases }, { n, cases }, 'dependents')];
}

function externalKey({ system, id }: ExternalIdPair): string {
  return keyText({ kind: 'EXTERNAL_ID', value: JSON.stringify([system.toLowerCase(), id]) });
}

function changeOf(record: string, field: string, before: unknown, after: unknown, keptBecause: string): targetsV1.FieldChange {
  return { record, field, before: jsonText(before), after: jsonText(after), column: -1, keptBecause };
}
