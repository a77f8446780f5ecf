import type { targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import { MemoryTarget } from './target.fixture.js';

/** What happens the moment a target has answered; the place in which a test lets people work. */
export interface Meanwhile {
  /** Rows have been judged; the answer is not stored yet. */
  judged: (rows: readonly number[]) => void;
  /** What rows hit has been looked up. */
  matched: (rows: readonly number[]) => void;
}

/**
 * Records in memory that people change while a plan is made, each time at the same moment of it. A record may have
 * several addresses: a row that names any of them hits it.
 */
export class BusyTarget {
  readonly memory = new MemoryTarget();
  readonly meanwhile: Meanwhile = { judged: () => undefined, matched: () => undefined };
  /** Rows handed to the judge, one list per call. */
  readonly judgements: (readonly number[])[] = [];
  /** Tells of changed keys and never of changed records, as a target may whose records are known by their keys alone. */
  tellsKeysOnly = false;
  private readonly owners = new Map<string, string>();
  private readonly keys = new Map<string, string>();
  private readonly given: { readonly email: string; readonly position: number }[] = [];

  readonly target: RowTarget = {
    ...this.memory.target,
    match: (request) => this.match(request),
    judge: (request) => this.judge(request),
    changedSince: (request) => this.changedSince(request),
  };

  get feed(): MemoryTarget['feed'] {
    return this.memory.feed;
  }

  /** A person changes a record, or makes it. */
  edit(email: string): void {
    this.memory.edit(email, 'Salem');
  }

  /** A person gives a record one more address. */
  giveAddress(owner: string, email: string): void {
    this.owners.set(email, owner);
    this.edit(owner);
    this.given.push({ email, position: this.memory.records.get(owner)?.changedAt ?? 0 });
  }

  private async match(request: targetsV1.MatchRequest): Promise<targetsV1.MatchReply> {
    const own = await this.memory.target.match(request);
    const hit = await this.memory.target.match({ ...request, rows: request.rows.map((row) => this.ofOwner(row)) });
    for (const [at, row] of request.rows.entries()) this.keys.set(emailOf(row), own.rows[at]?.keys[0] ?? '');
    this.meanwhile.matched(request.rows.map(({ row }) => row));
    return { rows: own.rows.map((one, at) => ({ ...one, records: hit.rows[at]?.records ?? [] })) };
  }

  private async judge(request: targetsV1.JudgeRequest): Promise<targetsV1.JudgeReply> {
    const rows = request.rows.map(({ row }) => row);
    const reply = await this.memory.target.judge({ ...request, rows: request.rows.map((row) => this.ofOwner(row)) });
    this.judgements.push(rows);
    this.meanwhile.judged(rows);
    return reply;
  }

  private async changedSince(request: targetsV1.ChangedSinceRequest): Promise<targetsV1.ChangedSinceReply> {
    const reply = await this.memory.target.changedSince(request);
    const since = request.positions[0]?.position ?? 0;
    const given = this.given.filter(({ position }) => position > since).map(({ email }) => this.keys.get(email) ?? '');
    const keys = [...new Set([...reply.keys, ...given.filter((key) => request.keys.includes(key))])];
    return this.tellsKeysOnly ? { ...reply, records: [], keys: keys.filter((key) => given.includes(key)) } : { ...reply, keys };
  }

  private ofOwner(row: targetsV1.Row): targetsV1.Row {
    const owner = this.owners.get(emailOf(row));
    if (owner === undefined) return row;
    return { ...row, values: row.values.map((value) => (value.field === 'email' ? { ...value, text: owner } : value)) };
  }
}

function emailOf(row: targetsV1.Row): string {
  return row.values.find(({ field }) => field === 'email')?.text.toLowerCase() ?? '';
}
