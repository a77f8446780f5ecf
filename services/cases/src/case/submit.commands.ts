import { uuid7, uuid8, type StoreTransaction } from '@caseledger/event-store';
import { limit, type RowIssue } from '@caseledger/errors';
import {
  asJson,
  causeOf,
  chunkLookup,
  doOnce,
  lockKeys,
  measuresOf,
  tenantOf,
  viewOfChunk,
  type Command,
  type RecordWrite,
  type RowView,
} from '@caseledger/row-target';
import { requireReach } from '@caseledger/service-kit';
import type { casesV1, targetsV1 } from '@caseledger/contracts';
import { typesOf } from '../case-type/case-type.queries.js';
import { numberText } from '../numbers/numbers.decider.js';
import { reserve } from '../numbers/numbers.write.js';
import { caseKind, knownType, loadCases } from '../rows/case.kind.js';
import { judgeCase, type CaseContext, type JudgedCase } from '../rows/row-judge.js';
import type { CommandDeps } from './case.commands.js';
import type { CaseState } from './case.js';
import { casesToChange, writeCases } from './case.write.js';
import { dayIn } from './field-input.js';
import { markNewClients } from './new-clients.js';
import { clientsOf, type GivenClient } from './submit.clients.js';
import { submissionRow } from './submit.row.js';

/** Most items of one call (RST-001). */
const ITEMS_MAX = 500;

const POLICIES: readonly string[] = ['SKIP', 'UPDATE', 'CREATE', 'MERGE'];

/** What became of one item; ids and codes only, kept for a day. */
export interface SubmittedDone {
  readonly outcome: string;
  readonly reason: string;
  readonly id: string;
  readonly candidates: readonly string[];
  readonly issues: readonly {
    readonly code: string;
    readonly severity: string;
    readonly field: string;
    readonly measures: Readonly<Record<string, string>>;
  }[];
  readonly client: string;
  readonly clientOutcome: string;
  readonly clientReview: boolean;
}

/** A submission as it is judged: like one small import of its own, whose id nobody will ever meet again. */
interface Submission {
  readonly id: string;
  readonly policy: string;
  readonly rows: readonly targetsV1.Row[];
  readonly day: string;
}

/**
 * Cases by script (RST-001): the rows of a file without a file, judged by the same judge with a policy, answered in
 * order. First every case is judged with a client that is only thought of, so that a case that will not be written makes
 * no client (RST-003); then contacts makes or finds the clients; then the cases are judged and written in one transaction.
 */
export async function submitCases(
  deps: CommandDeps,
  request: casesV1.SubmitCasesRequest,
  command: Command,
): Promise<{ results: SubmittedDone[]; replayed: boolean }> {
  requireReach(command.caller, 'cases.write');
  if (request.items.length > ITEMS_MAX) throw limit('LIMIT_REACHED', { limit: ITEMS_MAX, things: 'items' });
  await deps.startSet.ensure(tenantOf(command.caller));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await submitOnce(deps, request, command);
    } catch (thrown) {
      if (!(thrown instanceof ClientWanted) || attempt === ATTEMPTS_MAX) throw thrown;
    }
  }
}

/** How often a submission is thought of anew because others have written meanwhile. */
const ATTEMPTS_MAX = 3;

/** A case that was not to be written is, as things stand now, and its client was not made: all is thought of anew. */
class ClientWanted extends Error {
  override readonly name = 'ClientWanted';
}

async function submitOnce(
  deps: CommandDeps,
  { items, onDuplicate, onDuplicateClient }: casesV1.SubmitCasesRequest,
  command: Command,
): Promise<{ results: SubmittedDone[]; replayed: boolean }> {
  const now = new Date();
  const rows = items.map((item, at) => submissionRow(item, at + 1, deps.input, now));
  const submission: Submission = { id: uuid7(), policy: policyOf(onDuplicate), rows, day: dayIn(deps.input.timeZone, now) };
  const wants = await deps.store.transaction(tenantOf(command.caller), async (tx) => {
    const { judged } = await judgeAll(deps, tx, submission, { isWriting: false });
    return new Set(judged.filter(({ after }) => after !== undefined).map(({ row }) => row.row));
  });
  const clients = await clientsOf(deps.contacts, items, wants, { command, policy: policyOf(onDuplicateClient) });
  const asked = { submit: asJson({ items, onDuplicate, onDuplicateClient }) };
  const { result, replayed } = await doOnce(deps.store, command, asked, async (tx) => {
    const judged = await writeAll(deps, tx, { ...submission, rows: withClients(rows, clients) }, command);
    const thoughtOf = judged.find(({ row, after }, at) => after !== undefined && clients[at] === undefined && hasClient(row));
    if (thoughtOf !== undefined) throw new ClientWanted(`Item ${thoughtOf.row.row} is written after all`);
    return { results: judged.map((each, at) => doneOf(each, clients[at])) };
  });
  return { results: result.results, replayed };
}

function hasClient({ parts }: targetsV1.Row): boolean {
  return parts.some(({ part }) => part === 0);
}

function policyOf(text: string): string {
  return POLICIES.includes(text) ? text : 'SKIP';
}

