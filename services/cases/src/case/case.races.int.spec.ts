import { casesV1 } from '@caseledger/contracts';
import { CommitUnknown, uuid7, type EventStore, type NamedQuery, type StoreTransaction } from '@caseledger/event-store';
import { listOfImport, type Command } from '@caseledger/row-target';
import { grantsOf } from '@caseledger/service-kit';
import { eventually } from '@caseledger/testing';
import { CaseListCommands } from '../case-list/case-list.commands.js';
import { CaseTypeCommands } from '../case-type/case-type.commands.js';
import type { StatusFacts } from '../case-type/case-type.events.js';
import { listOf } from '../case-list/case-list.write.js';
import { archiveListOf } from '../revert/list-of-import.js';
import { startSet } from '../case-type/start-set.js';
import { asked } from '../spec/asked.js';
import { casesWorld, type CasesWorld } from '../spec/cases-world.js';
import { KnownContacts } from '../spec/known-contacts.js';
import { CaseCommands, type CommandDeps } from './case.commands.js';

const contacts = new KnownContacts();
let world: CasesWorld;
beforeAll(async () => {
  world = await casesWorld('case_races');
});
afterAll(() => world.close());

const code = (value: string) => expect.objectContaining({ code: value });
const fields = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([field, text]) => ({ field, text, clear: false }));

function command(idempotencyKey = ''): Command {
  const { tenant } = world;
  const permissions = grantsOf(['owner']);
  return { caller: { kind: 'user', tenant, subject: 'u1', roles: ['owner'], permissions }, idempotencyKey };
}

/** What commands need of the process, with a store of their own in between. */
function deps(store: EventStore = world.store): CommandDeps {
  return { ...world.cases, store, input: { defaultCountry: 'US', timeZone: 'UTC' }, contacts };
}

function create(
  values: Readonly<Record<string, string>>,
  store?: EventStore,
  client = contacts.add('Ada Quill'),
  typeId = startSet(world.tenant)[0]?.id ?? '',
) {
  const links = [{ contact: client, role: 'CLIENT', primary: true }];
  const request = { fields: fields(values), typeId, contacts: links };
  return new CaseCommands(deps(store)).create(asked(casesV1.CreateCaseRequest, request), command());
}

function overlaid<T extends object>(target: T, over: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(over, name) ? over : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The store, in which somebody else gets through just before a command locks its keys for the first time. */
function overtaken(other: () => Promise<unknown>): EventStore {
  let locks = 0;
  const watched = (tx: StoreTransaction): StoreTransaction =>
    overlaid(tx, {
      query: async (sql: string | NamedQuery, params?: readonly unknown[]) => {
        if (typeof sql !== 'string' && sql.name === 'match_key_lock' && ++locks === 1) await other();
        return tx.query(sql, params);
      },
    } as Partial<StoreTransaction>);
  return overlaid(world.store, {
    transaction: (tenant, work, options) => world.store.transaction(tenant, (tx) => work(watched(tx)), options),
  });
}

/** The store, in which somebody else comes just before a command writes. */
function slowed(other: () => Promise<unknown>): EventStore {
  const watched = (tx: StoreTransaction): StoreTransaction =>
    overlaid(tx, {
      append: async (...given: Parameters<StoreTransaction['append']>) => {
        await other();
        return tx.append(...given);
      },
    });
  return overlaid(world.store, {
    transaction: (tenant, work, more) => world.store.transaction(tenant, (tx) => work(watched(tx)), more),
  });
}

/** The store, whose commands end without anybody hearing of their COMMIT. */
function unheard(): EventStore {
  return overlaid(world.store, {
    transaction: async (tenant, work, options) => {
      await world.store.transaction(tenant, work, options);
      throw new CommitUnknown('The connection was lost during COMMIT');
    },
  });
}

async function numbers(name: string): Promise<string[]> {
  const sql = `select number from app.case_state where state ->> 'name' = $1 order by number`;
  const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<{ number: string }>(sql, [name]));
  return rows.map(({ number }) => number);
}

describe('numbers of cases (CAS-001)', () => {
  it('are unique however many cases are opened at once, and never given again', async () => {
    await Promise.all(Array.from({ length: 24 }, (_, at) => create({ caseName: 'At once', description: String(at) })));
    const first = await numbers('At once');
    expect(new Set(first).size).toBe(24);
    await world.openRun([1], { rows: 100, importDay: new Date().toISOString().slice(0, 10) });
    await Promise.all(Array.from({ length: 6 }, () => create({ caseName: 'Later' })));
    const later = await numbers('Later');
    const ordinal = (number: string | undefined): number => Number(number?.slice(-6));
    expect(new Set([...first, ...later]).size).toBe(30);
    expect(ordinal(later[0])).toBeGreaterThan(ordinal(first.at(-1)) + 100);
  });
});

describe('a command that is overtaken between reading its keys and locking them (DESIGN §4, Locks)', () => {
  // Who opens a case waits for its number; who changes one waits for nobody.
  const changeTo = (id: string, values: Readonly<Record<string, string>>) => () =>
    new CaseCommands(deps()).update(asked(casesV1.UpdateCaseRequest, { id, fields: fields(values) }), command());

  it('never gives one external id to two cases (MAP-012)', async () => {
    const { id } = await create({ caseName: 'Holder' });
    const late = create({ caseName: 'Late', externalId: 'A-1' }, overtaken(changeTo(id, { externalId: 'A-1' })));
    await expect(late).rejects.toEqual(code('DUPLICATE_REVIEW'));
    expect(await numbers('Late')).toEqual([]);
  });

  it('asks about the case of its client that got its name meanwhile', async () => {
    const client = contacts.add('Mean While');
    const { id } = await create({ caseName: 'Before' }, undefined, client);
    const late = create({ caseName: 'Meanwhile' }, overtaken(changeTo(id, { caseName: 'MEANWHILE' })), client);
    await expect(late).rejects.toEqual(code('DUPLICATE_REVIEW'));
  });
});

