import { targetsV1 } from '@caseledger/contracts';
import fc from 'fast-check';
import { nothingGone } from '../import.target.js';
import { OPTIONS, TENANT, caseRow } from './case-rows.fixture.js';
import { caseRows } from './case-rows.js';
import { IMPORT, RUN, chunk, open, records, services, told, type World } from './case-world.fixture.js';

const { CHUNK_ANSWER_APPLIED, CHUNK_ANSWER_NOT_NOW } = targetsV1.ChunkAnswer;
const { RUN_STATE_PAUSED, RUN_STATE_RUNNING, RUN_STATE_CANCELLED } = targetsV1.RunState;

function judge({ target }: World, rows: targetsV1.Row[], overlay = Buffer.alloc(0)) {
  return target.judge({ tenant: TENANT, importId: IMPORT, run: RUN, options: OPTIONS, rows, overlay });
}

describe('judging a case row (RUN-012, DUP-011)', () => {
  it('names in one verdict what both services would do, contacts first', async () => {
    const { verdicts } = await judge(services(), [caseRow(1, 'ada@x', 'A')]);
    expect(told(verdicts)).toEqual(['1 CREATED']);
    expect(verdicts[0]?.effects.map(({ kind }) => kind)).toEqual(['CONTACT_CREATED', 'CASE_CREATED']);
    expect(verdicts[0]?.changes.map(({ record }) => record)).toEqual(['contact ada@x']);
  });

  it('makes two cases of one contact for two rows with the same client', async () => {
    const { verdicts } = await judge(services(), [caseRow(1, 'ada@x', 'A'), caseRow(2, 'ada@x', 'B')]);
    expect(told(verdicts)).toEqual(['1 CREATED', '2 CREATED']);
    expect(verdicts[1]?.effects.map(({ kind }) => kind)).toEqual(['CASE_CREATED']);
  });

  it('holds a row whose client is in doubt, and fails one whose client fails, under the names of the file', async () => {
    const { verdicts } = await judge(services(), [caseRow(1, 'two@x', 'A'), caseRow(2, 'bad@x', 'B')]);
    expect(told(verdicts)).toEqual(['1 SKIPPED HELD_FOR_REVIEW', '2 FAILED REQUIRED_MISSING']);
    expect(verdicts[1]?.issues).toEqual([expect.objectContaining({ code: 'REQUIRED_MISSING', field: 'clientFirstName', params: { field: 'Client first name' } })]);
  });

  it('lets a decision on a held row decide its client', async () => {
    const decision = { action: 'CREATE', record: '', decidedBy: 'u' };
    const { verdicts } = await judge(services(), [caseRow(1, 'two@x', 'A', { decision })]);
    expect(told(verdicts)).toEqual(['1 CREATED']);
  });

  it('writes no client for a row whose case will not be, so that a later row makes it', async () => {
    const { verdicts } = await judge(services(), [caseRow(1, 'ada@x', 'bad'), caseRow(2, 'ada@x', 'B')]);
    expect(told(verdicts)).toEqual(['1 FAILED VALUE_NOT_ALLOWED', '2 CREATED']);
    expect(verdicts[0]?.effects).toEqual([]);
    expect(verdicts[1]?.effects.map(({ kind }) => kind)).toEqual(['CONTACT_CREATED', 'CASE_CREATED']);
  });

  it('hands the lane\'s earlier rows of both services on to the next chunk', async () => {
    const world = services();
    const first = await judge(world, [caseRow(1, 'ada@x', 'A')]);
    const second = await judge(world, [caseRow(2, 'ada@x', 'A')], Buffer.from(first.overlay));
    expect(told(second.verdicts)).toEqual(['2 SKIPPED DUPLICATE_EXISTING']);
  });

  it('pins what was predicted for each part, for the run to be held to', async () => {
    const { parts } = await judge(services(), [caseRow(1, 'ada@x', 'A')]);
    expect(parts.get(1)).toEqual([{ part: 0, outcome: 'CREATED', reason: '', record: '', version: 0, parts: [] }]);
  });

  it('writes nothing anywhere', async () => {
    const world = services();
    await judge(world, [caseRow(1, 'ada@x', 'A')]);
    expect(records(world)).toEqual([]);
  });

  it('asks anew only where a client would be written that its case forbids', async () => {
    const world = services();
    await open(world);
    await world.target.apply(chunk([caseRow(1, 'ada@x', 'A')]));
    const asked = async (...rows: targetsV1.Row[]): Promise<number> => {
      world.calls.length = 0;
      await judge(world, rows);
      return world.calls.filter((call) => call === 'contacts judge').length;
    };
    expect(await asked(caseRow(2, 'ada@x', 'A'), caseRow(3, 'ada@x', 'bad'), caseRow(4, 'two@x', 'B'), caseRow(5, '', 'bad'))).toBe(1);
    expect(await asked(caseRow(2, 'bea@x', 'bad'), caseRow(3, 'bea@x', 'B'))).toBe(2);
  });

  it('judges in rounds as one reader who takes row after row, for any rows', async () => {
    const rowOf = fc.record({ client: fc.constantFrom('ada@x', 'bea@x', 'two@x', 'bad@x', ''), name: fc.constantFrom('A', 'B', 'bad'), broken: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { maxLength: 8 }), async (given) => {
        const issue = { code: 'DATE_INVALID', severity: 'ERROR', column: 2, field: 'openedOn', text: '', suggestion: '', params: {} };
        const rows = given.map(({ client, name, broken }, at) => caseRow(at + 1, client, name, { issues: broken && at % 3 === 0 ? [issue] : [] }));
        const together = await judge(services(), rows);
        const world = services();
        const oneByOne: targetsV1.RowVerdict[] = [];
        let overlay = Buffer.alloc(0);
        for (const row of rows) {
          const reply = await judge(world, [row], overlay);
          oneByOne.push(...reply.verdicts);
          overlay = Buffer.from(reply.overlay);
        }
        expect(together.verdicts).toEqual(oneByOne);
      }),
      { numRuns: 300 },
    );
  });
});

