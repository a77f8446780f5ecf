import type { CreatedPolicy, PastEvent } from '@caseledger/row-target';
import { opened } from '../case/case.changes.js';
import type { CaseEvent } from '../case/case.events.js';
import { evolve, initial, type CaseState } from '../case/case.js';
import { caseOf } from '../rows/row.fixture.js';
import { caseHistory, revertBeside } from './case.revert.js';

type Past = PastEvent<CaseEvent>;

const user = { kind: 'user', id: 'u1' };
const wrong = { kind: 'import', id: 'I' };
const past = (origin: Past['origin'], ...events: CaseEvent[]): Past[] => events.map((event) => ({ event, origin }));
const made = opened(caseOf());
const status = (to: string, category: 'OPEN' | 'CLOSED' = 'OPEN'): CaseEvent => ({
  type: 'CaseStatusChanged',
  data: { type: 'injury', from: '', to, category },
});

interface Reverting {
  readonly policy?: CreatedPolicy;
  readonly dependents?: number;
  readonly taken?: boolean;
}

function revert(history: readonly Past[], { policy = 'KEEP', dependents = 0, taken = false }: Reverting = {}) {
  const command = { import: 'I', revert: 'R', restore: false, createdPolicy: policy, dependents };
  const verdict = caseHistory.decide(history, command, () => (taken ? 'other' : undefined));
  const after = verdict.events.reduce((state, event) => evolve(state, event), caseHistory.present(history));
  return { ...verdict, after };
}

describe('a case that the import had only changed (REV-003, REV-007)', () => {
  const changes: [string, CaseEvent, (state: CaseState) => unknown][] = [
    ['a link', { type: 'CaseContactLinked', data: { contact: 'bo', role: 'CLIENT' } }, ({ contacts }) => contacts.length],
    ['a list membership', { type: 'CaseAddedToList', data: { list: 'l1' } }, ({ lists }) => lists],
    ['a key date', { type: 'KeyDateSet', data: { id: 1, label: 'x', kind: 'OTHER', at: '2026-01-01', reminderDays: 0 } }, ({ keyDates }) => keyDates],
    ['a status', status('injury.active'), ({ status: now }) => now],
    ['an external id', { type: 'CaseExternalIdAdded', data: { system: 's', id: '1' } }, ({ externalIds }) => externalIds],
  ];

  it.each(changes)('loses %s', (_, event, seen) => {
    const before = past(user, made);
    const { outcome, after } = revert([...before, ...past(wrong, event)]);
    expect(outcome).toBe('RESTORED');
    expect(seen(after)).toEqual(seen(caseHistory.present(before)));
  });

  it('keeps the main client that a person chose, and falls back where the import had brought it', () => {
    const bo: CaseEvent = { type: 'CaseContactLinked', data: { contact: 'bo', role: 'CLIENT' } };
    const main: CaseEvent = { type: 'CasePrimaryContactChanged', data: { contact: 'bo' } };
    expect(revert([...past(user, made), ...past(wrong, bo), ...past(user, main)]).after).toMatchObject({ contacts: [{ contact: 'ada' }] });
    expect(revert([...past(user, made, bo), ...past(wrong, main)]).after.primary).toBe('ada');
  });

  it('stays where it would have no client any more (REV-010)', () => {
    const bo: CaseEvent = { type: 'CaseContactLinked', data: { contact: 'bo', role: 'CLIENT' } };
    const gone: CaseEvent = { type: 'CaseContactUnlinked', data: { contact: 'ada', role: 'CLIENT' } };
    expect(revert([...past(user, made), ...past(wrong, bo), ...past(user, gone)])).toMatchObject({ outcome: 'CONFLICT', reason: 'REQUIRED_MISSING' });
  });

  it('leaves a marker even where nothing differs, so that a later revert knows', () => {
    const { outcome, events } = revert([...past(user, made), ...past(wrong, status('injury.active')), ...past(user, status('injury.settled', 'CLOSED'))]);
    expect([outcome, events.map(({ type }) => type)]).toEqual(['UNCHANGED', ['ImportContributionReverted']]);
  });
});

describe('a case that the import had made (REV-004, REV-005)', () => {
  it('is archived when nobody touched it', () => {
    expect(revert(past(wrong, made)).after).toMatchObject({ archived: { reason: 'IMPORT_REVERTED' }, name: 'Quill v. Harbor' });
  });

  it('is kept where something builds on it', () => {
    expect(revert(past(wrong, made), { dependents: 1 }).outcome).toBe('KEPT');
  });

  it('keeps its number, type and status when it is stripped', () => {
    const mine: CaseEvent = { type: 'CaseFieldsChanged', data: { set: { caseName: 'Mine' }, cleared: [], fields: ['caseName'] } };
    const link: CaseEvent = { type: 'CaseContactLinked', data: { contact: 'bo', role: 'CLIENT' } };
    const { outcome, after } = revert([...past(wrong, made), ...past(user, mine, link)], { policy: 'STRIP' });
    expect(outcome).toBe('RESTORED');
    expect(after).toMatchObject({ number: 'C-2025-000001', name: 'Mine', type: 'injury', status: 'injury.new-lead', source: '', contacts: [{ contact: 'bo' }] });
  });

  it('is in conflict over an external id that another case has got (REV-010)', () => {
    const restored = { import: 'I', revert: 'R', restore: true, createdPolicy: 'KEEP', dependents: 0 } as const;
    const marker = revert(past(wrong, opened(caseOf({ externalIds: [{ system: 's', id: '1' }] }))));
    const history = [...past(wrong, opened(caseOf({ externalIds: [{ system: 's', id: '1' }] }))), ...past({ kind: 'revert', id: 'R' }, ...marker.events)];
    expect(caseHistory.decide(history, restored, () => 'other')).toMatchObject({ outcome: 'CONFLICT', reason: 'EXTERNAL_ID_TAKEN' });
  });
});

describe('a status that has been removed since (TYP-002)', () => {
  const statusOf = (id: string, category: 'OPEN' | 'CLOSED' = 'OPEN') => ({
    ...{ id, name: id, category, description: '', clientWording: '', next: [], proposesArchiving: false },
  });
  const decide = (removed: Record<string, string>) => {
    const types = new Map([['injury', { statuses: [statusOf('injury.first'), statusOf('injury.second', 'CLOSED')], removed }]]);
    const events = [...past(user, made), ...past(wrong, status('injury.first'))];
    const stored = events.map(({ event, origin }, at) => ({ ...event, origin, version: at + 1, meta: {}, erased: false }));
    const request = {
      ...{ tenant: 't', importId: 'I', run: 'R', attempt: 1, lane: 0, seq: 0, actor: 'u', traceparent: '', records: ['a'], versions: [] },
      ...{ restore: false, dryRun: true, createdPolicy: 'KEEP', recordPolicies: {}, targets: [], dependents: [] },
    };
    // Of a stored event a revert reads what these have.
    const streams = [{ id: 'a', version: 2, stored: stored as object[] as Parameters<typeof reverting.decide>[0][number]['stored'] }];
    const reverting = revertBeside(types);
    return reverting.decide(streams, request, () => [])[0]?.after ?? initial();
  };

  it('comes back as the one that replaced it', () => {
    expect(decide({ 'injury.new-lead': 'injury.second' })).toMatchObject({ status: 'injury.second', category: 'CLOSED' });
  });

  it('comes back as the first one where nothing replaced it', () => {
    expect(decide({ 'injury.new-lead': '' }).status).toBe('injury.first');
  });
});
