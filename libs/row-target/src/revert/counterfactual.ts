import type { DecidedEvent } from '../rows/row-kind.js';
import { pathDifferences, type ExternalIdPair, type PathChange } from '../records/paths.js';
import { IMPORT_REVERTED, type ContributionChange, type PastEvent, type RevertRules, type RevertibleState } from './revert-rules.js';

/** What to do with a record that the import made and others touched since (REV-005). */
export type CreatedPolicy = 'KEEP' | 'STRIP' | 'ARCHIVE';

export interface RevertCommand {
  readonly import: string;
  /** The run that takes the contribution out or puts it back. */
  readonly revert: string;
  readonly restore: boolean;
  readonly createdPolicy: CreatedPolicy;
  /** Records of another target that stay and build on this one: it counts as touched (REV-004). */
  readonly dependents: number;
}

/** REV-011. */
export type RevertOutcome = 'ARCHIVED' | 'RESTORED' | 'KEPT' | 'CONFLICT' | 'UNCHANGED' | 'ERASED';

export interface RevertVerdict<E extends DecidedEvent> {
  readonly outcome: RevertOutcome;
  /** A code of PRODUCT §5 for `CONFLICT`; why for `KEPT`; else empty. */
  readonly reason: string;
  readonly events: readonly E[];
  readonly changes: readonly PathChange[];
}

/** Who holds an external id now, if another record does. */
export type TakenBy = (pair: ExternalIdPair) => string | undefined;

/** How an import that is out of force was taken out of a record it had made. */
type Treatment = 'ARCHIVE' | 'STRIP';

/** The imports whose contribution is out of force. */
export type Voids = ReadonlyMap<string, Treatment>;

const FLAG_PATH = `review/${IMPORT_REVERTED}`;
const REVERTED = 'ImportContributionReverted';
const RESTORED = 'ImportContributionRestored';

/** The import an event belongs to, if it belongs to one. */
export function importOf(past: PastEvent<DecidedEvent>): string | undefined {
  return past.origin.kind === 'import' ? past.origin.id : undefined;
}

/** Which imports the markers of a stream have put out of force; the last marker of an import counts. */
export function voidsOf(history: readonly PastEvent<DecidedEvent>[]): Map<string, Treatment> {
  const voids = new Map<string, Treatment>();
  for (const { event } of history) {
    if (!isMarker(event)) continue;
    const { import: of, created = 'ARCHIVE' } = contributionOf(event);
    if (event.type === REVERTED) voids.set(of, created);
    else voids.delete(of);
  }
  return voids;
}

/**
 * What records become when imports are taken out of them and put back (REV-003): pure, for any kind of record whose
 * events can be read path by path.
 */
export class Counterfactual<S extends RevertibleState, E extends DecidedEvent> {
  constructor(private readonly rules: RevertRules<S, E>) {}

  /** The record as its stream gives it, every event folded. */
  present(history: readonly PastEvent<E>[]): S {
    return history.reduce((state, past) => this.rules.evolve(state, past.event, past), this.rules.initial());
  }

  /**
   * The record as its history gives it without the imports out of force. Events of reverts and restores are never
   * folded, only their markers are read: folding them literally ends wrong once imports overlap.
   *
   * A record whose own import is out of force keeps its values and is archived at the place of the marker, so that a
   * person who restores it later wins; stripped instead, it keeps what others gave it.
   */
  without(history: readonly PastEvent<E>[], voids: Voids): S {
    const creator = this.creatorOf(history);
    const treatment = creator === undefined ? undefined : voids.get(creator);
    const archivedAt = treatment === 'ARCHIVE' ? archivingMarker(history, creator) : -1;
    let state = this.rules.initial();
    history.forEach((past, at) => {
      if (at === archivedAt) state = archivedBy(state);
      if (past.origin.kind === 'revert' || isMarker(past.event)) return;
      const source = importOf(past);
      const isVoid = source !== undefined && voids.has(source) && !(source === creator && treatment === 'ARCHIVE');
      state = isVoid ? this.remainder(state, past) : this.rules.evolve(state, past.event, past);
    });
    if (treatment === 'ARCHIVE' && archivedAt < 0) state = archivedBy(state);
    return this.rules.tidied(state);
  }

  /**
   * What reverting an import, or restoring it, does to one record. Nothing is thrown: a record that cannot be treated is
   * an outcome (REV-016).
   */
  decide(history: readonly PastEvent<E>[], command: RevertCommand, takenBy: TakenBy): RevertVerdict<E> {
    if (history.some((past) => past.erased === true)) return verdict('ERASED');
    if (!history.some((past) => importOf(past) === command.import)) return verdict('UNCHANGED');
    const voids = voidsOf(history);
    return command.restore
      ? this.restore(history, command, voids, takenBy)
      : this.revert(history, command, voids, takenBy);
  }

  private revert(
    history: readonly PastEvent<E>[],
    command: RevertCommand,
    voids: Map<string, Treatment>,
    takenBy: TakenBy,
  ): RevertVerdict<E> {
    if (voids.has(command.import)) return verdict('UNCHANGED');
    const now = this.present(history);
    const created = this.creatorOf(history) === command.import;
    const isTouched = created && (command.dependents > 0 || this.touched(history, command.import, voids));
    if (isTouched && command.createdPolicy === 'KEEP') return this.kept(now);
    const treatment = isTouched && command.createdPolicy === 'STRIP' ? 'STRIP' : 'ARCHIVE';
    const want = this.without(history, new Map(voids).set(command.import, treatment));
    if (treatment === 'STRIP' && this.rules.requiredBlank(want).length > 0) return this.kept(now);

    const conflict = this.conflictOf(now, want, takenBy);
    if (conflict !== undefined) return verdict('CONFLICT', conflict);
    const changes = this.changesOf(now, want, created);
    const data = { ...this.markerOf(command, changes), ...(created ? { created: treatment } : {}) };
    const outcome = created && treatment === 'ARCHIVE' ? 'ARCHIVED' : changes.length > 0 ? 'RESTORED' : 'UNCHANGED';
    return { outcome, reason: '', events: [this.rules.ownEvent({ type: REVERTED, data })], changes };
  }

