import { targetsV1 } from '@caseledger/contracts';
import type { ChunkCourse, RowTarget } from '@caseledger/row-target';
import { aRow, aVerdict } from '../file/row.fixture.js';

/*
 * Two services in memory, small enough to be right by looking: contacts known by e-mail, cases known by client and name.
 * Both have runs with lanes, and write down every call that changes something.
 */

const { CHUNK_ANSWER_APPLIED, CHUNK_ANSWER_NOT_NOW } = targetsV1.ChunkAnswer;
const { RUN_STATE_RUNNING, RUN_STATE_UNSPECIFIED } = targetsV1.RunState;

export const TENANT = '0198c0de-0000-7000-8000-0000000000aa';

export const OPTIONS: targetsV1.ApplyOptions = {
  importType: 'CASES',
  duplicatePolicy: 'SKIP',
  blankCells: 'KEEP',
  onReview: 'HOLD',
  apply: 'CURRENT_STATE',
  defaults: {},
  normaliserVersion: 1,
  matcherVersion: 1,
  importDay: '2026-05-03',
  mappedFields: [],
  cases: undefined,
};

/** A case row: a client by e-mail, a case by name; `bad` is a case that fails for itself. */
export function caseRow(row: number, client: string, name: string, more: Partial<targetsV1.Row> = {}): targetsV1.Row {
  const value = (field: string, text: string, column: number) => ({ field, text, original: '', column, clear: false, derived: false });
  const values = [...(client === '' ? [] : [value('clientEmail', client, 0)]), value('caseName', name, 1)];
  return aRow({ row, values, ...more });
}

/** What a service holds: how its records are found, and which row wrote each. */
interface Stored {
  readonly key: string;
  version: number;
  readonly writers: string[];
}

interface Run {
  state: targetsV1.RunState;
  readonly chunks: readonly number[];
  readonly next: number[];
  readonly stored: Map<string, targetsV1.RowOutcome[]>;
}

export abstract class MemoryService {
  readonly records = new Map<string, Stored>();
  readonly runs = new Map<string, Run>();
  constructor(
    readonly name: string,
    readonly calls: string[],
  ) {}

  /** What a row does, seen from these records; writes into `view` unless the row is withheld. */
  protected abstract verdict(row: targetsV1.Row, view: Map<string, Stored>, seen: (row: targetsV1.Row) => void): targetsV1.RowVerdict;

  readonly target: RowTarget = {
    name: '',
    topic: { name: '', partitions: 1 },
    permission: '',
    open: async ({ run, chunksPerLane }) => {
      const known = this.runs.get(run);
      if (known === undefined) this.runs.set(run, { state: RUN_STATE_RUNNING, chunks: chunksPerLane, next: chunksPerLane.map(() => 0), stored: new Map() });
      this.calls.push(`${this.name} open`);
      return { state: RUN_STATE_RUNNING };
    },
    setState: async ({ run, state }) => {
      this.calls.push(`${this.name} ${targetsV1.RunState[state]}`);
      const known = this.runs.get(run);
      if (known !== undefined) known.state = state;
      return { state };
    },
    lanes: async ({ run }) => {
      const known = this.runs.get(run);
      const lanes = (known?.chunks ?? []).map((total, lane) => ({ lane, total, nextSeq: known?.next[lane] ?? 0 }));
      return { state: known?.state ?? RUN_STATE_UNSPECIFIED, lanes };
    },
    match: async ({ rows }) => ({ rows: rows.map((row) => this.matchOf(row)) }),
    judge: async ({ rows, overlay }) => this.judge(rows, overlay),
    changedSince: async ({ records, keys }) => ({ records: records.filter((id) => this.records.has(id)), keys: [...keys], positions: [] }),
    apply: (request, course) => this.apply(request, course),
    touched: async () => ({ records: [], next: '', positions: [] }),
    revert: async (request) => this.revert(request),
    dependents: async (request) => this.dependents(request),
    positions: async () => ({ positions: [{ shard: 0, position: this.calls.length }] }),
  };

