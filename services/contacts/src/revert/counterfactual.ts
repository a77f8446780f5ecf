import { copyOf, evolve, initial, requiredBlank, type ContactState } from '../contact/contact.js';
import { IMPORT_REVERTED, type ContactEvent, type ExternalIdPair, type PathChange } from '../contact/contact.events.js';
import { ELEMENTS_MAX, TAGS_MAX } from '../contact/contact.decider.js';
import { assign, assignmentsOf, differencesOf, fieldOf, type Assignment } from '../contact/contact.paths.js';

/** An event of a record's stream with what caused it. For every attempt of an import `origin.id` is the import. */
export interface PastEvent {
  readonly event: ContactEvent;
  readonly origin: { readonly kind: string; readonly id?: string };
  readonly row?: number;
  /** The person's key is gone: the event cannot be read any more (REV-015). */
  readonly erased?: boolean;
}

/** What to do with a record that the import made and others touched since (REV-005). */
export type CreatedPolicy = 'KEEP' | 'STRIP' | 'ARCHIVE';

export interface RevertCommand {
  readonly import: string;
  /** The run that takes the contribution out or puts it back. */
  readonly revert: string;
  readonly restore: boolean;
  readonly createdPolicy: CreatedPolicy;
}

/** REV-011. */
export type RevertOutcome = 'ARCHIVED' | 'RESTORED' | 'KEPT' | 'CONFLICT' | 'UNCHANGED' | 'ERASED';

export interface RevertVerdict {
  readonly outcome: RevertOutcome;
  /** A code of PRODUCT §5 for `CONFLICT`; why for `KEPT`; else empty. */
  readonly reason: string;
  readonly events: readonly ContactEvent[];
  readonly changes: readonly PathChange[];
}

/** How an import that is out of force was taken out of a record it had made. */
type Treatment = 'ARCHIVE' | 'STRIP';

/** The imports whose contribution is out of force. */
export type Voids = ReadonlyMap<string, Treatment>;

const FLAG_PATH = `review/${IMPORT_REVERTED}`;

/** Which imports the markers of a stream have put out of force; the last marker of an import counts. */
export function voidsOf(history: readonly PastEvent[]): Map<string, Treatment> {
  const voids = new Map<string, Treatment>();
  for (const { event } of history) {
    if (event.type === 'ImportContributionReverted') voids.set(event.data.import, event.data.created ?? 'ARCHIVE');
    if (event.type === 'ImportContributionRestored') voids.delete(event.data.import);
  }
  return voids;
}

/** The record as its stream gives it, every event folded. */
export function present(history: readonly PastEvent[]): ContactState {
  return history.reduce((state, past) => evolve(state, past.event, past), initial());
}

/**
 * The record as its history gives it without the imports out of force (REV-003). Events of reverts and restores are
 * never folded, only their markers are read: folding them literally ends wrong once imports overlap.
 *
 * A record whose own import is out of force keeps its values and is archived at the place of the marker, so that a
 * person who restores it later wins; stripped instead, it keeps what others gave it.
 */
export function counterfactual(history: readonly PastEvent[], voids: Voids): ContactState {
  const creator = creatorOf(history);
  const treatment = creator === undefined ? undefined : voids.get(creator);
  const archivedAt = treatment === 'ARCHIVE' ? archivingMarker(history, creator) : -1;
  let state = initial();
  history.forEach((past, at) => {
    if (at === archivedAt) state = archivedBy(state);
    if (past.origin.kind === 'revert' || isMarker(past.event)) return;
    const source = importOf(past);
    const isVoid = source !== undefined && voids.has(source) && !(source === creator && treatment === 'ARCHIVE');
    if (!isVoid) state = evolve(state, past.event, past);
    else
      state = write(
        state,
        assignmentsOf(past.event).filter((each) => survives(each, past.event)),
        past,
      );
  });
  if (treatment === 'ARCHIVE' && archivedAt < 0) state = archivedBy(state);
  return withoutDoubles(state);
}

/**
 * What reverting an import, or restoring it, does to one record. `takenBy` names the record that holds an external id
 * now, if another one does. Nothing is thrown: a record that cannot be treated is an outcome (REV-016).
 */
