import {
  CommitUnknown,
  WrongExpectedVersion,
  uuid8,
  type EventStore,
  type JobQueue,
  type JsonValue,
  type NewEvent,
  type Origin,
  type StoredEvent,
  type StoreTransaction,
} from '@caseledger/event-store';
import { notFound } from '@caseledger/errors';
import { IMPORT_CATEGORY, REVERT_CATEGORY } from './import-events.catalogue.js';
import { evolve, noImport, type Import } from './import/import.js';
import type { ImportEvent } from './import/import.events.js';
import { jobAfter, type JobWanted } from './import/import.workflow.js';
import { evolveRevert, noRevert, type Revert } from './revert/revert.js';
import type { RevertEvent } from './revert/revert.events.js';
import { jobAfterRevert } from './revert/revert.workflow.js';

/** On whose behalf something is done. */
export interface Caller {
  readonly tenant: string;
  /** User, API key or, for the platform itself, absent. */
  readonly actor?: string;
  readonly origin: Origin;
  readonly traceparent?: string;
}

/** Repeating a request with the same key gives the stored answer (API-004). */
export interface OnceOnly {
  readonly key: string;
  readonly request: JsonValue;
  /** What is stored as the answer, such as the id of what is made. */
  readonly answer?: string;
}

/** What became of a command. */
export interface Worked {
  readonly replayed: boolean;
  /** The answer stored by the first request with this key; empty when none was given. */
  readonly answer: string;
}

/** An aggregate at work in a transaction: its state and what is to be appended. */
export interface Held<S, E> {
  readonly id: string;
  readonly state: S;
  readonly version: number;
  add(events: readonly E[]): void;
}

/** What a command works with; `imports` and `reverts` are locked in the order they are asked for together. */
export interface Unit {
  readonly tx: StoreTransaction;
  readonly imports: Held<Import, ImportEvent>[];
  readonly reverts: Held<Revert, RevertEvent>[];
}

export interface Subjects {
  readonly imports?: readonly string[];
  readonly reverts?: readonly string[];
}

const TRIES_MAX = 3;

/** The platform acting by itself. */
export function platform(tenant: string): Caller {
  return { tenant, origin: { kind: 'system' } };
}

/**
 * Commands on imports and reverts: load by folding, decide, append, and store the jobs that follow, in one
 * transaction. Deciders find their work done when a command is repeated, so an unknown COMMIT is tried again.
 */
export class ImportCommands {
  constructor(
    private readonly store: EventStore,
    private readonly jobs: JobQueue,
  ) {}

  /** Changes one import. @throws DomainError NOT_FOUND for an unknown id, and what `decide` throws. */
  async change(
    caller: Caller,
    importId: string,
    decide: (state: Import, tx: StoreTransaction) => readonly ImportEvent[] | Promise<readonly ImportEvent[]>,
    once?: OnceOnly,
  ): Promise<{ replayed: boolean }> {
    return this.work(caller, { imports: [importId] }, async ({ tx, imports: [held] }) => {
      if (held === undefined || held.state.status === 'NONE') throw notFound();
      held.add(await decide(held.state, tx));
    }, once);
  }

  /** Works on any number of imports and reverts; those that do not exist yet have the state NONE. */
  async work(caller: Caller, subjects: Subjects, work: (unit: Unit) => Promise<void>, once?: OnceOnly): Promise<Worked> {
    return this.repeatable(() =>
      this.store.transaction(caller.tenant, async (tx) => {
        const run = async (): Promise<string> => {
          await this.carryOut(tx, caller, subjects, work);
          return once?.answer ?? '';
        };
        if (once === undefined || once.key === '') return { replayed: false, answer: await run() };
        const { replayed, result } = await tx.once(once.key, once.request, run);
        return { replayed, answer: result };
      }),
    );
  }

  /** The present state of an import; NONE when there is no such one. */
  async load(tenant: string, importId: string): Promise<Import> {
    return foldImport(await this.store.readStream(tenant, importId));
  }

  async loadRevert(tenant: string, revertId: string): Promise<Revert> {
    return foldRevert(await this.store.readStream(tenant, revertId));
  }

  /** The present state inside a transaction, without a lock. */
  async loadIn(tx: StoreTransaction, importId: string): Promise<Import> {
    return foldImport(await tx.readStream(importId));
  }