describe('two people at one case (CAS-011)', () => {
  it('both succeed when they change different fields at the same moment', async () => {
    const { id } = await create({ caseName: 'Both' });
    const update = (values: Readonly<Record<string, string>>) =>
      new CaseCommands(deps()).update(asked(casesV1.UpdateCaseRequest, { id, version: 1, fields: fields(values) }), command());
    await Promise.all([update({ description: 'mine' }), update({ tags: 'theirs' }), update({ openedOn: '2020-01-02' })]);
    expect(await world.stateOf(id)).toMatchObject({ description: 'mine', tags: ['theirs'], openedOn: '2020-01-02' });
  });

  it('link a contact once, even at the same moment', async () => {
    const { id } = await create({ caseName: 'Linked' });
    const contact = contacts.add('Wit Ness');
    const link = () => new CaseCommands(deps()).link({ id, contact, role: 'WITNESS', primary: false, idempotencyKey: '' }, command());
    const ends = await Promise.allSettled([link(), link()]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await world.stateOf(id))?.contacts.filter(({ role }) => role === 'WITNESS')).toHaveLength(1);
  });
});

describe('a status that is removed while a case is being put in it (TYP-002)', () => {
  it('is replaced in that case as well', async () => {
    const types = new CaseTypeCommands(deps());
    const statuses = ['Intake', 'Done'].map((name) => asked(casesV1.CaseStatus, { name, category: 'OPEN' }));
    const { id } = await types.save(asked(casesV1.SaveCaseTypeRequest, { name: 'Estates', statuses }), command());
    const [intake, done] = await statusesOf(id);
    const kept = done === undefined ? [] : [{ ...done, next: [] }];
    const replacements = { [intake?.id ?? '']: done?.id ?? '' };
    const request = asked(casesV1.SaveCaseTypeRequest, { id, version: 1, name: 'Estates', statuses: kept, replacements });
    let removing: Promise<unknown> = Promise.resolve();
    const opening = overtaken(async () => {
      removing = types.save(request, command());
      const isDone = removing.then(() => true);
      await Promise.race([isDone, eventually(async () => (await world.waiting()) > 0)]);
    });
    const opened = await create({ caseName: 'In between' }, opening, undefined, id);
    await removing;
    expect(await world.stateOf(opened.id)).toMatchObject({ status: done?.id });
  });
});

async function statusesOf(type: string): Promise<StatusFacts[]> {
  const sql = 'select state from app.case_type where id = $1';
  const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<{ state: { statuses: StatusFacts[] } }>(sql, [type]));
  return rows[0]?.state.statuses ?? [];
}

describe('lists of one name (OPT-006)', () => {
  it('are made by one of those who ask at once, and the others are told so', async () => {
    const lists = new CaseListCommands(deps());
    const make = (name: string) => lists.create(asked(casesV1.CreateCaseListRequest, { name }), command());
    const ends = await Promise.allSettled(['Ice', 'ICE', ' ice ', 'Ice'].map(make));
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    expect(refused).toEqual([code('LIST_NAME_TAKEN'), code('LIST_NAME_TAKEN'), code('LIST_NAME_TAKEN')]);
  });
});

describe('a list that a revert takes away while somebody puts a case on it (REV-007)', () => {
  it('stays, with that case', async () => {
    const run = await world.openRun([1], { cases: { caseType: '', list: '', newList: 'Storm', addSkipped: false, clientDuplicatePolicy: 'SKIP' } });
    const list = listOfImport(world.tenant, run.importId);
    const { id } = await create({ caseName: 'Under way' });
    let closing: Promise<unknown> = Promise.resolve();
    const adding = slowed(async () => {
      closing = world.store.transaction(world.tenant, async (tx) => {
        const appends = await archiveListOf(tx, run.importId);
        if (appends.length > 0) await tx.append({ tenant: world.tenant, origin: { kind: 'system' } }, appends);
      });
      await Promise.race([closing, eventually(async () => (await world.waiting()) > 0)]);
    });
    await new CaseListCommands(deps(adding)).add(asked(casesV1.ListMembersRequest, { id: list, cases: [id] }), command());
    await closing;
    const held = await world.store.transaction(world.tenant, (tx) => listOf(tx, list));
    expect([held?.state.archived, (await world.stateOf(id))?.lists]).toEqual([null, [list]]);
  });
});

describe('a command whose COMMIT has an unknown end (DESIGN 4)', () => {
  it('is not done a second time without an idempotency key', async () => {
    await world.cases.startSet.ensure(world.tenant);
    await expect(create({ caseName: 'Unheard' }, unheard())).rejects.toBeInstanceOf(CommitUnknown);
    expect(await numbers('Unheard')).toHaveLength(1);
  });
});

describe('a new company', () => {
  it('gets its start set once, whoever comes first', async () => {
    const tenant = uuid7();
    await Promise.all([1, 2, 3, 4].map(() => world.cases.startSet.ensure(tenant)));
    const { rows } = await world.store.transaction(tenant, (tx) => tx.query<{ n: number }>('select count(*)::int as n from app.case_type'));
    expect(rows).toEqual([{ n: 4 }]);
  });
});