  private restore(
    history: readonly PastEvent<E>[],
    command: RevertCommand,
    voids: Map<string, Treatment>,
    takenBy: TakenBy,
  ): RevertVerdict<E> {
    const now = this.present(history);
    const created = this.creatorOf(history) === command.import;
    if (!voids.delete(command.import)) {
      // The revert had kept this record and only flagged it.
      if (!created || !now.review.includes(IMPORT_REVERTED)) return verdict('UNCHANGED');
      const cleared = this.rules.ownEvent({ type: this.rules.types.cleared, data: { reason: IMPORT_REVERTED } });
      const changes = [{ path: FLAG_PATH, before: true, after: null }];
      return { outcome: 'RESTORED', reason: '', events: [cleared], changes };
    }
    const want = this.without(history, voids);
    const conflict = this.conflictOf(now, want, takenBy);
    if (conflict !== undefined) return verdict('CONFLICT', conflict);
    const changes = this.changesOf(now, want, created);
    const marker = this.rules.ownEvent({ type: RESTORED, data: this.markerOf(command, changes) });
    return { outcome: changes.length > 0 ? 'RESTORED' : 'UNCHANGED', reason: '', events: [marker], changes };
  }

  // No marker: the contribution stays in force, and a later revert can still take it (REV-005).
  private kept(now: S): RevertVerdict<E> {
    if (now.review.includes(IMPORT_REVERTED)) return verdict('KEPT', 'TOUCHED_SINCE');
    const flagged = this.rules.ownEvent({ type: this.rules.types.flagged, data: { reason: IMPORT_REVERTED } });
    const changes = [{ path: FLAG_PATH, before: null, after: true }];
    return { outcome: 'KEPT', reason: 'TOUCHED_SINCE', events: [flagged], changes };
  }

  // REV-010. A record that is out of lists anyway may lack what it requires.
  private conflictOf(now: S, want: S, takenBy: TakenBy): string | undefined {
    const live = want.archived?.reason !== IMPORT_REVERTED;
    const { rules } = this;
    if (live && rules.requiredBlank(want).length > 0 && rules.requiredBlank(now).length === 0) return 'REQUIRED_MISSING';
    if (live && want.externalIds.some((pair) => takenBy(pair) !== undefined)) return 'EXTERNAL_ID_TAKEN';
    return rules.holdsTooMuch(want, now) ? 'TOO_MANY_VALUES' : undefined;
  }

  // The flag that a revert set is not the import's doing: it goes only when the fate of the record's own import is decided.
  private changesOf(now: S, want: S, created: boolean): PathChange[] {
    const changes = pathDifferences(this.rules.pathsOf(now), this.rules.pathsOf(want));
    return changes.filter((change) => created || change.path !== FLAG_PATH);
  }

  private markerOf(command: RevertCommand, changes: readonly PathChange[]): ContributionChange {
    const fields = [...new Set(changes.map(({ path }) => this.rules.fieldOf(path)))];
    return { import: command.import, revert: command.revert, scope: { kind: 'ALL' }, fields, changes };
  }

  private creatorOf(history: readonly PastEvent<E>[]): string | undefined {
    const first = history[0];
    return first?.event.type === this.rules.types.created ? importOf(first) : undefined;
  }

  /**
   * Whether anything but this import touched the record (REV-004): the system's own checks, reverts and contributions
   * out of force do not count, nor does looking at a review flag.
   */
  private touched(history: readonly PastEvent<E>[], own: string, voids: Voids): boolean {
    const { flagged, cleared } = this.rules.types;
    return history.some((past) => {
      if (past.origin.kind === 'system' || past.origin.kind === 'revert') return false;
      if (past.event.type === flagged || past.event.type === cleared) return false;
      const source = importOf(past);
      return source === undefined || (source !== own && !voids.has(source));
    });
  }

  // What stays of an event out of force; a stripped record is still one that its import has made.
  private remainder(state: S, past: PastEvent<E>): S {
    const next = this.rules.copyOf(state);
    for (const { path, value } of this.rules.remains(past.event)) this.rules.assign(next, path, value);
    if (past.event.type === this.rules.types.created && past.origin.id !== undefined) {
      next.made = { import: past.origin.id, row: past.row ?? 0 };
    }
    return next;
  }
}

function verdict(outcome: RevertOutcome, reason = ''): RevertVerdict<never> {
  return { outcome, reason, events: [], changes: [] };
}

function isMarker(event: DecidedEvent): boolean {
  return event.type === REVERTED || event.type === RESTORED;
}

/** Written by the code above, under a definition that every kind of record shares. */
function contributionOf(marker: DecidedEvent): ContributionChange {
  return marker.data as ContributionChange;
}

// The place of the marker that put the record's own import out of force; -1 while it is only about to be written.
function archivingMarker(history: readonly PastEvent<DecidedEvent>[], creator: string | undefined): number {
  let at = -1;
  history.forEach(({ event }, index) => {
    if (!isMarker(event) || contributionOf(event).import !== creator) return;
    at = event.type === REVERTED ? index : -1;
  });
  return at;
}

function archivedBy<S extends RevertibleState>(state: S): S {
  return { ...state, archived: { reason: IMPORT_REVERTED } };
}
