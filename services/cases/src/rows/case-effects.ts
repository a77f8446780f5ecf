import type { targetsV1 } from '@caseledger/contracts';
import { columnsOf, fieldChanges } from '@caseledger/row-target';
import { CLIENT } from '../case/case.js';
import { fieldDifferences } from '../case/case.view.js';
import type { JudgedCase } from './row-judge.js';

/**
 * What a row did to records (LED-002): to its contacts first, even where its case could not be written afterwards
 * (RUN-012), then to its case, the clients linked to it and the list.
 */
export function effectsOf(judged: JudgedCase): targetsV1.Effect[] {
  const ofContacts = judged.row.parts.flatMap(({ effects }) => effects);
  return [...ofContacts, ...caseEffects(judged), ...linkEffects(judged), ...listEffects(judged)];
}

function caseEffects({ outcome, record, before, after }: JudgedCase): targetsV1.Effect[] {
  if (after === undefined || outcome === 'SKIPPED') return [];
  return [{ kind: `CASE_${outcome}`, record, fromVersion: before?.version ?? 0, toVersion: after.version }];
}

// A contact that the row itself makes or changes is told by its own effect, whichever part of the row does so.
function linkEffects({ row, before, after }: JudgedCase): targetsV1.Effect[] {
  if (after === undefined) return [];
  const told = new Set(before?.state.contacts.map(({ contact }) => contact));
  for (const { record, effects } of row.parts) if (effects.length > 0) told.add(record);
  const linked = new Set(after.state.contacts.map(({ contact }) => contact));
  const clients = row.parts.filter(({ part, role }) => part === 0 || role === CLIENT).map(({ record }) => record);
  const fresh = new Set(clients.filter((record) => linked.has(record) && !told.has(record)));
  return [...fresh].map((record) => ({ kind: 'CLIENT_LINKED', record, fromVersion: 0, toVersion: 0 }));
}

// Of a case that is written anyway the versions tell the rest; of one that is only put on the list they tell all.
function listEffects({ outcome, record, before, after }: JudgedCase): targetsV1.Effect[] {
  if (after === undefined || after.state.lists.length === (before?.state.lists.length ?? 0)) return [];
  const fromVersion = outcome === 'SKIPPED' ? (before?.version ?? 0) : after.version;
  return [{ kind: 'LIST_MEMBER_ADDED', record, fromVersion, toVersion: after.version }];
}

/** Each value that a row changes in its case, for a preview. */
export function changesOf({ record, before, after, events }: JudgedCase): targetsV1.FieldChange[] {
  if (after === undefined) return [];
  return fieldChanges(record, fieldDifferences(before?.state, after.state), columnsOf(events));
}
