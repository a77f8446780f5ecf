import { EventEmitter, once } from 'node:events';
import { factsV1, targetsV1 } from '@caseledger/contracts';
import { partitionOf, uuid8, type Feed, type FeedEvent } from '@caseledger/event-store';
import type { RowTarget } from '@caseledger/row-target';
import { contactsAsTarget } from './contacts.client.js';

/*
 * A target for the mechanics of imports alone: records known by their e-mail, in memory, with the compare-and-set on
 * lanes, the run's state and the feed that the contract asks for. What rows become is the contacts service's matter.
 */

const { CHUNK_ANSWER_APPLIED, CHUNK_ANSWER_NOT_NOW } = targetsV1.ChunkAnswer;
const { RUN_STATE_RUNNING, RUN_STATE_UNSPECIFIED } = targetsV1.RunState;

interface TestRecord {
  readonly id: string;
  version: number;
  city: string;
  changedAt: number;
  /** Rows that wrote it, in order, as `run/row`. */
  readonly writers: string[];
}

interface TestRun {
  readonly request: targetsV1.OpenRunRequest;
  state: targetsV1.RunState;
  readonly nextSeq: number[];
  readonly stored: Map<string, targetsV1.RowOutcome[]>;
}

export class MemoryTarget {
  readonly records = new Map<string, TestRecord>();
  readonly runs = new Map<string, TestRun>();
  private readonly events: FeedEvent[] = [];
  private readonly published = new EventEmitter().setMaxListeners(100);
  /** Called before a chunk is applied; may throw. */
  beforeApply: (request: targetsV1.ApplyChunkRequest) => void | Promise<void> = () => undefined;
  /** Chunks handed over, deliveries that changed nothing included. */
  calls = 0;
  /** Chunks that wait in `hold`. */
  waiting = 0;

  readonly target: RowTarget = contactsAsTarget({
    open: async (request) => this.open(request),
    setState: async ({ run, state }) => {
      const known = this.runs.get(run);
      if (known !== undefined) known.state = state;
      return { state };
    },
    lanes: async ({ run }) => this.lanes(run),
    match: async ({ rows }) => ({ rows: rows.map((row) => this.match(row)) }),
    judge: async (request) => this.judge(request),
    changedSince: async (request) => this.changedSince(request),
    apply: async (request) => this.apply(request),
    touched: async ({ importId }) => this.touched(importId),
    revert: async (request) => this.revert(request),
    dependents: async () => ({ dependents: [] }),
    positions: async () => ({ positions: [{ shard: 0, position: this.position }] }),
  });

  readonly feed: Feed = {
    read: async ({ after, limit, waitMs, signal }) => {
      if (!this.hasAfter(after)) await this.wait(waitMs, signal);
      const events = this.events.filter((event) => {
        const asked = after.find(({ partition }) => partition === event.partition);
        return asked !== undefined && event.position > asked.position;
      });
      const given = events.slice(0, limit);
      const end = given.length < events.length ? (given.at(-1)?.position ?? 0) : this.position;
      return { logId: 'memory', epoch: 1, events: given, lookedUpTo: after.map((one) => ({ ...one, position: Math.max(one.position, end) })), head: this.head };
    },
    head: async () => ({ logId: 'memory', epoch: 1, head: this.head }),
  };

  /** Lets the chunks of an import wait before they are applied. @returns what lets them go. */
  hold(importId: string): () => void {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    this.beforeApply = async (request) => {
      if (request.importId !== importId) return;
      this.waiting += 1;
      await gate;
      this.waiting -= 1;
    };
    return () => {
      this.beforeApply = () => undefined;
      release();
    };
  }

  /** A change by a person, or by another writer, outside of the imports at work. */
  edit(email: string, city: string, writer = 'person'): void {
    this.write(email, city, writer);
    this.publish('ContactFieldsChanged', uuid8('record', email), factsV1.RecordChanged.encode({ fields: ['city'], reason: '' }).finish());
  }

  private get position(): number {
    return this.events.length;
  }

  private get head(): { shard: number; position: number }[] {
    return [{ shard: 0, position: this.position }];
  }

  private open(request: targetsV1.OpenRunRequest): targetsV1.RunReply {
    if (!this.runs.has(request.run)) {
      const nextSeq = request.chunksPerLane.map(() => 0);
      this.runs.set(request.run, { request, state: RUN_STATE_RUNNING, nextSeq, stored: new Map() });
    }
    return { state: this.runs.get(request.run)?.state ?? RUN_STATE_UNSPECIFIED };
  }

  private lanes(run: string): targetsV1.LanesReply {
    const known = this.runs.get(run);
    const lanes = known?.request.chunksPerLane.map((total, lane) => ({ lane, total, nextSeq: known.nextSeq[lane] ?? 0 }));
    return { state: known?.state ?? RUN_STATE_UNSPECIFIED, lanes: lanes ?? [] };
  }

