import fc from 'fast-check';
import { createContact } from '../contact/contact.decider.js';
import type { ContactState } from '../contact/contact.js';
import type { ContactEvent } from '../contact/contact.events.js';
import { importOf, voidsOf, type PastEvent } from '@caseledger/row-target';
import { contactHistory } from './contact.revert.js';

type Past = PastEvent<ContactEvent>;

/**
 * R1: random histories of imports, edits, reverts and restores of one record, against a model that shares no code with
 * the product: a list of writes, of which the last one that is in force wins, key by key.
 */

/** One step of a history: what happens, by which import, to which key. Decoded from one number each. */
interface Step {
  readonly act: 'edit' | 'import' | 'revert' | 'restore';
  readonly of: string;
  readonly key: string;
  readonly remove: boolean;
}

const KEYS = ['jobTitle', 'source', 'nickname', 'tag:x', 'tag:y', 'phone:1', 'phone:2', 'city', 'zip'];
const ACTS = ['edit', 'edit', 'import', 'import', 'import', 'revert', 'revert', 'restore'] as const;

function decode(code: number): Step {
  return {
    act: ACTS[code % 8] ?? 'edit',
    of: `I${Math.floor(code / 8) % 3}`,
    key: KEYS[Math.floor(code / 24) % KEYS.length] ?? '',
    remove: Math.floor(code / 512) % 5 === 0,
  };
}