  named(): RowTarget {
    return { ...this.target, name: this.name, permission: `${this.name}.write` };
  }

  protected matchOf({ row }: targetsV1.Row): targetsV1.RowMatch {
    return { row, keys: [], records: [] };
  }

  protected dependents(_: targetsV1.DependentsRequest): targetsV1.DependentsReply {
    return { dependents: [] };
  }

  private judge(rows: readonly targetsV1.Row[], overlay: Uint8Array): targetsV1.JudgeReply {
    this.calls.push(`${this.name} judge`);
    const view = copy(this.records);
    const laid = overlay.length === 0 ? [] : (JSON.parse(Buffer.from(overlay).toString()) as [string, Stored][]);
    for (const [id, record] of laid) view.set(id, record);
    const verdicts = rows.map((row) => this.verdict(row, view, () => undefined));
    return { verdicts, overlay: Buffer.from(JSON.stringify([...view])) };
  }

  /** Without a course the rows of the request are judged; what was judged last is written. */
  private async apply(request: targetsV1.ApplyChunkRequest, course: ChunkCourse = async (judge) => void (await judge(request.rows))): Promise<targetsV1.ChunkReply> {
    const { run, lane, seq, options } = request;
    const known = this.runs.get(run);
    if (known === undefined) throw new Error('The run was never opened');
    const turn = this.turn(known, lane, seq);
    if (turn !== undefined) return turn;
    const before = copy(this.records);
    let outcomes: targetsV1.RowOutcome[] = [];
    try {
      await course(async (rows) => {
        this.put(before);
        outcomes = rows.map((row) => this.applyRow(row, options?.apply === 'EXACT_PLAN', run));
        this.calls.push(`${this.name} locked`);
        return outcomes;
      });
    } catch (thrown) {
      this.put(before);
      throw thrown;
    }
    this.calls.push(`${this.name} apply ${lane}/${seq}`);
    known.next[lane] = seq + 1;
    known.stored.set(`${lane}/${seq}`, outcomes);
    return { answer: CHUNK_ANSWER_APPLIED, nextSeq: seq + 1, state: known.state, outcomes, changes: [], replayed: false };
  }

  private put(records: ReadonlyMap<string, Stored>): void {
    this.records.clear();
    for (const [id, record] of copy(records)) this.records.set(id, record);
  }

  private applyRow(row: targetsV1.Row, isHeld: boolean, run: string): targetsV1.RowOutcome {
    const before = copy(this.records);
    const verdict = this.verdict(row, this.records, (one) => this.records.get(this.idOf(one))?.writers.push(`${run}/${one.row}`));
    const { expected } = row;
    const isStale = isHeld && expected !== undefined && (expected.outcome !== verdict.outcome || expected.version !== verdict.pinnedVersion);
    if (isStale) this.put(before);
    const told = isStale ? { outcome: 'FAILED', reason: 'PLAN_ROW_STALE', effects: [] } : verdict;
    const codes = verdict.issues.map(({ code, severity, column, field, params }) => ({ code, severity, column, field, params }));
    const { outcome, reason, effects } = told;
    return { row: row.row, part: row.part, outcome, reason, effects, codes, match: verdict.match, decision: undefined, record: verdict.record };
  }

  protected revert(request: targetsV1.RevertChunkRequest): targetsV1.ChunkReply {
    const known = this.runs.get(request.run);
    this.calls.push(`${this.name} revert${request.dryRun ? ' dry' : ''} ${request.records.join(',')}`);
    const outcomes = request.records.map((record): targetsV1.RowOutcome => {
      const kept = request.dependents.find((one) => one.record === record);
      const outcome = kept === undefined ? 'ARCHIVED' : 'KEPT';
      const effects = [{ kind: `RECORD_${outcome}`, record, fromVersion: 1, toVersion: 2 }];
      return { row: 0, part: 0, record: '', outcome, reason: '', effects, codes: [], match: undefined, decision: undefined };
    });
    const reply = { nextSeq: 0, state: RUN_STATE_RUNNING, outcomes, changes: [], replayed: false };
    if (request.dryRun || known === undefined) return { ...reply, answer: CHUNK_ANSWER_APPLIED };
    const turn = this.turn(known, request.lane, request.seq);
    if (turn !== undefined) return turn;
    known.next[request.lane] = request.seq + 1;
    known.stored.set(`${request.lane}/${request.seq}`, outcomes);
    return { ...reply, answer: CHUNK_ANSWER_APPLIED, nextSeq: request.seq + 1 };
  }

