import { targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import type { ImportTarget, Judgement } from '../import.target.js';
import { changedIn, positionsIn } from '../import.target.js';
import { applyTogether, type Taken } from './apply-together.js';
import { judgeJointly, type JointJudgement } from './judge-jointly.js';
import { partsOfOutcomes, withParts } from './join-parts.js';
import { joinOverlays, splitOverlay } from './overlays.js';
import { revertBoth, touchedInBoth } from './revert-both.js';
import { lanesOfBoth, setStateOfBoth } from './run-of-both.js';
import { partOptions, splitRow, type PartedOptions, type SplitRow } from './split-row.js';
import { matchBoth } from './tie-rows.js';

/** Where a test can end the worker between the two databases: contacts has stored its part, cases has not (I1). */
export const BEFORE_CASES = 'before_cases';

export interface CaseRowsDeps {
  readonly contacts: RowTarget;
  readonly cases: RowTarget;
  readonly crashPoint?: (name: typeof BEFORE_CASES) => void | Promise<void>;
}

const { CHUNK_ANSWER_APPLIED } = targetsV1.ChunkAnswer;

/**
 * The rows of a case file: each writes its contacts in one service and its case in the other (DESIGN §4, "Two targets").
 * A chunk is stored by contacts, then by cases, each with a lane row of its own; what cases stored is a row's outcome.
 */
export function caseRows(deps: CaseRowsDeps): ImportTarget {
  const { contacts, cases } = deps;
  return {
    targets: [contacts, cases],
    open: async (request) => {
      await contacts.open(request);
      return cases.open(request);
    },
    setState: (request, change) => setStateOfBoth(deps, request, change),
    lanes: (request) => lanesOfBoth(deps, request),
    match: (request) => matchBoth(deps, request),
    judge: (request) => judge(deps, request),
    apply: (request) => apply(deps, request),
    positions: async () => (await Promise.all([contacts, cases].map(positionsIn))).flat(),
    changedSince: async (request) => {
      const [inContacts, inCases] = await Promise.all([changedIn(contacts, request), changedIn(cases, request)]);
      return { records: [...inContacts.records, ...inCases.records], keys: [...inContacts.keys, ...inCases.keys] };
    },
    touched: (request) => touchedInBoth(deps, request),
    revert: (request, gone) => revertBoth(deps, request, gone),
  };
}

async function judge(deps: CaseRowsDeps, request: targetsV1.JudgeRequest): Promise<Judgement> {
  const { options, split } = taken(request.options, request.rows);
  const overlay = splitOverlay(request.overlay);
  const judged = await jointly(deps, { ...request, options, overlay }, split, false);
  const ofContacts = byRow(judged.contacts.verdicts);
  const verdicts = judged.cases.verdicts.map((verdict) => joined(verdict, ofContacts.get(verdict.row) ?? [], judged.withheld.has(verdict.row)));
  const parts = new Map([...ofContacts].map(([row, verdictsOfRow]) => [row, verdictsOfRow.map(expectationOf)]));
  return { verdicts, parts, overlay: joinOverlays({ contacts: judged.contacts.overlay, cases: judged.cases.overlay }) };
}

interface JointRequest extends Pick<targetsV1.JudgeRequest, 'tenant' | 'importId' | 'run'> {
  readonly options: PartedOptions;
  readonly overlay: { readonly contacts: Uint8Array; readonly cases: Uint8Array };
}

function jointly({ contacts, cases }: CaseRowsDeps, request: JointRequest, split: readonly SplitRow[], isHeld: boolean): Promise<JointJudgement> {
  const { tenant, importId, run, options, overlay } = request;
  const judges = {
    contacts: async (rows: targetsV1.Row[]) => {
      const before = Buffer.from(overlay.contacts);
      // Rows without contacts change nothing of what later ones meet.
      if (rows.length === 0) return { verdicts: [], overlay: before };
      return contacts.judge({ tenant, importId, run, rows, options: options.contacts, overlay: before });
    },
    cases: (rows: targetsV1.Row[]) => cases.judge({ tenant, importId, run, rows, options: options.cases, overlay: Buffer.from(overlay.cases) }),
  };
  return judgeJointly(split, judges, isHeld);
}

/** A case's prediction with what its contacts change; where the case is not written, neither are they. */
function joined(verdict: targetsV1.RowVerdict, contacts: readonly targetsV1.RowVerdict[], isWithheld: boolean): targetsV1.RowVerdict {
  if (!isWithheld) return { ...verdict, changes: [...contacts.flatMap(({ changes }) => changes), ...verdict.changes] };
  return { ...verdict, effects: verdict.effects.filter(({ kind }) => !kind.startsWith('CONTACT_')) };
}

function expectationOf({ part, outcome, reason, match, pinnedVersion }: targetsV1.RowVerdict): targetsV1.RowExpectation {
  return { part, outcome, reason, record: match?.record ?? '', version: pinnedVersion, parts: [] };
}

/**
 * Applies a chunk in both: contacts' part is stored first, in its turn of cases, so neither is ever more than one chunk of
 * a lane ahead. Delivered again after contacts alone has stored it, contacts answers what it stored.
 */
async function apply(deps: CaseRowsDeps, request: targetsV1.ApplyChunkRequest): Promise<targetsV1.ChunkReply> {
  const { contacts, cases } = deps;
  const both = taken(request.options, request.rows);
  const between = async (): Promise<void> => void (await deps.crashPoint?.(BEFORE_CASES));
  return (await applyTogether({ contacts, cases, between }, request, both)) ?? applyInTurn(deps, request, both);
}

/**
 * Applies a chunk of which something ends otherwise than foreseen: it is judged in both before anything is written. It is
 * the chunk's turn in cases, which was asked first, and its run goes on there for as long as it does in contacts.
 */
async function applyInTurn(deps: CaseRowsDeps, request: targetsV1.ApplyChunkRequest, { options, split }: Taken): Promise<targetsV1.ChunkReply> {
  const { contacts, cases } = deps;
  const rows = await partsToApply(deps, request, options, split);
  const reply = await contacts.apply({ ...request, options: options.contacts, rows });
  if (reply.answer !== CHUNK_ANSWER_APPLIED) return reply;
  await deps.crashPoint?.(BEFORE_CASES);
  return cases.apply({ ...request, options: options.cases, rows: withParts(split, partsOfOutcomes(split, reply.outcomes)) });
}

/** The parts of a chunk about to be written: those whose case will not be are told apart before anything is (RUN-012). */
async function partsToApply(
  deps: CaseRowsDeps,
  request: targetsV1.ApplyChunkRequest,
  options: PartedOptions,
  split: readonly SplitRow[],
): Promise<targetsV1.Row[]> {
  const { tenant, importId, run } = request;
  const overlay = splitOverlay(new Uint8Array());
  const isHeld = request.options?.apply === 'EXACT_PLAN';
  const { parts } = await jointly(deps, { tenant, importId, run, options, overlay }, split, isHeld);
  return [...parts];
}

function taken(given: targetsV1.ApplyOptions | undefined, rows: readonly targetsV1.Row[]): Taken {
  if (given === undefined) throw new Error('Case rows come with their options');
  const options = partOptions(given);
  return { options, split: rows.map((row) => splitRow(row, options)) };
}

function byRow(verdicts: readonly targetsV1.RowVerdict[]): Map<number, targetsV1.RowVerdict[]> {
  const rows = new Map<number, targetsV1.RowVerdict[]>();
  for (const verdict of verdicts) rows.set(verdict.row, [...(rows.get(verdict.row) ?? []), verdict]);
  return rows;
}