  private match(row: targetsV1.Row): targetsV1.RowMatch {
    const email = emailOf(row);
    const record = email === '' ? undefined : this.records.get(email);
    return { row: row.row, keys: email === '' ? [] : [keyOf(email)], records: record === undefined ? [] : [record.id] };
  }

  private changedSince({ positions, records, keys, run }: targetsV1.ChangedSinceRequest): targetsV1.ChangedSinceReply {
    const since = positions[0]?.position ?? 0;
    const changed = [...this.records].filter(([, { changedAt, writers }]) => changedAt > since && !(writers.at(-1) ?? '').startsWith(`${run}/`));
    return {
      records: changed.map(([, { id }]) => id).filter((id) => records.includes(id)),
      keys: changed.map(([email]) => keyOf(email)).filter((key) => keys.includes(key)),
      positions: [{ shard: 0, position: this.position }],
    };
  }

  private judge({ rows, overlay }: targetsV1.JudgeRequest): targetsV1.JudgeReply {
    const seen = new Map<string, number>(overlay.length === 0 ? [] : (JSON.parse(Buffer.from(overlay).toString()) as [string, number][]));
    const verdicts = rows.map((row) => this.verdict(row, seen));
    return { verdicts, overlay: Buffer.from(JSON.stringify([...seen])) };
  }

  private verdict(row: targetsV1.Row, seen: Map<string, number>): targetsV1.RowVerdict {
    const base = { row: row.row, reason: '', match: undefined, effects: [], changes: [], issues: row.issues, pinnedVersion: 0, record: '', part: row.part };
    const error = row.issues.find(({ severity }) => severity === 'ERROR');
    if (row.blank) return { ...base, outcome: 'SKIPPED', reason: 'ROW_BLANK' };
    if (row.appliedBefore) return { ...base, outcome: 'UNCHANGED', issues: [{ code: 'ROW_ALREADY_APPLIED', severity: 'WARNING', column: -1, field: '', text: '', suggestion: '', params: {} }] };
    if (error !== undefined) return { ...base, outcome: 'FAILED', reason: error.code };
    const email = emailOf(row);
    const record = this.records.get(email);
    const earlierRow = seen.get(email) ?? 0;
    const id = uuid8('record', email);
    const change = { record: id, field: 'city', before: '', after: JSON.stringify(cityOf(row)), column: 1, keptBecause: '' };
    if (email !== '' && earlierRow === 0) seen.set(email, row.row);
    if (record === undefined && earlierRow === 0) {
      const effects = [{ kind: 'CONTACT_CREATED', record: id, fromVersion: 0, toVersion: 1 }];
      return { ...base, outcome: 'CREATED', effects, changes: [change] };
    }
    const match = { verdict: 'MATCH', key: 'EMAIL', record: id, score: 1, records: [id], earlierRow, kind: 'CONTACT' };
    const effects = [{ kind: 'CONTACT_UPDATED', record: id, fromVersion: 1, toVersion: 2 }];
    return { ...base, outcome: 'UPDATED', match, effects, changes: [change], pinnedVersion: earlierRow > 0 ? 0 : (record?.version ?? 0) };
  }

  private async apply(request: targetsV1.ApplyChunkRequest): Promise<targetsV1.ChunkReply> {
    this.calls += 1;
    await this.beforeApply(request);
    const turn = this.turn(request);
    if ('answer' in turn) return turn;
    const outcomes = request.rows.map((row) => this.applyRow(request, row));
    return this.finish(request, turn, outcomes);
  }

  private applyRow(request: targetsV1.ApplyChunkRequest, row: targetsV1.Row): targetsV1.RowOutcome {
    const verdict = this.verdict(row, new Map());
    // Its plan does not foresee the versions that earlier rows of the same run lead to.
    const isOwn = (this.records.get(emailOf(row))?.writers.at(-1) ?? '').startsWith(`${request.run}/`);
    const isExpected = row.expected?.outcome === verdict.outcome && (isOwn || row.expected.version === verdict.pinnedVersion);
    const isStale = request.options?.apply === 'EXACT_PLAN' && !isExpected;
    if (!isStale && (verdict.outcome === 'CREATED' || verdict.outcome === 'UPDATED')) this.write(emailOf(row), cityOf(row), `${request.run}/${row.row}`);
    const outcome = isStale ? { outcome: 'FAILED', reason: 'PLAN_ROW_STALE', effects: [] } : { outcome: verdict.outcome, reason: verdict.reason, effects: verdict.effects };
    const codes = verdict.issues.map(({ code, severity, column, field }) => ({ code, severity, column, field, params: {} }));
    return { row: row.row, ...outcome, codes, match: verdict.match, decision: row.decision, part: row.part, record: verdict.record };
  }

