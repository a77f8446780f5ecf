import { caseFactsV1, targetsV1 } from '@caseledger/contracts';
import { uuid7, type FeedEvent } from '@caseledger/event-store';
import { eventually } from '@caseledger/testing';
import { opened } from './case/case.changes.js';
import { initial, type CaseState } from './case/case.js';
import type { CaseEvent } from './case/case.events.js';
import { casesTopic } from './cases.topic.js';
import { CASE_PARTITIONS } from './import-marker/import-marker.write.js';
import { casesWorld, type CasesWorld } from './spec/cases-world.js';

/** Text that stands for everything a person may be told by; nothing of it may leave the log (EVT-005). */
const CANARY = 'kanarienvogel';

let world: CasesWorld;
beforeAll(async () => {
  world = await casesWorld('cases_topic');
});
afterAll(() => world.close());

const TYPE = uuid7();
const STATUS = uuid7();
const CONTACT = uuid7();

function state(number: string): CaseState {
  return {
    ...initial(),
    number,
    name: `${CANARY} v. Moss`,
    description: CANARY,
    type: TYPE,
    status: STATUS,
    source: 'MANUAL',
    openedOn: '2026-01-02',
    contacts: [{ contact: CONTACT, role: 'CLIENT' }],
    keyDates: [{ id: 1, label: CANARY, kind: 'DEADLINE', at: '2026-05-04', reminderDays: 3 }],
    lastKeyDate: 1,
    tags: [CANARY],
    externalIds: [{ system: CANARY, id: CANARY }],
  };
}

const texts = { texts: { caseName: CANARY } };

/** Every event that a case can have after its first, each holding the canary wherever a text can stand. */
const CHANGES: readonly CaseEvent[] = [
  { type: 'CaseFieldsChanged', data: { set: { caseName: CANARY }, cleared: ['description'], fields: ['caseName', 'description'], ...texts } },
  { type: 'CaseStatusChanged', data: { type: TYPE, from: STATUS, to: CONTACT, category: 'CLOSED', closedOn: '2026-03-01', reason: CANARY, ...texts } },
  { type: 'CaseTypeChanged', data: { from: TYPE, to: CONTACT, fromStatus: STATUS, status: STATUS, category: 'OPEN', ...texts } },
  { type: 'CaseContactLinked', data: { contact: STATUS, role: 'WITNESS', ...texts } },
  { type: 'CaseContactUnlinked', data: { contact: STATUS, role: 'WITNESS' } },
  { type: 'CasePrimaryContactChanged', data: { contact: CONTACT } },
  { type: 'KeyDateSet', data: { id: 2, label: CANARY, kind: 'OTHER', at: '2026-07-08', reminderDays: 0, ...texts } },
  { type: 'KeyDateRemoved', data: { id: 2, kind: 'OTHER' } },
  { type: 'CaseTagged', data: { tags: [`${CANARY} 2`], ...texts } },
  { type: 'CaseUntagged', data: { tags: [`${CANARY} 2`], ...texts } },
  { type: 'CaseExternalIdAdded', data: { system: CANARY, id: `${CANARY} 2`, ...texts } },
  { type: 'CaseExternalIdRemoved', data: { system: CANARY, id: `${CANARY} 2` } },
  { type: 'CaseAddedToList', data: { list: TYPE } },
  { type: 'CaseRemovedFromList', data: { list: TYPE } },
  { type: 'CaseReviewFlagged', data: { reason: 'VALUE_LEFT_OUT' } },
  { type: 'CaseReviewCleared', data: { reason: 'VALUE_LEFT_OUT' } },
  { type: 'CaseArchived', data: { reason: CANARY } },
  { type: 'CaseRestored', data: {} },
  contribution('ImportContributionReverted'),
  contribution('ImportContributionRestored'),
];

function contribution(type: 'ImportContributionReverted' | 'ImportContributionRestored'): CaseEvent {
  const changes = [{ path: 'description', before: null, after: CANARY }];
  const scope = { kind: 'ALL' as const };
  return { type, data: { import: TYPE, revert: STATUS, scope, fields: ['description'], changes } };
}

