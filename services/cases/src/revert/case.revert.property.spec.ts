import fc from 'fast-check';
import { importOf, voidsOf, type PastEvent } from '@caseledger/row-target';
import { opened } from '../case/case.changes.js';
import type { CaseEvent } from '../case/case.events.js';
import type { CaseState } from '../case/case.js';
import { caseOf } from '../rows/row.fixture.js';
import { caseHistory } from './case.revert.js';

type Past = PastEvent<CaseEvent>;

/**
 * R1: random histories of imports, edits, reverts and restores of one case, against a model that shares no code with the
 * product: a list of writes, of which the last one that is in force wins, key by key.
 */

/** One step of a history: what happens, by which import, to which key. Decoded from one number each. */
interface Step {
  readonly act: 'edit' | 'import' | 'revert' | 'restore';
  readonly of: string;
  readonly key: string;
  readonly remove: boolean;
}

const KEYS = ['description', 'openedOn', 'standing', 'date:1', 'date:2', 'tag:x', 'list:l1', 'list:l2', 'link:bo', 'link:cy'];
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
  readonly #writes: { readonly by: string; readonly key: string; readonly value: string | null }[] = [];
  readonly #out = new Set<string>();

  constructor(private readonly creator: string) {}

  write(by: string, key: string, value: string | null): void {
    this.#writes.push({ by, key, value });
  }

  canWrite(by: string): boolean {
    return !this.#out.has(by) && !this.#out.has(this.creator);
  }

  revert(by: string): void {
    const knows = by === this.creator || this.#writes.some((write) => write.by === by);
    if (!knows || this.#out.has(by)) return;
    const others = this.#writes.some((write) => write.by !== by && !this.#out.has(write.by));
    if (by === this.creator && others) return;
    this.#out.add(by);
  }

  restore(by: string): void {
    this.#out.delete(by);
  }

  expected(): Map<string, string> {
    const values = new Map<string, string>([['standing', 'injury.new-lead'], ['openedOn', '2025-01-01']]);
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
function observed(state: CaseState): Map<string, string> {
  const found = new Map<string, string>([['standing', state.status]]);
  if (state.description !== '') found.set('description', state.description);
  if (state.openedOn !== null) found.set('openedOn', state.openedOn);
  for (const { id, at } of state.keyDates) found.set(`date:${id}`, at);
  for (const tag of state.tags) found.set(`tag:${tag}`, 'set');
  for (const list of state.lists) found.set(`list:${list}`, 'set');
  for (const { contact } of state.contacts) if (contact !== 'ada') found.set(`link:${contact}`, 'set');
  if (state.archived !== null) found.set('archived', 'yes');
  return new Map([...found].sort());
}

const MEMBERS: readonly string[] = ['tag', 'list', 'link'];

/** A status belongs to every case, so nobody takes it away; all else can be taken away. */
function valueOf({ key, remove }: Step, by: string, at: number): string | null {
  if (key === 'standing') return `${by} ${at}`;
  if (remove) return null;
  return MEMBERS.includes(key.split(':')[0] ?? '') ? 'set' : `${by} ${at}`;
}

function eventOf(key: string, value: string | null): CaseEvent {
  const [kind = '', name = ''] = key.split(':');
  switch (kind) {
    case 'tag':
      return { type: value === null ? 'CaseUntagged' : 'CaseTagged', data: { tags: [name] } };
    case 'list':
      return { type: value === null ? 'CaseRemovedFromList' : 'CaseAddedToList', data: { list: name } };
    case 'link':
      return { type: value === null ? 'CaseContactUnlinked' : 'CaseContactLinked', data: { contact: name, role: 'WITNESS' } };
    case 'date': {
      if (value === null) return { type: 'KeyDateRemoved', data: { id: Number(name), kind: 'DEADLINE' } };
      const date = { id: Number(name), label: 'Deadline', kind: 'DEADLINE', at: value, reminderDays: 0 };
      return { type: 'KeyDateSet', data: date };
    }
    case 'standing':
      return { type: 'CaseStatusChanged', data: { type: 'injury', from: '', to: value ?? '', category: 'OPEN' } };
    default: {
      const set = value === null ? {} : { [key]: value };
      return { type: 'CaseFieldsChanged', data: { set, cleared: value === null ? [key] : [], fields: [key] } };
    }
  }
}

type Revert = (history: readonly Past[], of: string, restore: boolean) => readonly CaseEvent[];

const product: Revert = (history, of, restore) => {
  const command = { import: of, revert: 'r', restore, createdPolicy: 'KEEP', dependents: 0 } as const;
  return caseHistory.decide(history, command, () => undefined).events;
};

/** What naive systems do: where the import wrote last, put back the value before it. */
const previousValue: Revert = (history, of, restore) => {
  if (restore) return product(history, of, true);
  const now = observed(caseHistory.present(history));
  const then = observed(caseHistory.present(history.filter((past) => importOf(past) !== of)));
  const mine = history.filter((past) => importOf(past) === of);
  const keys = new Set(mine.flatMap((past) => [...observed(caseHistory.present([past])).keys()]));
  return [...keys].filter((key) => now.get(key) !== then.get(key)).map((key) => eventOf(key, then.get(key) ?? null));
};

function firstOf(creator: string): Past[] {
  const origin = creator === 'user' ? { kind: 'user', id: 'u' } : { kind: 'import', id: creator };
  return [{ event: opened(caseOf()), origin }];
}

/** Plays a history against product and model; the first difference, if there is one. */
function difference(creator: string, steps: readonly Step[], revert: Revert): string | undefined {
  const model = new Model(creator);
  const history = firstOf(creator);
  steps.forEach((step, at) => {
    const { act, of, key } = step;
    if (act === 'edit' || act === 'import') {
      const by = act === 'edit' ? 'user' : of;
      if (!model.canWrite(by)) return;
      const value = valueOf(step, by, at);
      model.write(by, key, value);
      history.push({ event: eventOf(key, value), origin: { kind: act === 'edit' ? 'user' : 'import', id: by } });
      return;
    }
    for (const event of revert(history, of, act === 'restore')) history.push({ event, origin: { kind: 'revert', id: 'r' } });
    if (act === 'revert') model.revert(of);
    else model.restore(of);
  });
  const [is, should] = [observed(caseHistory.present(history)), model.expected()].map((map) => JSON.stringify([...map]));
  return is === should ? undefined : `is ${is}, should be ${should}`;
}

const codes = fc.array(fc.nat({ max: 60_000 }), { minLength: 3, maxLength: 12 });
const key = fc.nat({ max: KEYS.length - 1 }).map((at) => KEYS[at] ?? '');

/** Two imports that overlap in one key, an edit in between or after, a revert of one or both. */
const overlapping = fc
  .tuple(key, key, fc.nat({ max: 5 }), fc.boolean(), codes)
  .map(([shared, edited, shape, both, more]): Step[] => {
    const write = (act: Step['act'], of: string, on: string): Step => ({ act, of, key: on, remove: false });
    const writes = [write('import', 'I0', shared), write('import', 'I1', shared)];
    writes.splice(shape % 3, 0, write('edit', '', edited));
    const [a, b] = shape < 3 ? ['I0', 'I1'] : ['I1', 'I0'];
    const reverts = [write('revert', a ?? '', ''), ...(both ? [write('revert', b ?? '', '')] : [])];
    return [...writes, ...reverts, ...more.slice(0, 4).map(decode)];
  });

const creators = fc.constantFrom('user', 'user', 'I0', 'I1');

describe('R1: a case after any history of imports, edits, reverts and restores (REV-003)', () => {
  it('is what its history gives without the imports out of force (20,000 random histories)', () => {
    fc.assert(
      fc.property(creators, codes, (creator, steps) => {
        const wrong = difference(creator, steps.map(decode), product);
        if (wrong !== undefined) throw new Error(wrong);
      }),
      { numRuns: 20_000 },
    );
  });

  it('the same with two overlapping imports, an edit and a revert in each (20,000 histories)', () => {
    fc.assert(
      fc.property(creators, overlapping, (creator, steps) => {
        const wrong = difference(creator, steps, product);
        if (wrong !== undefined) throw new Error(wrong);
      }),
      { numRuns: 20_000 },
    );
  });

  it('cannot be had by putting back the previous value', () => {
    const sample = fc.sample(overlapping, { numRuns: 2_000, seed: 7 });
    expect(sample.filter((steps) => difference('user', steps, previousValue) !== undefined).length).toBeGreaterThan(0);
    expect(sample.filter((steps) => difference('user', steps, product) !== undefined)).toEqual([]);
  });
});

describe('order of reverts of a case (REV-013)', () => {
  it('does not matter where it is not kept', () => {
    fc.assert(
      fc.property(codes, (steps) => {
        const played = steps.map(decode).filter(({ act }) => act === 'edit' || act === 'import');
        const orders = [['I0', 'I1'], ['I1', 'I0']];
        const [one, other] = orders.map((order) => {
          const history = firstOf('user');
          played.forEach((step, at) => {
            const by = step.act === 'edit' ? 'user' : step.of;
            const event = eventOf(step.key, valueOf(step, 'v', at));
            history.push({ event, origin: { kind: step.act === 'edit' ? 'user' : 'import', id: by } });
          });
          for (const of of order)
            for (const event of product(history, of, false)) history.push({ event, origin: { kind: 'revert', id: 'r' } });
          return { state: observed(caseHistory.present(history)), voids: [...voidsOf(history).keys()].sort() };
        });
        expect(one).toEqual(other);
      }),
      { numRuns: 5_000 },
    );
  });
});
