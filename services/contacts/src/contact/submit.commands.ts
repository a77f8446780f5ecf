import { uuid7, type StoreTransaction } from '@caseledger/event-store';
import { limit, type RowIssue } from '@caseledger/errors';
import { asJson, causeOf, doOnce, lockKeys, measuresOf, type Command } from '@caseledger/row-target';
import { requireReach } from '@caseledger/service-kit';
import type { contactsV1, targetsV1 } from '@caseledger/contracts';
import { judgeContacts, loadRecords, lookupContacts, viewOfContacts } from '../rows/contact.kind.js';
import { recordId } from '../rows/judge-context.js';
import { rowReader } from '../rows/record-keys.js';
import type { JudgeContext, Judged } from '../rows/row-judge.js';
import type { CommandDeps } from './contact.commands.js';
import { sourceOf } from './contact.commands.js';
import type { ContactState } from './contact.js';
import type { ContactEvent } from './contact.events.js';
import { readInput, valuesOf, wireIssue } from './field-input.js';
import { writeContacts, type ContactWrite } from './contact.write.js';

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
}

/**
 * Contacts by script (RST-001): the rows of a file without a file, judged by the same judge with a policy, in one
 * transaction, answered in order. A similar or ambiguous match is told with its candidates, never decided.
 */
export async function submitContacts(
  deps: CommandDeps,
  request: contactsV1.SubmitContactsRequest,
  command: Command,
): Promise<{ results: SubmittedDone[]; replayed: boolean }> {
  requireReach(command.caller, 'contacts.write');
  const { items, onDuplicate, client } = request;
  if (items.length > ITEMS_MAX) throw limit('LIMIT_REACHED', { limit: ITEMS_MAX, things: 'items' });
  const policy = POLICIES.includes(onDuplicate) ? onDuplicate : 'SKIP';
  const asked = { submit: asJson({ items, onDuplicate, client }) };
  const work = (tx: StoreTransaction) => submitOnce(deps, tx, { items, client, policy }, command);
  const { result: results, replayed } = await doOnce(deps.store, command, asked, work);
  return { results, replayed };
}

interface Submission {
  readonly items: readonly contactsV1.SubmittedContact[];
  readonly client: boolean;
  readonly policy: string;
}

async function submitOnce(
  deps: CommandDeps,
  tx: StoreTransaction,
  { items, client, policy }: Submission,
  command: Command,
): Promise<SubmittedDone[]> {
  const options = optionsOf(client, policy);
  const rows = items.map((item, at) => rowOf(deps, item, at + 1, client, tx.now));
  // One submission is like one small import of its own, whose id nobody will ever meet again.
  const submission = uuid7();
  const context: JudgeContext = {
    importId: submission,
    options,
    source: sourceOf(command),
    recordOf: (row, part) => recordId(tx.tenant, submission, row, part),
    read: rowReader(options.defaults),
  };
  const lookup = lookupContacts(deps.hasher, rows, context, tx.tenant);
  const hashes = [...new Set(lookup.hashes.values())].sort();
  const owners = await lockKeys(tx, hashes);
  const ids = [...new Set([...[...owners.values()].flat(), ...lookup.named])];
  const versions = ids.length === 0 ? new Map<string, number>() : await tx.lockStreams(ids);
  const view = viewOfContacts(lookup, owners, await loadRecords(tx, [...versions.keys()]));
  const judged = judgeContacts(rows, context, view);
  // A key that nobody had cannot be locked: it is seen once more when it is written.
  const seen = new Map(hashes.map((hash) => [hash, owners.get(hash) ?? []]));
  await writeContacts(tx, deps.hasher, causeOf(command), writesOf(judged), seen);
  return judged.map(doneOf);
}

function optionsOf(client: boolean, duplicatePolicy: string): targetsV1.ApplyOptions {
  return {
    importType: client ? 'CLIENTS' : 'CONTACTS',
    duplicatePolicy,
    blankCells: 'KEEP',
    onReview: 'HOLD',
    apply: 'CURRENT_STATE',
    defaults: {},
    normaliserVersion: 0,
    matcherVersion: 0,
    importDay: '',
    mappedFields: ['phone', 'email'],
    cases: undefined,
  };
}

function rowOf(
  deps: CommandDeps,
  item: contactsV1.SubmittedContact,
  number: number,
  client: boolean,
  now: Date,
): targetsV1.Row {
  const read = readInput(item.fields, deps.input, now, client);
  return {
    row: number,
    line: number,
    sheet: '',
    blank: false,
    values: valuesOf(read),
    issues: read.issues.map((issue) => ({ ...wireIssue(issue), column: -1 })),
    leftOut: read.leftOut,
    tied: false,
    decision: undefined,
    expected: undefined,
    cells: [],
    appliedBefore: false,
    part: 0,
    withheld: false,
    parts: [],
    candidates: [],
  };
}

// Several items may write one contact: their events follow each other in one append.
function writesOf(judged: readonly Judged[]): ContactWrite[] {
  const writes = new Map<string, { before: ContactState | undefined; version: number; events: ContactEvent[] }>();
  for (const { record, before, after, events } of judged) {
    if (after === undefined) continue;
    const known = writes.get(record);
    if (known === undefined)
      writes.set(record, { before: before?.state, version: before?.version ?? 0, events: [...events] });
    else known.events.push(...events);
  }
  return [...writes].map(([id, write]) => ({ id, ...write }));
}

function doneOf(judged: Judged): SubmittedDone {
  const { outcome, reason, record, match, issues } = judged;
  const isHeld = reason === 'HELD_FOR_REVIEW';
  return {
    outcome: isHeld ? 'FAILED' : outcome,
    reason: isHeld ? 'DUPLICATE_REVIEW' : reason,
    id: isHeld ? '' : record,
    candidates: isHeld ? (match?.records ?? []) : [],
    issues: issues.map(briefly),
  };
}

function briefly({ code, severity, field = '', params = {} }: RowIssue): SubmittedDone['issues'][number] {
  return { code, severity, field, measures: measuresOf({ params }) };
}