describe('applying a chunk of case rows (DESIGN §4, "Two targets")', () => {
  it('writes the client first, then the case, and answers what cases stored', async () => {
    const world = services();
    await open(world);
    const reply = await world.target.apply(chunk([caseRow(1, 'ada@x', 'A')]));
    expect(world.calls.filter((call) => call.includes('apply'))).toEqual(['contacts apply 0/0', 'cases apply 0/0']);
    expect(reply.outcomes.map(({ effects }) => effects.map(({ kind }) => kind))).toEqual([['CONTACT_CREATED', 'CASE_CREATED']]);
    expect(records(world)).toEqual(['case contact ada@x/A', 'contact ada@x']);
  });

  it('writes no client where the case will not be written', async () => {
    const world = services();
    await open(world);
    await world.target.apply(chunk([caseRow(1, 'ada@x', 'bad'), caseRow(2, 'bea@x', 'B')]));
    expect(records(world)).toEqual(['case contact bea@x/B', 'contact bea@x']);
  });

  it('goes on with what contacts stored when the worker died between the two', async () => {
    let crashes = 1;
    const world = services(() => {
      if (crashes-- > 0) throw new Error('killed');
    });
    await open(world);
    const request = chunk([caseRow(1, 'ada@x', 'A'), caseRow(2, 'bea@x', 'bad')]);
    await expect(world.target.apply(request)).rejects.toThrow('killed');
    expect(records(world)).toEqual(['contact ada@x']);
    world.calls.length = 0;
    const reply = await world.target.apply(request);
    // Contacts judges nothing anew: what it has done is what counts.
    expect(world.calls).toEqual(['cases locked', 'cases apply 0/0']);
    expect(told(reply.outcomes)).toEqual(['1 CREATED', '2 FAILED VALUE_NOT_ALLOWED']);
    expect(records(world)).toEqual(['case contact ada@x/A', 'contact ada@x']);
  });

  it('answers the stored outcome of a chunk that both have, and changes nothing', async () => {
    const world = services();
    await open(world);
    const request = chunk([caseRow(1, 'ada@x', 'A')]);
    const first = await world.target.apply(request);
    world.calls.length = 0;
    const again = await world.target.apply(request);
    expect(again).toMatchObject({ answer: CHUNK_ANSWER_APPLIED, replayed: true, outcomes: first.outcomes });
    expect(world.calls).toEqual([]);
  });

  it('does not hand a chunk to contacts before cases has come to it', async () => {
    let crashes = 1;
    const world = services(() => {
      if (crashes-- > 0) throw new Error('killed');
    });
    await open(world);
    await expect(world.target.apply(chunk([caseRow(1, 'ada@x', 'A')]))).rejects.toThrow('killed');
    const early = await world.target.apply(chunk([caseRow(2, 'bea@x', 'B')], 1));
    expect(early).toMatchObject({ answer: CHUNK_ANSWER_NOT_NOW, nextSeq: 0 });
    expect(records(world)).toEqual(['contact ada@x']);
  });

  it('writes no case of a chunk that contacts does not take', async () => {
    const world = services();
    await open(world);
    await world.contacts.target.setState({ tenant: TENANT, run: RUN, state: RUN_STATE_PAUSED, actor: '' });
    const reply = await world.target.apply(chunk([caseRow(1, 'ada@x', 'A')]));
    expect(reply.answer).toBe(CHUNK_ANSWER_NOT_NOW);
    expect(records(world)).toEqual([]);
  });

  it('writes no client of a row that its plan foresaw otherwise', async () => {
    const world = services();
    await open(world);
    const expected = { outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING', record: 'case contact ada@x/A', version: 3, part: 0, parts: [{ part: 0, outcome: 'CREATED', reason: '', record: '', version: 0, parts: [] }] };
    const reply = await world.target.apply(chunk([caseRow(1, 'ada@x', 'A', { expected })], 0, { apply: 'EXACT_PLAN' }));
    expect(told(reply.outcomes)).toEqual(['1 FAILED PLAN_ROW_STALE']);
    expect(records(world)).toEqual([]);
  });

  it('has the same end whether chunks are planned or run', async () => {
    const rowOf = fc.record({ client: fc.constantFrom('ada@x', 'bea@x', 'two@x', 'bad@x'), name: fc.constantFrom('A', 'B', 'bad') });
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { minLength: 1, maxLength: 8 }), async (given) => {
        const rows = given.map(({ client, name }, at) => caseRow(at + 1, client, name));
        const planned = await judge(services(), rows);
        const world = services();
        await open(world);
        const reply = await world.target.apply(chunk(rows));
        expect(told(reply.outcomes)).toEqual(told(planned.verdicts));
        expect(reply.outcomes.map(({ effects }) => effects)).toEqual(planned.verdicts.map(({ effects }) => effects));
      }),
      { numRuns: 100 },
    );
  });
});

