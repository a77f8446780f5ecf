import { targetsV1 } from '@caseledger/contracts';
import { ChunkDeclined, type RowTarget } from '@caseledger/row-target';
import fc from 'fast-check';
import { TENANT, caseRow } from './case-rows.fixture.js';
import { caseRows } from './case-rows.js';
import { RUN, chunk, open, records, services, told, type World } from './case-world.fixture.js';

const { CHUNK_ANSWER_NOT_NOW } = targetsV1.ChunkAnswer;
const { RUN_STATE_PAUSED } = targetsV1.RunState;

/** What a plan foresaw of a row that matches nothing. */
const foreseen = (outcome: string, reason: string): targetsV1.RowExpectation => ({ outcome, reason, record: '', version: 0, part: 0, parts: [] });

/** The target over services that take no chunk in the transaction of another: each is judged before it is written. */
function declining({ contacts, cases }: World, more: Partial<RowTarget> = {}) {
  const apply: RowTarget['apply'] = (request, course) => {
    if (course !== undefined) throw new ChunkDeclined();
    return contacts.target.apply(request);
  };
  return caseRows({ contacts: { ...contacts.named(), apply, ...more }, cases: cases.named() });
}

describe('applying a chunk with the transactions of both services open (RUN-012, PRE-005)', () => {
  it('judges a chunk once in each service where all ends as foreseen, and writes nothing before both have', async () => {
    const world = services();
    await open(world);
    const rows = [caseRow(1, 'ada@x', 'A'), caseRow(2, 'bea@x', 'bad', { expected: foreseen('FAILED', 'VALUE_NOT_ALLOWED') })];
    const reply = await world.target.apply(chunk(rows));
    expect(world.calls).toEqual(['contacts locked', 'cases locked', 'contacts apply 0/0', 'cases apply 0/0']);
    expect(told(reply.outcomes)).toEqual(['1 CREATED', '2 FAILED VALUE_NOT_ALLOWED']);
    expect(records(world)).toEqual(['case contact ada@x/A', 'contact ada@x']);
  });

  it('goes by what is there now where the plan is a forecast only', async () => {
    const world = services();
    await open(world);
    const rows = [caseRow(1, 'ada@x', 'A', { expected: foreseen('SKIPPED', 'DUPLICATE_EXISTING') })];
    expect(told((await world.target.apply(chunk(rows))).outcomes)).toEqual(['1 CREATED']);
    expect(records(world)).toEqual(['case contact ada@x/A', 'contact ada@x']);
  });

  it('writes no client whose case somebody else has made since the plan', async () => {
    const world = services();
    await open(world);
    world.cases.records.set('case contact ada@x/A', { key: 'case contact ada@x/A', version: 1, writers: [] });
    const expected = foreseen('CREATED', '');
    const reply = await world.target.apply(chunk([caseRow(1, 'ada@x', 'A', { expected })], 0, { apply: 'EXACT_PLAN' }));
    expect(told(reply.outcomes)).toEqual(['1 FAILED PLAN_ROW_STALE']);
    expect([...world.contacts.records.keys()]).toEqual([]);
  });

  it('lets a decision on a held row decide its client', async () => {
    const world = services();
    await open(world);
    const decision = { action: 'CREATE', record: '', decidedBy: 'u' };
    const reply = await world.target.apply(chunk([caseRow(1, 'two@x', 'A', { decision })]));
    expect(told(reply.outcomes)).toEqual(['1 CREATED']);
  });

  it('ends a chunk that is judged first as one that is written as foreseen, whatever was foreseen', async () => {
    const outcome = fc.constantFrom('', 'CREATED', 'SKIPPED', 'UNCHANGED', 'FAILED');
    const rowOf = fc.record({ client: fc.constantFrom('ada@x', 'bea@x', 'two@x', 'bad@x', ''), name: fc.constantFrom('A', 'B', 'bad'), outcome, isDecided: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { minLength: 1, maxLength: 8 }), fc.boolean(), async (given, isHeld) => {
        const decision = { action: 'CREATE', record: '', decidedBy: 'u' };
        const rows = given.map(({ client, name, outcome: expected, isDecided }, at) => {
          const held = expected === '' ? {} : { expected: foreseen(expected, expected === 'CREATED' ? '' : 'DUPLICATE_EXISTING') };
          return caseRow(at + 1, client, name, { ...held, ...(isDecided ? { decision } : {}) });
        });
        const ends = [true, false].map(async (isTogether) => {
          const world = services();
          await open(world);
          world.cases.records.set('case contact bea@x/A', { key: 'case contact bea@x/A', version: 1, writers: [] });
          const target = isTogether ? world.target : declining(world);
          const reply = await target.apply(chunk(rows, 0, { apply: isHeld ? 'EXACT_PLAN' : 'CURRENT_STATE' }));
          return { outcomes: reply.outcomes, records: records(world) };
        });
        const [together, inTurn] = await Promise.all(ends);
        expect(together).toEqual(inTurn);
      }),
      { numRuns: 400 },
    );
  });

  it('writes no case of a chunk that contacts does not take any more once it was judged first', async () => {
    const world = services();
    await open(world);
    const judged = async (request: targetsV1.JudgeRequest): Promise<targetsV1.JudgeReply> => {
      await world.contacts.target.setState({ tenant: TENANT, run: RUN, state: RUN_STATE_PAUSED, actor: '' });
      return world.contacts.target.judge(request);
    };
    const reply = await declining(world, { judge: judged }).apply(chunk([caseRow(1, 'ada@x', 'A')]));
    expect(reply.answer).toBe(CHUNK_ANSWER_NOT_NOW);
    expect(records(world)).toEqual([]);
  });

  it.each(['contacts', 'cases'] as const)('tells a failure of %s as it was, and nothing is written', async (name) => {
    const world = services();
    await open(world);
    const failing = { ...world[name].named(), apply: world[name].target.apply };
    failing.apply = (request, course) => world[name].target.apply(request, course === undefined ? undefined : async () => course(async () => Promise.reject(new Error('No space'))));
    const target = caseRows({ contacts: world.contacts.named(), cases: world.cases.named(), [name]: failing });
    await expect(target.apply(chunk([caseRow(1, 'ada@x', 'A')]))).rejects.toThrow('No space');
    expect(world.calls.filter((call) => call.includes('judge'))).toEqual([]);
    expect(records(world)).toEqual([]);
  });
});