export function decideRevert(
  history: readonly PastEvent[],
  command: RevertCommand,
  takenBy: (pair: ExternalIdPair) => string | undefined,
): RevertVerdict {
  if (history.some((past) => past.erased === true)) return verdict('ERASED');
  if (!history.some((past) => importOf(past) === command.import)) return verdict('UNCHANGED');
  const voids = voidsOf(history);
  return command.restore ? restore(history, command, voids, takenBy) : revert(history, command, voids, takenBy);
}

function revert(
  history: readonly PastEvent[],
  command: RevertCommand,
  voids: Map<string, Treatment>,
  takenBy: (pair: ExternalIdPair) => string | undefined,
): RevertVerdict {
  if (voids.has(command.import)) return verdict('UNCHANGED');
  const now = present(history);
  const created = creatorOf(history) === command.import;
  const isTouched = created && touched(history, command.import, voids);
  if (isTouched && command.createdPolicy === 'KEEP') return kept(now);
  const treatment = isTouched && command.createdPolicy === 'STRIP' ? 'STRIP' : 'ARCHIVE';
  const want = counterfactual(history, new Map(voids).set(command.import, treatment));
  if (treatment === 'STRIP' && requiredBlank(want).length > 0) return kept(now);

  const conflict = conflictOf(now, want, takenBy);
  if (conflict !== undefined) return verdict('CONFLICT', conflict);
  const changes = changesOf(now, want, created);
  const marker: ContactEvent = {
    type: 'ImportContributionReverted',
    data: {
      ...markerOf(command, changes),
      ...(created ? { created: treatment } : {}),
    },
  };
  if (created && treatment === 'ARCHIVE') return { outcome: 'ARCHIVED', reason: '', events: [marker], changes };
  return {
    outcome: changes.length > 0 ? 'RESTORED' : 'UNCHANGED',
    reason: '',
    events: [marker],
    changes,
  };
}

function restore(
  history: readonly PastEvent[],
  command: RevertCommand,
  voids: Map<string, Treatment>,
  takenBy: (pair: ExternalIdPair) => string | undefined,
): RevertVerdict {
  const now = present(history);
  const created = creatorOf(history) === command.import;
  if (!voids.delete(command.import)) {
    // The revert had kept this record and only flagged it.
    if (!created || !now.review.includes(IMPORT_REVERTED)) return verdict('UNCHANGED');
    const cleared: ContactEvent = {
      type: 'ContactReviewCleared',
      data: { reason: IMPORT_REVERTED },
    };
    const changes = [{ path: FLAG_PATH, before: true, after: null }];
    return { outcome: 'RESTORED', reason: '', events: [cleared], changes };
  }
  const want = counterfactual(history, voids);
  const conflict = conflictOf(now, want, takenBy);
  if (conflict !== undefined) return verdict('CONFLICT', conflict);
  const changes = changesOf(now, want, created);
  const marker: ContactEvent = {
    type: 'ImportContributionRestored',
    data: markerOf(command, changes),
  };
  return {
    outcome: changes.length > 0 ? 'RESTORED' : 'UNCHANGED',
    reason: '',
    events: [marker],
    changes,
  };
}

function verdict(outcome: RevertOutcome, reason = ''): RevertVerdict {
  return { outcome, reason, events: [], changes: [] };
}

// No marker: the contribution stays in force, and a later revert can still take it (REV-005).
function kept(now: ContactState): RevertVerdict {
  if (now.review.includes(IMPORT_REVERTED)) return verdict('KEPT', 'TOUCHED_SINCE');
  const flagged: ContactEvent = {
    type: 'ContactReviewFlagged',
    data: { reason: IMPORT_REVERTED },
  };
  const changes = [{ path: FLAG_PATH, before: null, after: true }];
  return {
    outcome: 'KEPT',
    reason: 'TOUCHED_SINCE',
    events: [flagged],
    changes,
  };
}

