import { contactsV1 } from '@caseledger/contracts';
import { CommitUnknown, type EventStore, type NamedQuery, type StoreTransaction } from '@caseledger/event-store';
import { grantsOf } from '@caseledger/service-kit';
import { asked } from '../spec/contacts-edge.js';
import { contactsWorld, type ContactsWorld } from '../spec/contacts-world.js';
import { ContactCommands, type CommandDeps } from './contact.commands.js';
import type { Command } from '@caseledger/row-target';
import { submitContacts } from './submit.commands.js';

let world: ContactsWorld;
beforeAll(async () => {
  world = await contactsWorld('contact_races');
});
afterAll(() => world.close());

const code = (value: string) => expect.objectContaining({ code: value });
const fields = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([field, text]) => ({ field, text, clear: false }));
const creation = (values: Readonly<Record<string, string>>) =>
  asked(contactsV1.CreateContactRequest, { fields: fields({ firstName: 'Ada', lastName: 'Quill', ...values }) });
const submission = (values: Readonly<Record<string, string>>) =>
  asked(contactsV1.SubmitContactsRequest, {
    items: [{ fields: fields({ firstName: 'Ada', lastName: 'Quill', ...values }) }],
    onDuplicate: 'SKIP',
  });

function command(idempotencyKey = ''): Command {
  const { tenant } = world;
  const caller = {
    kind: 'user',
    tenant,
    subject: 'u1',
    roles: ['manager'],
    permissions: grantsOf(['manager']),
  } as const;
  return { caller, idempotencyKey };
}

/** What commands need of the process, with a store of their own in between. */
function deps(store: EventStore = world.store): CommandDeps {
  const input = { defaultCountry: 'US', timeZone: 'UTC' };
  return { store, hasher: world.contacts.hasher, input, tail: world.contacts.tail };
}

function overlaid<T extends object>(target: T, over: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(over, name) ? over : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The store, in which somebody else gets through just before a command locks its keys for the `nth` time. */
function overtaken(nth: number, other: () => Promise<unknown>): EventStore {
  let locks = 0;
  const watched = (tx: StoreTransaction): StoreTransaction =>
    overlaid(tx, {
      query: async (sql: string | NamedQuery, params?: readonly unknown[]) => {
        if (typeof sql !== 'string' && sql.name === 'match_key_lock' && ++locks === nth) await other();
        return tx.query(sql, params);
      },
    } as Partial<StoreTransaction>);
  return overlaid(world.store, {
    transaction: (tenant, work, options) => world.store.transaction(tenant, (tx) => work(watched(tx)), options),
  });
}

/** The store, whose first COMMIT succeeds without anybody hearing of it. */
function unheard(): EventStore {
  let commits = 0;
  return overlaid(world.store, {
    transaction: async (tenant, work, options) => {
      const result = await world.store.transaction(tenant, work, options);
      if (++commits === 1) throw new CommitUnknown('The connection was lost during COMMIT');
      return result;
    },
  });
}

const named = async (jobTitle: string): Promise<number> => {
  const sql = `select count(*)::int as n from app.contact where state -> 'values' ->> 'jobTitle' = $1`;
  const { rows } = await world.store.transaction(world.tenant, (tx) => tx.query<{ n: number }>(sql, [jobTitle]));
  return rows[0]?.n ?? 0;
};

describe('a command that is overtaken between reading its keys and locking them (DESIGN §4, Locks)', () => {
  const create = (values: Readonly<Record<string, string>>, store?: EventStore) =>
    new ContactCommands(deps(store)).create(creation(values), command());

  it('never gives one external id to two contacts (MAP-012)', async () => {
    const values = { externalId: 'A-1', jobTitle: 'Taken' };
    const late = create(
      values,
      overtaken(1, () => create(values)),
    );
    await expect(late).rejects.toEqual(code('DUPLICATE_REVIEW'));
    const again = { ...creation(values), createAnyway: true };
    const anyway = new ContactCommands(deps()).create(again, command());
    await expect(anyway).rejects.toEqual(code('EXTERNAL_ID_TAKEN'));
    expect(await named('Taken')).toBe(1);
  });

  it('asks about the contact that was made meanwhile (CON-010)', async () => {
    const values = { email: 'meanwhile@kestrel.net', jobTitle: 'Meanwhile' };
    const late = create(
      values,
      overtaken(1, () => create(values)),
    );
    await expect(late).rejects.toEqual(code('DUPLICATE_REVIEW'));
    expect(await named('Meanwhile')).toBe(1);
  });

  it('of scripts matches what another script has just made (RST-001)', async () => {
    const values = { externalId: 'S-1', email: 'script@kestrel.net', jobTitle: 'Script' };
    const submit = (store?: EventStore) => submitContacts(deps(store), submission(values), command());
    let first: Awaited<ReturnType<typeof submit>> | undefined;
    const late = await submit(overtaken(2, async () => (first = await submit())));
    expect(first?.results[0]?.outcome).toBe('CREATED');
    expect(late.results[0]).toMatchObject({ outcome: 'SKIPPED', id: first?.results[0]?.id });
    expect(await named('Script')).toBe(1);
  });
});

describe('a command whose COMMIT has an unknown end (DESIGN 4)', () => {
  it('is not done a second time without an idempotency key', async () => {
    const creating = new ContactCommands(deps(unheard())).create(creation({ jobTitle: 'Once' }), command());
    await expect(creating).rejects.toBeInstanceOf(CommitUnknown);
    expect(await named('Once')).toBe(1);
    const submitting = submitContacts(deps(unheard()), submission({ jobTitle: 'Sent once' }), command());
    await expect(submitting).rejects.toBeInstanceOf(CommitUnknown);
    expect(await named('Sent once')).toBe(1);
  });
});
