import {
  byText,
  externalIdPath,
  pathDifferences,
  withMember,
  withPair,
  type Assignment,
  type PathChange,
} from '@caseledger/row-target';
import type { CaseState } from './case.js';
import type {
  CaseEvent,
  ContactLink,
  FirstValues,
  KeyDate,
  Standing,
} from './case.events.js';

export { sameValue } from '@caseledger/row-target';

/**
 * What an event writes, path by path. Fold, provenance, history and the counterfactual of a revert all read events
 * through this one function, so that they cannot disagree. Paths are the keys of the field catalogue, and
 * `caseStanding` ({type, status, category}: one value, because a status belongs to its type), `contacts/<id>/<role>`,
 * `primaryContact`, `keyDates/<id>`, `tags/<tag>`, `externalIds/<pair>`, `lists/<id>`, `archived`, `review/<reason>`.
 * The number is no path: nothing changes it.
 */
export function assignmentsOf(event: CaseEvent): Assignment[] {
  switch (event.type) {
    case 'CaseOpened':
      return firstAssignments(event.data);
    case 'CaseFieldsChanged':
      return [
        ...Object.entries(event.data.set).map(([path, value]) => ({ path, value })),
        ...event.data.cleared.map((path) => ({ path, value: null })),
      ];
    case 'CaseStatusChanged': {
      const { type, to: status, category, closedOn } = event.data;
      return standingAssignments({ type, status, category }, closedOn);
    }
    case 'CaseTypeChanged': {
      const { to: type, status, category, closedOn } = event.data;
      return standingAssignments({ type, status, category }, closedOn);
    }
    case 'CaseContactLinked':
      return [{ path: linkPath(event.data), value: true }];
    case 'CaseContactUnlinked':
      return [{ path: linkPath(event.data), value: null }];
    case 'CasePrimaryContactChanged':
      return [{ path: 'primaryContact', value: event.data.contact }];
    case 'KeyDateSet':
      return [keyDateAssignment(event.data)];
    case 'KeyDateRemoved':
      return [{ path: `keyDates/${event.data.id}`, value: null }];
    default:
      return markAssignments(event);
  }
}

type Marks = Exclude<
  CaseEvent,
  {
    type:
      | 'CaseOpened'
      | 'CaseFieldsChanged'
      | 'CaseStatusChanged'
      | 'CaseTypeChanged'
      | 'CaseContactLinked'
      | 'CaseContactUnlinked'
      | 'CasePrimaryContactChanged'
      | 'KeyDateSet'
      | 'KeyDateRemoved';
  }
>;

function markAssignments(event: Marks): Assignment[] {
  switch (event.type) {
    case 'CaseTagged':
      return event.data.tags.map((tag) => ({ path: `tags/${tag}`, value: true }));
    case 'CaseUntagged':
      return event.data.tags.map((tag) => ({ path: `tags/${tag}`, value: null }));
    case 'CaseExternalIdAdded':
      return [{ path: externalIdPath(event.data), value: true }];
    case 'CaseExternalIdRemoved':
      return [{ path: externalIdPath(event.data), value: null }];
    case 'CaseAddedToList':
      return [{ path: `lists/${event.data.list}`, value: true }];
    case 'CaseRemovedFromList':
      return [{ path: `lists/${event.data.list}`, value: null }];
    case 'CaseArchived':
      return [{ path: 'archived', value: { reason: event.data.reason } }];
    case 'CaseRestored':
      return [{ path: 'archived', value: null }];
    case 'CaseReviewFlagged':
      return [{ path: `review/${event.data.reason}`, value: true }];
    case 'CaseReviewCleared':
      return [{ path: `review/${event.data.reason}`, value: null }];
    case 'ImportContributionReverted':
    case 'ImportContributionRestored':
      return event.data.changes.map(({ path, after }) => ({ path, value: after }));
  }
}

function firstAssignments(first: FirstValues): Assignment[] {
  const { type, status, category, labels } = first;
  return [
    { path: 'caseStanding', value: { type, status, category } },
    ...Object.entries(first.values).map(([path, value]) => ({ path, value })),
    { path: 'intakeSource', value: first.source },
    ...dateAssignment('openedOn', first.openedOn),
    ...dateAssignment('closedOn', first.closedOn),
    ...first.contacts.map((link) => ({ path: linkPath(link), value: true })),
    ...(first.primaryContact === null ? [] : [{ path: 'primaryContact', value: first.primaryContact }]),
    ...first.keyDates.map((date) => keyDateAssignment({ ...date, label: labels[date.id] ?? '' })),
    ...first.tags.map((tag) => ({ path: `tags/${tag}`, value: true })),
    ...first.externalIds.map((pair) => ({ path: externalIdPath(pair), value: true })),
    ...first.lists.map((list) => ({ path: `lists/${list}`, value: true })),
    ...first.review.map((reason) => ({ path: `review/${reason}`, value: true })),
  ];
}