/** The model: writes by source in order, and which imports are out of force. */
class Model {
  readonly #writes: {
    readonly by: string;
    readonly key: string;
    readonly value: string | null;
  }[] = [];
  readonly #out = new Set<string>();

  constructor(private readonly creator: string) {}

  write(by: string, key: string, value: string | null): void {
    this.#writes.push({ by, key, value });
  }

  canWrite(by: string): boolean {
    return !this.#out.has(by) && !this.#out.has(this.creator);
  }

  knows(by: string): boolean {
    return by === this.creator || this.#writes.some((write) => write.by === by);
  }

  revert(by: string): void {
    if (!this.knows(by) || this.#out.has(by)) return;
    const others = this.#writes.some((write) => write.by !== by && !this.#out.has(write.by));
    if (by === this.creator && others) return;
    this.#out.add(by);
  }

  restore(by: string): void {
    this.#out.delete(by);
  }

  expected(): Map<string, string> {
    const values = new Map<string, string>();
    for (const { by, key, value } of this.#writes) {
      if (this.#out.has(by) && by !== this.creator) continue;
      if (value === null) values.delete(key);
      else values.set(key, value);
    }
    if (this.#out.has(this.creator)) values.set('archived', 'yes');
    return new Map([...values].sort());
  }
}

/** What the product holds, in the model's words. */
function observed(state: ContactState): Map<string, string> {
  const { firstName: _first, lastName: _last, ...values } = state.values;
  const found = new Map(Object.entries(values));
  for (const tag of state.tags) found.set(`tag:${tag}`, 'set');
  for (const { id, number } of state.phones) found.set(`phone:${id}`, number);
  for (const { parts } of state.addresses) for (const [part, value] of Object.entries(parts)) found.set(part, value);
  if (state.archived !== null) found.set('archived', 'yes');
  return new Map([...found].sort());
}

function eventOf(key: string, value: string | null): ContactEvent {
  const [kind = '', name = ''] = key.split(':');
  if (kind === 'tag')
    return {
      type: value === null ? 'ContactUntagged' : 'ContactTagged',
      data: { tags: [name] },
    };
  if (kind === 'phone') {
    if (value === null) return { type: 'ContactPhoneRemoved', data: { id: Number(name) } };
    return {
      type: 'ContactPhoneChanged',
      data: { id: Number(name), label: 'HOME', number: value, extension: '' },
    };
  }
  const set = value === null ? {} : { [key]: value };
  const cleared = value === null ? [key] : [];
  if (key === 'city' || key === 'zip')
    return {
      type: 'ContactAddressChanged',
      data: { id: 1, label: 'HOME', set, cleared },
    };
  return {
    type: 'ContactFieldsChanged',
    data: { set, cleared, fields: [key] },
  };
}

type Revert = (history: readonly Past[], of: string, restore: boolean) => readonly ContactEvent[];

const product: Revert = (history, of, restore) =>
  contactHistory.decide(history, { import: of, revert: 'r', restore, createdPolicy: 'KEEP', dependents: 0 }, () => undefined).events;

/** What naive systems do: where the import wrote last, put back the value before it. */
const previousValue: Revert = (history, of, restore) => {
  if (restore) return product(history, of, true);
  const before = history.filter((past) => importOf(past) !== of);
  const now = observed(contactHistory.present(history));
  const then = observed(contactHistory.present(before));
  const mine = new Set(
    history.filter((past) => importOf(past) === of).flatMap((past) => [...observed(contactHistory.present([past])).keys()]),
  );
  const changes = [...mine].filter((key) => now.get(key) !== then.get(key));
  return changes.map((key) => eventOf(key, then.get(key) ?? null));
};

/** Plays a history against product and model; the first difference, if there is one. */
function difference(creator: string, steps: readonly Step[], revert: Revert): string | undefined {
  const model = new Model(creator);
  const origin = creator === 'user' ? { kind: 'user', id: 'u' } : { kind: 'import', id: creator };
  const first = createContact({
    input: { values: { firstName: 'Ada', lastName: 'Quill' } },
    client: false,
    source: 'STAFF',
    knownDifferent: [],
  });
  const history: Past[] = first.map((event) => ({ event, origin }));
  steps.forEach((step, at) => {
    const { act, of, key } = step;
    if (act === 'edit' || act === 'import') {
      const by = act === 'edit' ? 'user' : of;
      if (!model.canWrite(by)) return;
      const value = step.remove ? null : key.startsWith('tag') ? 'set' : `${by} ${at}`;
      model.write(by, key, value);
      history.push({
        event: eventOf(key, value),
        origin: act === 'edit' ? { kind: 'user', id: 'u' } : { kind: 'import', id: of },
      });
      return;
    }
    for (const event of revert(history, of, act === 'restore'))
      history.push({ event, origin: { kind: 'revert', id: 'r' } });
    if (act === 'revert') model.revert(of);
    else model.restore(of);
  });
  const [is, should] = [observed(contactHistory.present(history)), model.expected()].map((map) => JSON.stringify([...map]));
  return is === should ? undefined : `is ${is}, should be ${should}`;
}

const codes = fc.array(fc.nat({ max: 60_000 }), {
  minLength: 3,
  maxLength: 12,
});
const key = fc.nat({ max: KEYS.length - 1 }).map((at) => KEYS[at] ?? '');

/** Two imports that overlap in one key, an edit in between or after, a revert of one or both. */
const overlapping = fc
  .tuple(key, key, fc.nat({ max: 5 }), fc.boolean(), codes)
  .map(([shared, edited, shape, both, more]): Step[] => {
    const write = (act: Step['act'], of: string, on: string): Step => ({
      act,
      of,
      key: on,
      remove: false,
    });
    const writes = [write('import', 'I0', shared), write('import', 'I1', shared)];
    writes.splice(shape % 3, 0, write('edit', '', edited));
    const [a, b] = shape < 3 ? ['I0', 'I1'] : ['I1', 'I0'];
    const reverts = [write('revert', a ?? '', ''), ...(both ? [write('revert', b ?? '', '')] : [])];
    return [...writes, ...reverts, ...more.slice(0, 4).map(decode)];
  });

const creators = fc.constantFrom('user', 'user', 'I0', 'I1');

describe('R1: a record after any history of imports, edits, reverts and restores', () => {
  it('is what its history gives without the imports out of force (50,000 random histories)', () => {
    fc.assert(
      fc.property(creators, codes, (creator, steps) => {
        const wrong = difference(creator, steps.map(decode), product);
        if (wrong !== undefined) throw new Error(wrong);
      }),
      { numRuns: 50_000 },
    );
  });

  it('the same with two overlapping imports, an edit and a revert in each (50,000 histories)', () => {
    fc.assert(
      fc.property(creators, overlapping, (creator, steps) => {
        const wrong = difference(creator, steps, product);
        if (wrong !== undefined) throw new Error(wrong);
      }),
      { numRuns: 50_000 },
    );
  });

  it('cannot be had by putting back the previous value', () => {
    const sample = fc.sample(overlapping, { numRuns: 2_000, seed: 7 });
    const wrong = sample.filter((steps) => difference('user', steps, previousValue) !== undefined);
    expect(wrong.length).toBeGreaterThan(0);
    expect(sample.filter((steps) => difference('user', steps, product) !== undefined)).toEqual([]);
  });
});

describe('order of reverts (REV-013)', () => {
  it('does not matter where no record is kept', () => {
    fc.assert(
      fc.property(codes, (steps) => {
        const played = steps.map(decode).filter(({ act }) => act === 'edit' || act === 'import');
        const ends = [
          ['I0', 'I1'],
          ['I1', 'I0'],
        ].map((order) => {
          const history: Past[] = createContact({
            input: { values: { firstName: 'A', lastName: 'B' } },
            client: false,
            source: 'STAFF',
            knownDifferent: [],
          }).map((event) => ({ event, origin: { kind: 'user', id: 'u' } }));
          played.forEach((step, at) => {
            const origin = step.act === 'edit' ? { kind: 'user', id: 'u' } : { kind: 'import', id: step.of };
            history.push({ event: eventOf(step.key, `v${at}`), origin });
          });
          for (const of of order)
            for (const event of product(history, of, false))
              history.push({ event, origin: { kind: 'revert', id: 'r' } });
          return {
            state: observed(contactHistory.present(history)),
            voids: [...voidsOf(history).keys()].sort(),
          };
        });
        expect(ends[0]).toEqual(ends[1]);
      }),
      { numRuns: 5_000 },
    );
  });
});