  private async carryOut(tx: StoreTransaction, caller: Caller, subjects: Subjects, work: (unit: Unit) => Promise<void>): Promise<void> {
    const { imports = [], reverts = [] } = subjects;
    await tx.lockStreams([...imports, ...reverts]);
    const streams = await tx.readStreams([...imports, ...reverts]);
    const added = new Map<string, (ImportEvent | RevertEvent)[]>();
    const hold = <S, E extends ImportEvent | RevertEvent>(id: string, fold: (events: readonly StoredEvent[]) => S): Held<S, E> => {
      const events = streams.get(id) ?? [];
      return {
        id,
        state: fold(events),
        version: events.length,
        add: (more) => void added.set(id, [...(added.get(id) ?? []), ...more]),
      };
    };
    const unit: Unit = {
      tx,
      imports: imports.map((id) => hold<Import, ImportEvent>(id, foldImport)),
      reverts: reverts.map((id) => hold<Revert, RevertEvent>(id, foldRevert)),
    };
    await work(unit);
    await this.append(tx, caller, unit, added);
  }

  private async append(tx: StoreTransaction, caller: Caller, unit: Unit, added: Map<string, (ImportEvent | RevertEvent)[]>): Promise<void> {
    const held = [...unit.imports, ...unit.reverts];
    const appends = held.flatMap(({ id, version }) => {
      const events: NewEvent[] = (added.get(id) ?? []).map(({ type, data }) => ({ type, data }));
      const category = unit.imports.some((one) => one.id === id) ? IMPORT_CATEGORY : REVERT_CATEGORY;
      return events.length === 0 ? [] : [{ stream: id, category, expected: version === 0 ? ('none' as const) : version, events }];
    });
    if (appends.length === 0) return;
    const { tenant, actor, origin, traceparent } = caller;
    await tx.append({ tenant, origin, ...(actor === undefined ? {} : { actor }), ...(traceparent === undefined ? {} : { traceparent }) }, appends);
    for (const { id, state, version } of unit.imports) {
      await this.follow(tx, id, version, state, (added.get(id) ?? []).filter(isImportEvent), evolve, jobAfter);
    }
    for (const { id, state, version } of unit.reverts) {
      await this.follow(tx, id, version, state, (added.get(id) ?? []).filter(isRevertEvent), evolveRevert, jobAfterRevert);
    }
  }

  /** Stores the job that each event calls for; its id follows from the event, so that it is stored once. */
  private async follow<S, E>(
    tx: StoreTransaction,
    id: string,
    version: number,
    before: S,
    events: readonly E[],
    evolveOne: (state: S, event: E) => S,
    jobAfterOne: (event: E, state: S) => JobWanted | undefined,
  ): Promise<void> {
    let state = before;
    for (const [index, event] of events.entries()) {
      state = evolveOne(state, event);
      const job = jobAfterOne(event, state);
      if (job === undefined) continue;
      const jobId = uuid8('job', id, String(version + index + 1));
      await this.jobs.enqueue(tx, { id: jobId, kind: job.kind, tenant: tx.tenant, payload: { id, subject: job.subject } });
    }
  }

  private async repeatable<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        // A stream that does not exist yet cannot be locked: whoever comes second sees what the first one made.
        const mayRepeat = error instanceof CommitUnknown || error instanceof WrongExpectedVersion;
        if (!mayRepeat || tries >= TRIES_MAX) throw error;
      }
    }
  }
}

const REVERT_EVENT = /^Revert/;

function isImportEvent(event: ImportEvent | RevertEvent): event is ImportEvent {
  return !REVERT_EVENT.test(event.type);
}

function isRevertEvent(event: ImportEvent | RevertEvent): event is RevertEvent {
  return REVERT_EVENT.test(event.type);
}

/** Stored events are JSON of the catalogue's types: this is where their bytes become types. */
export function foldImport(events: readonly StoredEvent[]): Import {
  return events.reduce((state, { type, data }) => evolve(state, { type, data } as unknown as ImportEvent), noImport);
}

export function foldRevert(events: readonly StoredEvent[]): Revert {
  return events.reduce((state, { type, data }) => evolveRevert(state, { type, data } as unknown as RevertEvent), noRevert);
}
