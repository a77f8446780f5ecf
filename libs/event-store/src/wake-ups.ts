import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Listener } from './listener.js';
import { withSession } from './session.js';

/** What was stored that somebody may be waiting for: events, or a job. */
export type WakeUp = 'log' | 'job';

const CHANNEL = 'caseledger_stored';
const DEADLINE_MS = 5_000;
/** What is stored within this time after a call is told to other processes with the next one. */
const GATHER_MS = 10;
/** Whoever reads on and on waits again at once: the connection is kept for that long. */
const LINGER_MS = 1_000;

/**
 * Calls those who wait for something to be stored in one database: in this process at once, in others by NOTIFY. It is
 * sent after the COMMIT and never in the transaction itself, where it would take a lock of the whole server (DESIGN
 * §6). A call may be lost with its process or connection; who waits looks for itself from time to time.
 */
export class WakeUps {
  private readonly sleepers = new Map<WakeUp, Set<() => void>>();
  private readonly listener: Listener;
  private readonly untold = new Set<WakeUp>();
  private readonly member = randomUUID();
  private telling = false;
  private leaving: NodeJS.Timeout | undefined;

  /**
   * @param app the service's database as the app role, which tells
   * @param tail the same database as the role that listens, on a connection of its own while anybody waits
   */
  constructor(
    private readonly app: DataSource,
    tail: DataSource,
  ) {
    this.listener = new Listener(tail, CHANNEL, (payload) => this.heard(payload));
  }

  /** Whether what other processes store is heard of; if not, whoever waits must look often. */
  get isHearing(): boolean {
    return this.listener.isHearing;
  }

  /** To be called once something is committed. */
  stored(what: WakeUp): void {
    this.call(what);
    this.untold.add(what);
    if (!this.telling) void this.tell();
  }

  /** Calls those in this process alone: something that is stored already has become due. */
  call(what: WakeUp): void {
    for (const sleeper of this.sleepers.get(what) ?? []) sleeper();
  }

  /** `wake` is called from now on, and also when calls may have been missed. @returns ends it. */
  on(what: WakeUp, wake: () => void): () => void {
    const sleepers = this.sleepers.get(what) ?? new Set();
    this.sleepers.set(what, sleepers.add(wake));
    clearTimeout(this.leaving);
    this.listener.open();
    return () => {
      sleepers.delete(wake);
      if ([...this.sleepers.values()].some(({ size }) => size > 0)) return;
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => this.listener.close(), LINGER_MS).unref();
    };
  }

  private heard(payload: string | undefined): void {
    if (payload === undefined) for (const what of this.sleepers.keys()) this.call(what);
    const [member, ...stored] = (payload ?? '').split(' ');
    if (member === this.member) return;
    for (const what of stored) if (what === 'log' || what === 'job') this.call(what);
  }

  /** Tells other processes. Never rejects: what they do not hear of they find by looking. */
  private async tell(): Promise<void> {
    this.telling = true;
    while (this.untold.size > 0) {
      const payload = [this.member, ...this.untold].join(' ');
      this.untold.clear();
      // A notification has nothing to lose in a crash, so it waits for no disk.
      const statements = ['begin', 'set local synchronous_commit to off', `notify ${CHANNEL}, '${payload}'`, 'commit'];
      await withSession(this.app, DEADLINE_MS, (session) => session.script(statements)).catch(() => undefined);
      if (this.untold.size > 0) await pause(GATHER_MS);
    }
    this.telling = false;
  }
}