// The part of a row that was asked of contacts; one that has no client yet keeps the one that is thought of.
function withClients(rows: readonly targetsV1.Row[], clients: readonly (GivenClient | undefined)[]): targetsV1.Row[] {
  return rows.map((row, at) => {
    const client = clients[at];
    if (client === undefined) return row;
    const parts = row.parts.map((part) => (part.part === 0 ? { ...part, ...client.part } : part));
    return { ...row, parts };
  });
}

interface Judgement {
  readonly judged: readonly JudgedCase[];
  readonly owners: ReadonlyMap<string, readonly string[]>;
}

async function writeAll(
  deps: CommandDeps,
  tx: StoreTransaction,
  submission: Submission,
  command: Command,
): Promise<readonly JudgedCase[]> {
  const year = Number(submission.day.slice(0, 4));
  const numbers = await reserve(tx, { year, count: submission.rows.length });
  const numberOf = (row: number): string => numberText(year, numbers.first + row - 1);
  const { judged, owners } = await judgeAll(deps, tx, submission, { isWriting: true, numberOf });
  const writes = writesOf(judged);
  await casesToChange(tx, command.caller, writes.filter(({ version }) => version > 0).map(({ id }) => id));
  // Numbers of a submission that makes no case are not given away.
  const beside = writes.some(({ version }) => version === 0) ? numbers.appends : [];
  await markNewClients(deps.contacts, command.caller, judged.flatMap(({ events }) => events));
  // A key that nobody had cannot be locked: it is seen once more when it is written.
  await writeCases(tx, deps.hasher, causeOf(command), writes, new Map(owners), beside);
  return judged;
}

async function judgeAll(
  deps: CommandDeps,
  tx: StoreTransaction,
  submission: Submission,
  how: { readonly isWriting: boolean; readonly numberOf?: (row: number) => string },
): Promise<Judgement> {
  const { id, rows } = submission;
  const types = (await typesOf(tx, { hold: how.isWriting })).map(knownType);
  const context: CaseContext = {
    importId: id,
    options: optionsOf(submission),
    source: 'API',
    catalogue: { types },
    recordOf: (row: number) => uuid8('record', tx.tenant, id, String(row), 'case'),
    numberOf: how.numberOf ?? (() => ''),
  };
  const lookup = chunkLookup({ kind: caseKind, hasher: deps.hasher }, rows, context, tx.tenant);
  const hashes = [...new Set(lookup.hashes.values())].sort();
  const found = await lockKeys(tx, hashes);
  const owners = new Map(hashes.map((hash): [string, readonly string[]] => [hash, found.get(hash) ?? []]));
  const ids = [...new Set([...[...found.values()].flat(), ...lookup.named])];
  const versions = ids.length === 0 ? new Map<string, number>() : await tx.lockStreams(ids);
  const view: RowView<CaseState> = viewOfChunk(caseKind, lookup, owners, await loadCases(tx, [...versions.keys()]));
  const judged = rows.map((row) => {
    const one = judgeCase(row, context, view);
    if (one.after !== undefined) view.write(one.record, one.after);
    return one;
  });
  return { judged, owners };
}

function optionsOf({ policy, day }: Submission): targetsV1.ApplyOptions {
  return {
    importType: 'CASES',
    duplicatePolicy: policy,
    blankCells: 'KEEP',
    onReview: 'HOLD',
    apply: 'CURRENT_STATE',
    defaults: {},
    normaliserVersion: 0,
    matcherVersion: 0,
    importDay: day,
    mappedFields: [],
    cases: { caseType: '', list: '', newList: '', addSkipped: false, clientDuplicatePolicy: '' },
  };
}

// Several items may write one case: their events follow each other in one append.
function writesOf(judged: readonly JudgedCase[]): RecordWrite<CaseState>[] {
  const writes = new Map<string, { before: CaseState | undefined; version: number; events: JudgedCase['events'][number][] }>();
  for (const { record, before, after, events } of judged) {
    if (after === undefined) continue;
    const known = writes.get(record);
    if (known === undefined) writes.set(record, { before: before?.state, version: before?.version ?? 0, events: [...events] });
    else known.events.push(...events);
  }
  return [...writes].map(([id, write]) => ({ id, ...write }));
}

function doneOf(judged: JudgedCase, given: GivenClient | undefined): SubmittedDone {
  const { outcome, reason, record, match, issues } = judged;
  const isHeld = reason === 'HELD_FOR_REVIEW';
  const needsClient = isHeld && (given?.candidates.length ?? 0) > 0;
  const candidates = needsClient ? (given?.candidates ?? []) : isHeld ? (match?.records ?? []) : [];
  return {
    outcome: isHeld ? 'FAILED' : outcome,
    reason: isHeld ? 'DUPLICATE_REVIEW' : reason,
    id: isHeld ? '' : record,
    candidates,
    issues: [...issues, ...(given?.issues ?? [])].map(briefly),
    client: given?.part.record ?? '',
    clientOutcome: given?.outcome ?? '',
    clientReview: needsClient,
  };
}

function briefly({ code, severity, field = '', params = {} }: RowIssue): SubmittedDone['issues'][number] {
  return { code, severity, field, measures: measuresOf({ params }) };
}
