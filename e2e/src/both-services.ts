import { randomBytes } from 'node:crypto';
import { caseTarget, casesMigrations, openCasesStore } from '@caseledger/cases';
import { contactTarget, contactsMigrations, openContactsStore } from '@caseledger/contacts';
import { targetsV1 } from '@caseledger/contracts';
import { postgresVault, uuid7, vaultMigrations, type EventStore } from '@caseledger/event-store';
import { caseRows, nothingGone, type ImportTarget } from '@caseledger/imports';
import { testDatabase } from '@caseledger/testing';

type Row = targetsV1.Row;

const { RUN_KIND_IMPORT, RUN_KIND_REVERT, RUN_KIND_RESTORE } = targetsV1.RunKind;

/** Dies where a worker can: contacts has stored its part of a chunk, cases has not. */
class Killed extends Error {}

/** Contacts and cases on databases of their own, asked as one about the rows of case files. */
export class BothServices {
  readonly tenant = uuid7();
  readonly target: ImportTarget;
  /** How many of the next chunks lose their worker between the two services. */
  kills = 0;
  /** Called where a worker can die between the two services. */
  between: (() => Promise<void>) | undefined;

  constructor(
    readonly contacts: EventStore,
    readonly cases: EventStore,
    targets: Pick<Parameters<typeof caseRows>[0], 'contacts' | 'cases'>,
    readonly close: () => Promise<void>,
  ) {
    this.target = caseRows({
      ...targets,
      crashPoint: async () => {
        await this.between?.();
        if (this.kills === 0) return;
        this.kills -= 1;
        throw new Killed();
      },
    });
  }

  /** Opens a run of one lane. */
  async open(importId: string, chunks: number, more: Partial<targetsV1.OpenRunRequest> = {}): Promise<string> {
    const run = uuid7();
    const asked = { tenant: this.tenant, run, importId, kind: RUN_KIND_IMPORT, attempt: 1, actor: 'u1', chunksPerLane: [chunks] };
    await this.target.open({ ...asked, rows: 1_000, cases: undefined, importDay: '2026-03-01', ...more });
    return run;
  }

  /** Plans the chunks of a lane, and runs them held to what was planned. */
  async import(importId: string, chunks: readonly Row[][], options: targetsV1.ApplyOptions) {
    const { tenant } = this;
    const planned: targetsV1.RowVerdict[] = [];
    const pinned: Row[][] = [];
    let overlay: Buffer = Buffer.alloc(0);
    for (const rows of chunks) {
      const reply = await this.target.judge({ tenant, importId, run: '', options, rows, overlay });
      overlay = reply.overlay;
      planned.push(...reply.verdicts);
      pinned.push(rows.map((row, at) => ({ ...row, expected: expectationOf(reply.verdicts[at], reply.parts.get(row.row)) })));
    }
    const run = await this.open(importId, chunks.length, { cases: options.cases });
    const done: targetsV1.RowOutcome[] = [];
    for (const [seq, rows] of pinned.entries()) done.push(...(await this.applied({ importId, run, seq, options, rows })).outcomes);
    return { planned, done };
  }

  /** Delivers a chunk until it is applied, as often as its worker dies. */
  async applied(chunk: Pick<targetsV1.ApplyChunkRequest, 'importId' | 'run' | 'seq' | 'options' | 'rows'>): Promise<targetsV1.ChunkReply> {
    try {
      return await this.target.apply({ tenant: this.tenant, attempt: 1, lane: 0, actor: 'u1', traceparent: '', ...chunk });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return this.applied(chunk);
    }
  }

  /** Previews and runs a revert or a restore of everything an import contributes to. */
  async revert(importId: string, { restore = false } = {}) {
    const { tenant, target } = this;
    const records: targetsV1.TouchedRecord[] = [];
    let after: string | undefined = '';
    while (after !== undefined) {
      const page: Omit<targetsV1.TouchedReply, 'positions'> = await target.touched({ tenant, importId, after, limit: 100 });
      records.push(...page.records);
      after = page.next === '' ? undefined : page.next;
    }
    const run = await this.open(importId, 1, { kind: restore ? RUN_KIND_RESTORE : RUN_KIND_REVERT });
    const request = {
      ...{ tenant, importId, run, attempt: 1, lane: 0, seq: 0, actor: 'u1', traceparent: '', versions: [], restore, dryRun: false },
      ...{ createdPolicy: 'KEEP', recordPolicies: {}, dependents: [] },
      records: records.map(({ record }) => record),
      targets: records.map((record) => record.target),
    };
    const predicted = await target.revert({ ...request, dryRun: true }, nothingGone());
    const done = await target.revert(request, nothingGone());
    return { predicted: predicted.outcomes, done: done.outcomes };
  }

  /** Whether nobody holds a case by its stream. */
  async isFree(id: string): Promise<boolean> {
    const sql = 'select from es.stream where tenant = $1 and stream = $2 for update skip locked';
    const { rowCount } = await this.cases.transaction(this.tenant, (tx) => tx.query(sql, [this.tenant, id]));
    return rowCount === 1;
  }

  /** Contacts and cases as their read models have them, in the order of their ids. */
  async states(): Promise<{ contacts: Map<string, unknown>; cases: Map<string, unknown> }> {
    return { contacts: await statesIn(this.contacts, this.tenant, 'app.contact'), cases: await statesIn(this.cases, this.tenant, 'app.case_state') };
  }
}

/** Stands for the thread that judges suspected rows where none of them is broken: it says so at once. */
const HARMLESS = {
  url: new URL("data:text/javascript,import('node:worker_threads').then((t) => t.parentPort.postMessage('done'))"),
};

async function statesIn(store: EventStore, tenant: string, table: string): Promise<Map<string, unknown>> {
  const sql = `select id, state from ${table} order by id`;
  const { rows } = await store.transaction(tenant, (tx) => tx.query<{ id: string; state: unknown }>(sql));
  return new Map(rows.map(({ id, state }) => [id, state]));
}

function expectationOf(verdict: targetsV1.RowVerdict | undefined, parts: targetsV1.RowExpectation[] = []): targetsV1.RowExpectation {
  if (verdict === undefined) throw new Error('A row was not judged');
  const { outcome, reason, record, match, pinnedVersion: version, part } = verdict;
  return { outcome, reason, record: record === '' ? (match?.record ?? '') : record, version, part, parts };
}

/** Both services with new databases. */
export async function bothServices(name: string): Promise<BothServices> {
  const databases = await Promise.all([
    testDatabase(`${name}_contacts`, contactsMigrations),
    testDatabase(`${name}_cases`, casesMigrations),
    testDatabase(`${name}_vault`, vaultMigrations),
  ]);
  const [ofContacts, ofCases, ofVault] = databases;
  const [contactPools, casePools, vaultPools] = [await ofContacts.open(), await ofCases.open(), await ofVault.open()];
  const common = { vault: postgresVault(vaultPools.app), masterKey: randomBytes(32) };
  const contacts = openContactsStore({ dataSource: contactPools.app, tail: contactPools.tail, ...common });
  const cases = openCasesStore({ dataSource: casePools.app, tail: casePools.tail, ...common });
  const targets = { contacts: contactTarget({ ...contacts, judgeThread: HARMLESS }), cases: caseTarget({ ...cases, judgeThread: HARMLESS }) };
  const close = async (): Promise<void> => void (await Promise.all(databases.map((database) => database.drop())));
  return new BothServices(contacts.store, cases.store, targets, close);
}