/** A case to which everything has happened. */
async function storyOf(number: string): Promise<{ readonly id: string; readonly events: readonly CaseEvent[] }> {
  const events = [opened(state(number), new Map([['caseName', { column: 2, text: CANARY }]])), ...CHANGES];
  const id = uuid7();
  await world.edit(id, ...events);
  return { id, events };
}

/** What the topic tells, once it tells so many events of a kind. */
async function told(count: number, isMeant: (event: FeedEvent) => boolean): Promise<FeedEvent[]> {
  const shard = world.store.shardOf(world.tenant);
  const after = Array.from({ length: CASE_PARTITIONS }, (_, partition) => ({ shard, partition, position: 0 }));
  return eventually(async () => {
    const { events } = await world.store.feed.read({ topic: casesTopic.topic, after, limit: 500, waitMs: 1_000 });
    const meant = events.filter(isMeant).length;
    if (meant < count) throw new Error(`${meant} of ${count} events`);
    return [...events];
  });
}

describe('the public topic of cases (EVT-001 to EVT-005)', () => {
  it('tells of every event of a case, in order on one partition, and nothing of a person', async () => {
    const { id, events: all } = await storyOf('C-2026-000001');
    const events = (await told(all.length, ({ stream }) => stream === id)).filter(({ stream }) => stream === id);
    expect(events.map(({ type }) => type)).toEqual(all.map(({ type }) => type));
    expect(new Set(events.map(({ partition }) => partition)).size).toBe(1);
    for (const { payload } of events) expect(Buffer.from(payload).toString('latin1')).not.toContain(CANARY);
    const [first, fields, status] = events.map(({ payload }) => payload);
    expect(caseFactsV1.CaseOpened.decode(first ?? new Uint8Array())).toEqual({
      number: 'C-2026-000001',
      typeId: TYPE,
      statusId: STATUS,
      category: caseFactsV1.CaseCategory.CASE_CATEGORY_OPEN,
      contacts: [{ contact: CONTACT, role: 'CLIENT' }],
      openedOn: '2026-01-02',
      closedOn: '',
      source: 'MANUAL',
      lists: [],
    });
    expect(caseFactsV1.CaseChanged.decode(fields ?? new Uint8Array()).fields).toEqual(['caseName', 'description']);
    expect(caseFactsV1.CaseStatusChanged.decode(status ?? new Uint8Array())).toMatchObject({
      toStatusId: CONTACT,
      category: caseFactsV1.CaseCategory.CASE_CATEGORY_CLOSED,
      closedOn: '2026-03-01',
    });
    const flagged = events.find(({ type }) => type === 'CaseReviewFlagged')?.payload ?? new Uint8Array();
    expect(caseFactsV1.CaseChanged.decode(flagged)).toEqual({ fields: ['review'], reason: 'VALUE_LEFT_OUT' });
  });

  it('keeps what is personal out of the clear part of the log as well', async () => {
    const { id, events } = await storyOf('C-2026-000002');
    const sql = `select count(*)::int as n, count(*) filter (where data::text like $2)::int as told from es.event where stream = $1`;
    const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query(sql, [id, `%${CANARY}%`]));
    expect(rows).toEqual([{ n: events.length, told: 0 }]);
  });

  it('marks the beginning and the end of an import on every partition, with the position before each (EVT-004)', async () => {
    await storyOf('C-2026-000003');
    const run = await world.openRun([1]);
    await run.setState(targetsV1.RunState.RUN_STATE_CLOSED);
    const events = await told(2 * CASE_PARTITIONS, ({ originId }) => originId === run.importId);
    for (let partition = 0; partition < CASE_PARTITIONS; partition += 1) {
      const own = events.filter((event) => event.partition === partition);
      const marks = own.filter(({ type }) => type === 'ImportStarted' || type === 'ImportCompleted');
      expect(marks.map(({ type, origin, originId }) => [type, origin, originId])).toEqual([
        ['ImportStarted', 'import', run.importId],
        ['ImportCompleted', 'import', run.importId],
      ]);
      expect(marks.map(({ payload }) => caseFactsV1.ImportMarked.decode(payload))).toEqual([
        { importId: run.importId, run: run.id, partition },
        { importId: run.importId, run: run.id, partition },
      ]);
      expect(own.map(({ prevPosition }) => prevPosition)).toEqual([0, ...own.slice(0, -1).map(({ position }) => position)]);
    }
  });
});