function standingAssignments(value: Standing, closedOn: string | null | undefined): Assignment[] {
  const standing = { path: 'caseStanding', value };
  return closedOn === undefined ? [standing] : [standing, { path: 'closedOn', value: closedOn }];
}

function dateAssignment(path: string, date: string | null): Assignment[] {
  return date === null ? [] : [{ path, value: date }];
}

function keyDateAssignment({ id, label, kind, at, reminderDays }: KeyDate): Assignment {
  return { path: `keyDates/${id}`, value: { id, label, kind, at, reminderDays } };
}

function linkPath({ contact, role }: ContactLink): string {
  return `contacts/${contact}/${role}`;
}

/** Writes one path of a state, in place. Writing null to a path that holds nothing does nothing. */
export function assign(state: CaseState, path: string, value: unknown): void {
  const at = path.indexOf('/');
  if (at < 0) {
    assignSingle(state, path, value);
    return;
  }
  const rest = path.slice(at + 1);
  switch (path.slice(0, at)) {
    case 'contacts':
      state.contacts = withLink(state.contacts, rest, value !== null);
      break;
    case 'keyDates':
      assignKeyDate(state, Number(rest), value as KeyDate | null);
      break;
    case 'tags':
      state.tags = withMember(state.tags, rest, value !== null);
      break;
    case 'externalIds':
      state.externalIds = withPair(state.externalIds, rest, value !== null);
      break;
    case 'lists':
      state.lists = withMember(state.lists, rest, value !== null);
      break;
    case 'review':
      state.review = withMember(state.review, rest, value !== null);
      break;
  }
}

function assignSingle(state: CaseState, path: string, value: unknown): void {
  switch (path) {
    case 'caseName':
      state.name = textOf(value);
      break;
    case 'description':
      state.description = textOf(value);
      break;
    case 'intakeSource':
      state.source = textOf(value);
      break;
    case 'openedOn':
      state.openedOn = value as string | null;
      break;
    case 'closedOn':
      state.closedOn = value as string | null;
      break;
    case 'primaryContact':
      state.primary = value as string | null;
      break;
    case 'archived':
      state.archived = value as { reason: string } | null;
      break;
    case 'caseStanding':
      assignStanding(state, value as Standing | null);
      break;
  }
}

function assignStanding(state: CaseState, standing: Standing | null): void {
  state.type = standing?.type ?? '';
  state.status = standing?.status ?? '';
  state.category = standing?.category ?? 'OPEN';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function assignKeyDate(state: CaseState, id: number, date: KeyDate | null): void {
  const others = state.keyDates.filter((other) => other.id !== id);
  if (date !== null) state.lastKeyDate = Math.max(state.lastKeyDate, id);
  state.keyDates = date === null ? others : [...others, date].sort((a, b) => a.id - b.id);
}

function withLink(links: readonly ContactLink[], key: string, present: boolean): ContactLink[] {
  const [contact = '', role = ''] = key.split('/', 2);
  const others = links.filter((link) => link.contact !== contact || link.role !== role);
  return present
    ? [...others, { contact, role }].sort((a, b) => byText(a.contact, b.contact) || byText(a.role, b.role))
    : others;
}

/** Every path of a state that holds a value, in the order in which `assign` can write them back. */
export function pathsOf(state: CaseState): Map<string, unknown> {
  const { type, status, category } = state;
  const paths = new Map<string, unknown>();
  if (type !== '') paths.set('caseStanding', { type, status, category });
  const singles: [string, string | null][] = [
    ['caseName', state.name],
    ['description', state.description],
    ['intakeSource', state.source],
    ['openedOn', state.openedOn],
    ['closedOn', state.closedOn],
  ];
  for (const [path, value] of singles) if (value !== null && value !== '') paths.set(path, value);
  for (const link of state.contacts) paths.set(linkPath(link), true);
  if (state.primary !== null) paths.set('primaryContact', state.primary);
  for (const date of state.keyDates) paths.set(`keyDates/${date.id}`, date);
  for (const tag of state.tags) paths.set(`tags/${tag}`, true);
  for (const pair of state.externalIds) paths.set(externalIdPath(pair), true);
  for (const list of state.lists) paths.set(`lists/${list}`, true);
  if (state.archived !== null) paths.set('archived', state.archived);
  for (const reason of state.review) paths.set(`review/${reason}`, true);
  return paths;
}

/** The paths whose values differ, with both values. */
export function differencesOf(now: CaseState, want: CaseState): PathChange[] {
  return pathDifferences(pathsOf(now), pathsOf(want));
}

/**
 * The field a path belongs to, free of personal data: contacts, tags, lists and external ids are one field each, and a
 * standing goes by the name of its status.
 */
export function fieldOf(path: string): string {
  const [head = '', second] = path.split('/', 2);
  if (head === 'caseStanding') return 'caseStatus';
  return head === 'keyDates' && second !== undefined ? `${head}/${second}` : head;
}