// REV-010. A record that is out of lists anyway may lack what it requires.
function conflictOf(
  now: ContactState,
  want: ContactState,
  takenBy: (pair: ExternalIdPair) => string | undefined,
): string | undefined {
  const live = want.archived?.reason !== IMPORT_REVERTED;
  if (live && requiredBlank(want).length > 0 && requiredBlank(now).length === 0) return 'REQUIRED_MISSING';
  if (live && want.externalIds.some((pair) => takenBy(pair) !== undefined)) return 'EXTERNAL_ID_TAKEN';
  const lists = ['phones', 'emails', 'addresses'] as const;
  if (lists.some((list) => want[list].length > Math.max(ELEMENTS_MAX[list], now[list].length)))
    return 'TOO_MANY_VALUES';
  if (want.tags.length > Math.max(TAGS_MAX, now.tags.length)) return 'TOO_MANY_VALUES';
  return undefined;
}

// The flag that a revert set is not the import's doing: it goes only when the fate of the record's own import is decided.
function changesOf(now: ContactState, want: ContactState, created: boolean): PathChange[] {
  return differencesOf(now, want).filter((change) => created || change.path !== FLAG_PATH);
}

function markerOf(command: RevertCommand, changes: readonly PathChange[]) {
  return {
    import: command.import,
    revert: command.revert,
    scope: { kind: 'ALL' as const },
    fields: [...new Set(changes.map(({ path }) => fieldOf(path)))],
    changes,
  };
}

/** The import an event belongs to, if it belongs to one. */
export function importOf(past: PastEvent): string | undefined {
  return past.origin.kind === 'import' ? past.origin.id : undefined;
}

function creatorOf(history: readonly PastEvent[]): string | undefined {
  const first = history[0];
  return first?.event.type === 'ContactCreated' ? importOf(first) : undefined;
}

function isMarker(event: ContactEvent): boolean {
  return event.type === 'ImportContributionReverted' || event.type === 'ImportContributionRestored';
}

// The place of the marker that put the record's own import out of force; -1 while it is only about to be written.
function archivingMarker(history: readonly PastEvent[], creator: string | undefined): number {
  let at = -1;
  history.forEach(({ event }, index) => {
    if (!isMarker(event) || !('import' in event.data) || event.data.import !== creator) return;
    at = event.type === 'ImportContributionReverted' ? index : -1;
  });
  return at;
}

/**
 * Whether anything but this import touched the record (REV-004): the system's own checks, reverts and contributions
 * out of force do not count, nor does looking at a review flag.
 */
function touched(history: readonly PastEvent[], own: string, voids: Voids): boolean {
  return history.some((past) => {
    if (past.origin.kind === 'system' || past.origin.kind === 'revert') return false;
    if (past.event.type === 'ContactReviewFlagged' || past.event.type === 'ContactReviewCleared') return false;
    const source = importOf(past);
    return source === undefined || (source !== own && !voids.has(source));
  });
}

// An opt-out stays whoever recorded it (REV-007), and a stripped record stays a contact with a type and a status.
function survives(assignment: Assignment, event: ContactEvent): boolean {
  if (event.type === 'ContactOptedOut') return true;
  if (event.type !== 'ContactCreated') return false;
  if (assignment.path === 'contactType' || assignment.path === 'status') return true;
  const channel = assignment.path.startsWith('preferences/') ? assignment.path.slice('preferences/'.length) : undefined;
  return channel !== undefined && event.data.preferences[channel]?.state === 'OPTED_OUT';
}

function write(state: ContactState, assignments: readonly Assignment[], past: PastEvent): ContactState {
  const next = copyOf(state);
  for (const { path, value } of assignments) assign(next, path, path === 'status' ? 'ACTIVE' : value);
  if (past.event.type === 'ContactCreated' && past.origin.id !== undefined) {
    next.made = { import: past.origin.id, row: past.row ?? 0 };
  }
  return next;
}

function archivedBy(state: ContactState): ContactState {
  return { ...state, archived: { reason: IMPORT_REVERTED } };
}

// A person may have typed in again what comes back: the same number never stands twice on one contact (CON-003).
function withoutDoubles(state: ContactState): ContactState {
  return {
    ...state,
    phones: firstOfEach(state.phones, (phone) => `${phone.number};${phone.extension}`),
    emails: firstOfEach(state.emails, (email) => email.address.toLowerCase()),
  };
}

function firstOfEach<E>(elements: readonly E[], identity: (element: E) => string): E[] {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const key = identity(element);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
