import type { Standing } from './case.events.js';
import { evolveAll, initial, type CaseState } from './case.js';
import { opened } from './case.changes.js';
import type { CaseEvent } from './case.events.js';

export const OPEN: Standing = { type: 'injury', status: 'active', category: 'OPEN' };
export const REVIEW: Standing = { type: 'injury', status: 'review', category: 'OPEN' };
export const CLOSED: Standing = { type: 'injury', status: 'settled', category: 'CLOSED' };
export const FAMILY: Standing = { type: 'family', status: 'intake', category: 'OPEN' };

export const TODAY = '2026-03-01';

/** A case of one client, Ada, with what else is said. */
export function openedCase(more: Partial<CaseState> = {}): CaseEvent {
  const contacts = [{ contact: 'ada', role: 'CLIENT' }];
  return opened({ ...initial(), ...OPEN, number: 'C-2026-000001', name: 'Quill v. Moss', source: 'MANUAL', contacts, primary: 'ada', ...more });
}

/** The case after these events. */
export function given(...events: readonly CaseEvent[]): CaseState {
  return evolveAll(
    initial(),
    events.map((event) => ({ event })),
  );
}