describe('pausing a run of case rows (RUN-005, RUN-012)', () => {
  async function halfWritten() {
    let crashes = 1;
    const world = services(() => {
      if (crashes-- > 0) throw new Error('killed');
    });
    await open(world, [2, 1]);
    const request = chunk([caseRow(1, 'ada@x', 'A')]);
    await expect(world.target.apply(request)).rejects.toThrow('killed');
    world.calls.length = 0;
    const finish = async (lane: number, seq: number): Promise<void> => {
      world.calls.push(`finish ${lane}/${seq}`);
      await world.target.apply({ ...request, lane, seq });
    };
    return { world, change: { isRevert: false, finish } };
  }

  it.each([
    ['RUN_STATE_PAUSED', RUN_STATE_PAUSED],
    ['RUN_STATE_CANCELLED', RUN_STATE_CANCELLED],
  ])('tells contacts, has cases write what contacts has, and tells cases last: %s', async (name, state) => {
    const { world, change } = await halfWritten();
    await world.target.setState({ tenant: TENANT, run: RUN, state, actor: '' }, change);
    expect(world.calls).toEqual([`contacts ${name}`, 'finish 0/0', 'cases locked', 'cases apply 0/0', `cases ${name}`]);
    expect(records(world)).toEqual(['case contact ada@x/A', 'contact ada@x']);
    const after = await world.target.apply(chunk([caseRow(2, 'bea@x', 'B')], 1));
    expect(after.answer).toBe(CHUNK_ANSWER_NOT_NOW);
    expect(records(world)).toEqual(['case contact ada@x/A', 'contact ada@x']);
  });

  it('lets cases go on before contacts, so that nothing is written that cannot be finished', async () => {
    const { world, change } = await halfWritten();
    await world.target.setState({ tenant: TENANT, run: RUN, state: RUN_STATE_RUNNING, actor: '' }, change);
    expect(world.calls).toEqual(['cases RUN_STATE_RUNNING', 'contacts RUN_STATE_RUNNING']);
  });

  it('tells how far both have come', async () => {
    const { world } = await halfWritten();
    expect((await world.target.lanes({ tenant: TENANT, run: RUN })).lanes).toEqual([
      { lane: 0, nextSeq: 0, total: 2 },
      { lane: 1, nextSeq: 0, total: 1 },
    ]);
  });
});

