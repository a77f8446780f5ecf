import { primaryOf, type CaseState } from './case.js';
import { sameValue } from './case.paths.js';
import type { CaseEvent, CellSource, FirstValues, KeyDate, Standing } from './case.events.js';

/** Where a value came from: the column counted from 0 (-1 for a default), and the cell's text where it differs. */
export interface ValueSource {
  readonly column: number;
  readonly text?: string;
}

/**
 * Sources by field: `caseName`, `description`, `intakeSource`, `openedOn`, `closedOn`, `caseType`, `caseStatus`,
 * `contacts`, `keyDates/1`, `tags`, `externalIds`.
 */
export type ValueSources = ReadonlyMap<string, ValueSource>;

const NONE: ValueSources = new Map();

/**
 * The one event that opens a case with these values (PRODUCT §3); its number must be in the state. `knownDifferent` are
 * the cases it matched and was still created beside.
 */
export function opened(
  after: CaseState,
  sources: ValueSources = NONE,
  knownDifferent: readonly string[] = [],
): CaseEvent {
  const { number, type, status, category, source, openedOn, closedOn } = after;
  const values = Object.entries({ caseName: after.name, description: after.description }).filter(([, text]) => text !== '');
  const first: FirstValues = {
    number,
    type,
    status,
    category,
    values: Object.fromEntries(values),
    source,
    openedOn,
    closedOn,
    contacts: after.contacts,
    primaryContact: primaryOf(after) ?? null,
    keyDates: after.keyDates.map(({ id, kind, at, reminderDays }) => ({ id, kind, at, reminderDays })),
    labels: Object.fromEntries(after.keyDates.map(({ id, label }) => [String(id), label])),
    tags: after.tags,
    externalIds: after.externalIds,
    lists: after.lists,
    review: after.review,
    knownDifferent,
    ...cells([...sources.keys()], sources),
  };
  return { type: 'CaseOpened', data: first };
}

/**
 * The events that lead from one state to another, in a fixed order, none where nothing differs (CON-015: only what
 * changed is touched). Archiving is not among them: it has its own commands.
 */
export function changesBetween(before: CaseState, after: CaseState, sources: ValueSources = NONE): CaseEvent[] {
  const standing = standingChange(before, after, sources);
  return [
    ...singleChanges(before, after, standing.length > 0, sources),
    ...standing,
    ...linkChanges(before, after, sources),
    ...keyDateChanges(before, after, sources),
    ...tagChanges(before, after, sources),
    ...externalIdChanges(before, after, sources),
    ...listChanges(before, after),
    ...reviewChanges(before, after),
  ];
}

/** The state with a standing, its closed date set on entering `CLOSED` and cleared on leaving it (CAS-004). */
export function withStanding(state: CaseState, { type, status, category }: Standing, today: string): CaseState {
  const closedOn = category === state.category ? state.closedOn : category === 'CLOSED' ? today : null;
  return { ...state, type, status, category, closedOn };
}

// A closed date that changes together with the standing is told by the event of the standing.
function singleChanges(before: CaseState, after: CaseState, moves: boolean, sources: ValueSources): CaseEvent[] {
  const old = singlesOf(before, moves);
  const now = singlesOf(after, moves);
  const set = Object.fromEntries(Object.entries(now).filter(([key, value]) => old[key] !== value));
  const cleared = Object.keys(old).filter((key) => now[key] === undefined);
  const fields = [...Object.keys(set), ...cleared].sort();
  if (fields.length === 0) return [];
  return [{ type: 'CaseFieldsChanged', data: { set, cleared, fields, ...cells(fields, sources) } }];
}

function singlesOf(state: CaseState, moves: boolean): Record<string, string> {
  const singles: [string, string | null][] = [
    ['caseName', state.name],
    ['description', state.description],
    ['intakeSource', state.source],
    ['openedOn', state.openedOn],
    ['closedOn', moves ? null : state.closedOn],
  ];
  return Object.fromEntries(singles.filter((single): single is [string, string] => (single[1] ?? '') !== ''));
}

function standingChange(before: CaseState, after: CaseState, sources: ValueSources): CaseEvent[] {
  if (before.type === after.type && before.status === after.status) return [];
  const { category } = after;
  const closing = before.closedOn === after.closedOn ? {} : { closedOn: after.closedOn };
  const source = cells(['caseType', 'caseStatus', 'closedOn'], sources);
  if (before.type === after.type) {
    const data = { type: after.type, from: before.status, to: after.status, category, ...closing, ...source };
    return [{ type: 'CaseStatusChanged', data }];
  }
  const { type: from, status: fromStatus } = before;
  const data = { from, to: after.type, fromStatus, status: after.status, category, ...closing, ...source };
  return [{ type: 'CaseTypeChanged', data }];
}

