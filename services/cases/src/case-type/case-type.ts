import type { CaseTypeEvent, StatusFacts, TypeProfile } from './case-type.events.js';

/** A case type as its events give it. */
export interface CaseTypeState extends TypeProfile {
  /** In their order; the first is what a new case gets. */
  readonly statuses: readonly StatusFacts[];
  /** By the id of a removed status the one that replaces it; empty where it had no cases. */
  readonly removed: Readonly<Record<string, string>>;
  readonly archived: boolean;
}

/** The type before its first event. */
export function initial(): CaseTypeState {
  return { name: '', description: '', practiceArea: '', colour: '', statuses: [], removed: {}, archived: false };
}

/** The state after an event. */
export function evolve(state: CaseTypeState, event: CaseTypeEvent): CaseTypeState {
  switch (event.type) {
    case 'CaseTypeDefined':
      return { ...initial(), ...event.data };
    case 'CaseTypeRedefined': {
      const { set, order } = event.data;
      return { ...state, ...set, statuses: order === undefined ? state.statuses : ordered(state.statuses, order) };
    }
    case 'CaseTypeArchived':
      return { ...state, archived: true };
    case 'StatusAdded':
      return { ...state, statuses: [...state.statuses, event.data] };
    case 'StatusChanged':
      return { ...state, statuses: state.statuses.map((status) => (status.id === event.data.id ? event.data : status)) };
    case 'StatusRemoved': {
      const { id, replacedBy } = event.data;
      const statuses = state.statuses.filter((status) => status.id !== id);
      return { ...state, statuses, removed: { ...state.removed, [id]: replacedBy } };
    }
  }
}

function ordered(statuses: readonly StatusFacts[], order: readonly string[]): StatusFacts[] {
  const place = new Map(order.map((id, at) => [id, at]));
  return [...statuses].sort((a, b) => (place.get(a.id) ?? order.length) - (place.get(b.id) ?? order.length));
}

/**
 * The status that stands for this one: itself, or what replaced it when it was removed, and that one's own replacement;
 * undefined for an id that this type never had, or that was removed without one.
 */
export function presentStatus(type: Pick<CaseTypeState, 'statuses' | 'removed'>, id: string): StatusFacts | undefined {
  const seen = new Set<string>();
  let wanted = id;
  while (!seen.has(wanted)) {
    seen.add(wanted);
    const status = type.statuses.find((one) => one.id === wanted);
    if (status !== undefined) return status;
    wanted = type.removed[wanted] ?? '';
  }
  return undefined;
}