  private turn(known: Run, lane: number, seq: number): targetsV1.ChunkReply | undefined {
    const nextSeq = known.next[lane] ?? 0;
    const reply = { nextSeq, state: known.state, outcomes: known.stored.get(`${lane}/${seq}`) ?? [], changes: [] };
    if (seq < nextSeq) return { ...reply, answer: CHUNK_ANSWER_APPLIED, replayed: true };
    if (seq > nextSeq || known.state !== RUN_STATE_RUNNING) return { ...reply, answer: CHUNK_ANSWER_NOT_NOW, outcomes: [], replayed: false };
    return undefined;
  }

  protected abstract idOf(row: targetsV1.Row): string;
}

/** Contacts by e-mail; `two@` hits two of them, and a policy leaves a match as it is. */
export class MemoryContacts extends MemoryService {
  constructor(calls: string[]) {
    super('contacts', calls);
  }

  protected idOf(row: targetsV1.Row): string {
    return `contact ${textOf(row, 'email')}`;
  }

  protected override matchOf(row: targetsV1.Row): targetsV1.RowMatch {
    const email = textOf(row, 'email');
    return { row: row.row, keys: [`email ${email}`], records: this.records.has(this.idOf(row)) ? [this.idOf(row)] : [] };
  }

  protected verdict(row: targetsV1.Row, view: Map<string, Stored>, wrote: (row: targetsV1.Row) => void): targetsV1.RowVerdict {
    const base = { row: row.row, part: row.part };
    const email = textOf(row, 'email');
    const id = this.idOf(row);
    if (email.startsWith('two@') && row.decision?.action !== 'CREATE') {
      const match = { verdict: 'AMBIGUOUS', key: 'EMAIL', record: '', score: 1, records: ['a', 'b'], earlierRow: 0, kind: 'CONTACT' };
      return aVerdict({ ...base, outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', match });
    }
    if (email.startsWith('bad@')) return aVerdict({ ...base, outcome: 'FAILED', reason: 'REQUIRED_MISSING', issues: [missing('firstName', 'First name')] });
    const known = view.get(id);
    if (known !== undefined) {
      const match = { verdict: 'MATCH', key: 'EMAIL', record: id, score: 1, records: [id], earlierRow: 0, kind: 'CONTACT' };
      return aVerdict({ ...base, outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING', match, record: id, pinnedVersion: known.version });
    }
    if (row.withheld) return aVerdict({ ...base, outcome: 'CREATED', record: id });
    view.set(id, { key: email, version: 1, writers: [] });
    wrote(row);
    const change = { record: id, field: 'email', before: '', after: email, column: 0, keptBecause: '' };
    return aVerdict({ ...base, outcome: 'CREATED', record: id, effects: [{ kind: 'CONTACT_CREATED', record: id, fromVersion: 0, toVersion: 1 }], changes: [change] });
  }
}

/** Cases by client and name; a name that begins with `bad` fails for itself. */
export class MemoryCases extends MemoryService {
  /** Cases by contact, for reverts. */
  readonly users = new Map<string, string[]>();
  /** Contacts that a case which stays loses by a revert. */
  readonly losing = new Map<string, string[]>();

  constructor(calls: string[]) {
    super('cases', calls);
  }

  protected idOf(row: targetsV1.Row): string {
    return `case ${clientOf(row)}/${textOf(row, 'caseName')}`;
  }

  protected override matchOf(row: targetsV1.Row): targetsV1.RowMatch {
    return { row: row.row, keys: row.candidates.map((client) => `case ${client}/${textOf(row, 'caseName')}`), records: [] };
  }

  protected override revert(request: targetsV1.RevertChunkRequest): targetsV1.ChunkReply {
    const reply = super.revert(request);
    const outcomes = reply.outcomes.map((one) => (this.losing.has(one.effects[0]?.record ?? '') ? { ...one, outcome: 'RESTORED' } : one));
    const changes = [...this.losing].map(([record, lost]) => {
      const before = JSON.stringify(lost.map((contact) => ({ contact, role: 'CLIENT' })));
      return { record, field: 'contacts', before, after: '', column: -1, keptBecause: '' };
    });
    return { ...reply, outcomes, changes };
  }

  protected override dependents({ records, without, lost }: targetsV1.DependentsRequest): targetsV1.DependentsReply {
    const isLost = (dependent: string, record: string): boolean => lost.some((link) => link.dependent === dependent && link.record === record);
    const users = (record: string): string[] => (this.users.get(record) ?? []).filter((one) => !without.includes(one) && !isLost(one, record));
    const left = records.map((record) => ({ record, cases: users(record) }));
    this.calls.push(`cases dependents ${records.join(',')}`);
    return { dependents: left.filter(({ cases }) => cases.length > 0).map(({ record, cases }) => ({ record, cases, n: cases.length })) };
  }

  protected verdict(row: targetsV1.Row, view: Map<string, Stored>, wrote: (row: targetsV1.Row) => void): targetsV1.RowVerdict {
    const codes = row.parts.flatMap((part) => part.codes).map((code) => ({ ...code, text: '', suggestion: '' }));
    const effects = row.parts.flatMap((part) => part.effects);
    const base = { row: row.row, effects, issues: [...row.issues, ...codes] };
    const error = row.issues.find(({ severity }) => severity === 'ERROR');
    const failed = row.parts.find(({ outcome }) => outcome === 'FAILED');
    const held = row.parts.find(({ record }) => record === '');
    if (error !== undefined) return aVerdict({ ...base, outcome: 'FAILED', reason: error.code });
    if (failed !== undefined) return aVerdict({ ...base, outcome: 'FAILED', reason: failed.reason });
    if (held !== undefined) return aVerdict({ ...base, outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', match: held.match });
    if (clientOf(row) === '' || textOf(row, 'caseName').startsWith('bad')) return aVerdict({ ...base, outcome: 'FAILED', reason: 'VALUE_NOT_ALLOWED' });
    const id = this.idOf(row);
    const known = view.get(id);
    if (known !== undefined) {
      const match = { verdict: 'MATCH', key: 'CASE_NAME', record: id, score: 1, records: [id], earlierRow: 0, kind: 'CASE' };
      return aVerdict({ ...base, outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING', match, record: id, pinnedVersion: known.version });
    }
    const isWithheld = row.parts.some((part) => part.outcome === 'CREATED' && part.effects.length === 0);
    if (isWithheld) return aVerdict({ ...base, outcome: 'FAILED', reason: 'PLAN_ROW_STALE' });
    view.set(id, { key: id, version: 1, writers: [] });
    wrote(row);
    const made = { kind: 'CASE_CREATED', record: id, fromVersion: 0, toVersion: 1 };
    return aVerdict({ ...base, outcome: 'CREATED', record: id, effects: [...effects, made] });
  }
}

function missing(field: string, label: string): targetsV1.RowIssue {
  return { code: 'REQUIRED_MISSING', severity: 'ERROR', column: -1, field, text: '', suggestion: '', params: { field: label } };
}

function clientOf({ parts }: targetsV1.Row): string {
  return parts.find(({ part }) => part === 0)?.record ?? '';
}

function textOf({ values }: targetsV1.Row, field: string): string {
  return values.find((value) => value.field === field)?.text ?? '';
}

function copy(records: ReadonlyMap<string, Stored>): Map<string, Stored> {
  return new Map([...records].map(([id, record]) => [id, { ...record, writers: [...record.writers] }]));
}