  private touched(importId: string): targetsV1.TouchedReply {
    const runs = [...this.runs].filter(([, { request }]) => request.importId === importId).map(([run]) => run);
    const records = [...this.records.values()].filter(({ writers }) => writers.some((writer) => runs.some((run) => writer.startsWith(`${run}/`))));
    return { records: records.map(({ id, version }) => ({ record: id, component: id, version, target: 'contacts', ties: [] })), next: '', positions: [{ shard: 0, position: this.position }] };
  }

  private revert(request: targetsV1.RevertChunkRequest): targetsV1.ChunkReply {
    const changes: targetsV1.FieldChange[] = [];
    const outcomes = request.records.map((record) => {
      const known = [...this.records.values()].find(({ id }) => id === record);
      const builders = (known?.writers ?? []).filter((writer) => writer.startsWith('import:'));
      changes.push(...builders.map((keptBecause) => ({ record, field: 'city', before: '', after: '', column: -1, keptBecause })));
      const outcome = known?.writers.includes('person') === true ? 'KEPT' : 'ARCHIVED';
      const effects = [{ kind: `CONTACT_${outcome}`, record, fromVersion: 1, toVersion: 2 }];
      return { row: 0, outcome, reason: '', effects, codes: [], match: undefined, decision: undefined, part: 0, record: '' };
    });
    if (request.dryRun) return { answer: CHUNK_ANSWER_APPLIED, nextSeq: 0, state: RUN_STATE_RUNNING, outcomes, changes, replayed: false };
    const turn = this.turn(request);
    return 'answer' in turn ? turn : this.finish(request, turn, outcomes);
  }

  /** The compare-and-set of the contract: the run to go on with, or the answer that nothing is written. */
  private turn({ run, lane, seq }: { run: string; lane: number; seq: number }): TestRun | targetsV1.ChunkReply {
    const known = this.runs.get(run);
    if (known === undefined) throw new Error('The run was never opened');
    const nextSeq = known.nextSeq[lane] ?? 0;
    const reply = { nextSeq, state: known.state, outcomes: known.stored.get(`${lane}/${seq}`) ?? [], changes: [] };
    if (seq < nextSeq) return { ...reply, answer: CHUNK_ANSWER_APPLIED, replayed: true };
    if (seq > nextSeq || known.state !== RUN_STATE_RUNNING) return { ...reply, answer: CHUNK_ANSWER_NOT_NOW, replayed: false };
    return known;
  }

  private finish({ run, lane, seq }: { run: string; lane: number; seq: number }, known: TestRun, rows: targetsV1.RowOutcome[]): targetsV1.ChunkReply {
    known.nextSeq[lane] = seq + 1;
    known.stored.set(`${lane}/${seq}`, rows);
    const { importId, kind, attempt } = known.request;
    const payload = factsV1.ImportChunkApplied.encode({ run, importId, kind, attempt, lane, seq, rows }).finish();
    this.publish('ImportChunkApplied', uuid8('lane', run, String(lane)), payload);
    return { answer: CHUNK_ANSWER_APPLIED, nextSeq: seq + 1, state: known.state, outcomes: rows, changes: [], replayed: false };
  }

  private write(email: string, city: string, writer: string): void {
    const known = this.records.get(email) ?? { id: uuid8('record', email), version: 0, city, changedAt: 0, writers: [] };
    known.version += 1;
    known.city = city;
    known.changedAt = this.position + 1;
    known.writers.push(writer);
    this.records.set(email, known);
  }

  private publish(type: string, stream: string, payload: Uint8Array): void {
    const partition = partitionOf(stream, 12);
    const prevPosition = this.events.filter((event) => event.partition === partition).at(-1)?.position ?? 0;
    const position = this.events.length + 1;
    const place = { shard: 0, partition, position, prevPosition, epoch: 1 };
    const tenant = [...this.runs.values()].at(-1)?.request.tenant ?? '0198c0de-0000-7000-8000-0000000000aa';
    this.events.push({ ...place, eventId: uuid8('event', String(position)), type, schemaVersion: 1, tenant, stream, streamVersion: position, origin: 'import', at: new Date(), payload });
    this.published.emit('event');
  }

  private hasAfter(after: readonly { partition: number; position: number }[]): boolean {
    return this.events.some((event) => after.some(({ partition, position }) => partition === event.partition && event.position > position));
  }

  private async wait(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const ends = AbortSignal.any([AbortSignal.timeout(waitMs), ...(signal === undefined ? [] : [signal])]);
    await once(this.published, 'event', { signal: ends }).catch(() => undefined);
  }
}

function emailOf(row: targetsV1.Row): string {
  return row.values.find(({ field }) => field === 'email')?.text.toLowerCase() ?? '';
}

function cityOf(row: targetsV1.Row): string {
  return row.values.find(({ field }) => field === 'city')?.text ?? '';
}

function keyOf(email: string): string {
  return Buffer.from(email).toString('hex').slice(0, 32).padEnd(32, '0');
}