// New links come before old ones go, so that no event leaves a case without a client.
function linkChanges(before: CaseState, after: CaseState, sources: ValueSources): CaseEvent[] {
  const has = (state: CaseState, contact: string, role: string): boolean =>
    state.contacts.some((link) => link.contact === contact && link.role === role);
  const events: CaseEvent[] = [];
  for (const { contact, role } of after.contacts) {
    if (has(before, contact, role)) continue;
    events.push({ type: 'CaseContactLinked', data: { contact, role, ...cells(['contacts'], sources) } });
  }
  for (const { contact, role } of before.contacts) {
    if (!has(after, contact, role)) events.push({ type: 'CaseContactUnlinked', data: { contact, role } });
  }
  if (after.primary !== null && after.primary !== before.primary) {
    events.push({ type: 'CasePrimaryContactChanged', data: { contact: after.primary } });
  }
  return events;
}

function keyDateChanges(before: CaseState, after: CaseState, sources: ValueSources): CaseEvent[] {
  const old = new Map<number, KeyDate>(before.keyDates.map((date) => [date.id, date]));
  const kept = new Set(after.keyDates.map(({ id }) => id));
  const removed = before.keyDates.filter(({ id }) => !kept.has(id));
  const set = after.keyDates.filter((date) => !sameValue(old.get(date.id), date));
  return [
    ...removed.map(({ id, kind }): CaseEvent => ({ type: 'KeyDateRemoved', data: { id, kind } })),
    ...set.map((date): CaseEvent => ({ type: 'KeyDateSet', data: { ...date, ...cells([`keyDates/${date.id}`], sources) } })),
  ];
}

function tagChanges(before: CaseState, after: CaseState, sources: ValueSources): CaseEvent[] {
  const untagged = before.tags.filter((tag) => !after.tags.includes(tag));
  const tagged = after.tags.filter((tag) => !before.tags.includes(tag));
  const source = cells(['tags'], sources);
  const events: CaseEvent[] = [];
  if (untagged.length > 0) events.push({ type: 'CaseUntagged', data: { tags: untagged, ...source } });
  if (tagged.length > 0) events.push({ type: 'CaseTagged', data: { tags: tagged, ...source } });
  return events;
}

function externalIdChanges(before: CaseState, after: CaseState, sources: ValueSources): CaseEvent[] {
  const has = (state: CaseState, system: string, id: string): boolean =>
    state.externalIds.some((pair) => pair.system === system && pair.id === id);
  return [
    ...before.externalIds
      .filter(({ system, id }) => !has(after, system, id))
      .map(({ system, id }): CaseEvent => ({ type: 'CaseExternalIdRemoved', data: { system, id } })),
    ...after.externalIds
      .filter(({ system, id }) => !has(before, system, id))
      .map(({ system, id }): CaseEvent => ({
        type: 'CaseExternalIdAdded',
        data: { system, id, ...cells(['externalIds'], sources) },
      })),
  ];
}

function listChanges(before: CaseState, after: CaseState): CaseEvent[] {
  const removed = before.lists.filter((list) => !after.lists.includes(list));
  const added = after.lists.filter((list) => !before.lists.includes(list));
  return [
    ...removed.map((list): CaseEvent => ({ type: 'CaseRemovedFromList', data: { list } })),
    ...added.map((list): CaseEvent => ({ type: 'CaseAddedToList', data: { list } })),
  ];
}

function reviewChanges(before: CaseState, after: CaseState): CaseEvent[] {
  const cleared = before.review.filter((reason) => !after.review.includes(reason));
  const flagged = after.review.filter((reason) => !before.review.includes(reason));
  return [
    ...cleared.map((reason): CaseEvent => ({ type: 'CaseReviewCleared', data: { reason } })),
    ...flagged.map((reason): CaseEvent => ({ type: 'CaseReviewFlagged', data: { reason } })),
  ];
}

/** The part of the sources that belongs to these fields; empty for values that did not come from a file. */
function cells(fields: readonly string[], sources: ValueSources): CellSource {
  if (sources.size === 0) return {};
  const columns: Record<string, number> = {};
  const texts: Record<string, string> = {};
  for (const field of fields) {
    const source = sources.get(field);
    if (source === undefined) continue;
    columns[field] = source.column;
    if (source.text !== undefined) texts[field] = source.text;
  }
  return Object.keys(texts).length === 0 ? { columns } : { columns, texts };
}