describe('what ties case rows (DESIGN §4, "Components")', () => {
  it('keys and records of every contact, and the case\'s own under each contact that may be its client', async () => {
    const world = services();
    await open(world);
    await world.target.apply(chunk([caseRow(1, 'ada@x', 'A')]));
    const { rows } = await world.target.match({ tenant: TENANT, importId: IMPORT, rows: [caseRow(2, 'ada@x', 'B'), caseRow(3, 'new@x', 'B')] });
    expect(rows).toEqual([
      { row: 2, keys: ['email ada@x', 'case contact ada@x/B'], records: ['contact ada@x'] },
      { row: 3, keys: ['email new@x'], records: [] },
    ]);
  });
});

describe('taking an import of cases back (REV-008)', () => {
  const request = (more: Partial<targetsV1.RevertChunkRequest> = {}): targetsV1.RevertChunkRequest => ({
    ...targetsV1.RevertChunkRequest.decode(new Uint8Array()),
    tenant: TENANT,
    importId: IMPORT,
    run: RUN,
    records: ['c1', 'k1', 'c2'],
    targets: ['contacts', 'cases', 'contacts'],
    versions: [1, 2, 3],
    ...more,
  });

  it('asks cases first and answers in the order asked; a contact of a case that stays is kept', async () => {
    const world = services();
    await open(world);
    world.cases.users.set('c1', ['k1']);
    world.cases.users.set('c2', ['k1', 'another']);
    const reply = await world.target.revert(request({ dryRun: true }), nothingGone());
    expect(world.calls).toEqual(['cases revert dry k1', 'cases dependents c1,c2', 'contacts revert dry c1,c2']);
    expect(reply.outcomes.map(({ outcome }) => outcome)).toEqual(['ARCHIVED', 'ARCHIVED', 'KEPT']);
  });

  it('counts what earlier chunks of the lane take out as gone', async () => {
    const world = services();
    await open(world);
    world.cases.users.set('c1', ['k1']);
    const gone = nothingGone();
    await world.target.revert(request({ dryRun: true, records: ['k1'], targets: ['cases'] }), gone);
    const reply = await world.target.revert(request({ dryRun: true, seq: 1, records: ['c1'], targets: ['contacts'] }), gone);
    expect(reply.outcomes.map(({ outcome }) => outcome)).toEqual(['ARCHIVED']);
  });

  it('counts the links that cases which stay would lose as gone', async () => {
    const world = services();
    await open(world);
    world.cases.users.set('c1', ['k1']);
    world.cases.losing.set('k1', ['c1']);
    const reply = await world.target.revert(request({ dryRun: true }), nothingGone());
    expect(reply.outcomes.map(({ outcome }) => outcome)).toEqual(['ARCHIVED', 'RESTORED', 'ARCHIVED']);
  });

  it('moves both lanes with every chunk, and neither more than one ahead', async () => {
    const world = services();
    await open(world);
    const early = await world.target.revert(request({ seq: 1 }), nothingGone());
    expect(early.answer).toBe(CHUNK_ANSWER_NOT_NOW);
    await world.target.revert(request({ records: ['k1'], targets: ['cases'] }), nothingGone());
    await world.target.revert(request({ seq: 1, records: ['c1'], targets: ['contacts'] }), nothingGone());
    expect((await world.target.lanes({ tenant: TENANT, run: RUN })).lanes[0]?.nextSeq).toBe(2);
  });

  it('tells the touched cases before the contacts, page by page', async () => {
    const world = services();
    const pages: Record<string, targetsV1.TouchedReply> = {
      'cases ': { records: [touched('k1')], next: 'more', positions: [] },
      'cases more': { records: [touched('k2')], next: '', positions: [] },
      'contacts ': { records: [touched('c1')], next: '', positions: [] },
    };
    for (const one of [world.contacts, world.cases]) one.target.touched = async ({ after }) => pages[`${one.name} ${after}`] ?? { records: [], next: '', positions: [] };
    const target = caseRows({ contacts: world.contacts.named(), cases: world.cases.named() });
    const found: string[] = [];
    for (let after = ''; ; ) {
      const page = await target.touched({ tenant: TENANT, importId: IMPORT, after, limit: 1 });
      found.push(...page.records.map(({ target: owner, record }) => `${owner} ${record}`));
      if (page.next === '') break;
      after = page.next;
    }
    expect(found).toEqual(['cases k1', 'cases k2', 'contacts c1']);
  });

  const touched = (record: string): targetsV1.TouchedRecord => ({ record, component: record, version: 1, target: '', ties: [] });
});
