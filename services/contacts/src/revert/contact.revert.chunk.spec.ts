import type { ContactEvent, ExternalIdPair } from '../contact/contact.events.js';
import { createContact } from '../contact/contact.decider.js';
import { keyText, type PastEvent, type RecordHistory } from '@caseledger/row-target';
import { keysOfRecord } from '../rows/record-keys.js';
import { contactRevert } from './contact.revert.js';

const user = { kind: 'user', id: 'u1' };
const wrong = { kind: 'import', id: 'I' };
const pair = (id: string): ExternalIdPair => ({ system: 'Clio', id });
const added = (id: string): ContactEvent => ({ type: 'ContactExternalIdAdded', data: pair(id) });
const removed = (id: string): ContactEvent => ({ type: 'ContactExternalIdRemoved', data: pair(id) });

function record(id: string, ...events: (readonly [PastEvent<ContactEvent>['origin'], ContactEvent])[]): RecordHistory<ContactEvent> {
  const input = { values: { firstName: 'Ada', lastName: 'Quill' } };
  const made = createContact({ input, client: false, source: 'STAFF', knownDifferent: [] });
  const history = [
    ...made.map((event) => ({ event, origin: user })),
    ...events.map(([origin, event]) => ({ event, origin })),
  ];
  const command = { import: 'I', revert: 'R', restore: false, createdPolicy: 'KEEP', dependents: 0 } as const;
  return { id, version: history.length, history, command };
}

describe('a chunk of records that hinder each other (REV-010)', () => {
  // x wants k and m back; y wants k too, and only if it gets that does it give up m.
  const x = record('x', [user, added('k')], [user, added('m')], [wrong, removed('k')], [wrong, removed('m')]);
  const y = record('y', [user, added('k')], [wrong, removed('k')], [wrong, added('m')]);
  let asked = 0;
  const ownersOf = (key: string): string[] => {
    if ((asked += 1) > 1_000) throw new Error('It is asked for ever');
    return key.includes('"m"') ? ['y'] : [];
  };

  it('is decided in the end, and no external id goes to two of them', () => {
    const decided = contactRevert.decideTogether([x, y], ownersOf);
    const keys = decided.flatMap(({ after }) => keysOfRecord(after).map(keyText));
    expect(new Set(keys).size).toBe(keys.length);
    expect(decided.map(({ verdict }) => verdict.outcome)).toContain('CONFLICT');
  });
});
