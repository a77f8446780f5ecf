import { targetsV1 } from '@caseledger/contracts';
import { isDomainError } from '@caseledger/errors';
import type { RowTarget } from '@caseledger/row-target';
import type { StateChange } from '../import.target.js';

interface Both {
  readonly contacts: RowTarget;
  readonly cases: RowTarget;
}

/** Rounds of finishing what is half written; in each one every lane that is behind gets its chunk done. */
const ROUNDS_MAX = 10;

/**
 * Gives a state to the run in both (RUN-005). Where it stops, the service that is written first is told first, so that it
 * takes no further chunk; chunks it has already taken are finished in the other, which is told only then: no row is left
 * with only its client written. Where it goes on, the other comes first.
 */
export async function setStateOfBoth(both: Both, request: targetsV1.SetRunStateRequest, { isRevert, finish }: StateChange): Promise<void> {
  const [first, last] = isRevert ? [both.cases, both.contacts] : [both.contacts, both.cases];
  if (request.state === targetsV1.RunState.RUN_STATE_RUNNING) {
    await last.setState(request);
    await first.setState(request);
    return;
  }
  await first.setState(request);
  // Opened in order: what the first one does not know the last one does not know either.
  if (!(await isKnown(last, request))) return;
  await catchUp(first, last, request, finish);
  await last.setState(request);
}

async function catchUp(first: RowTarget, last: RowTarget, { tenant, run }: targetsV1.SetRunStateRequest, finish: StateChange['finish']): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const [ahead, behind] = await Promise.all([first.lanes({ tenant, run }), last.lanes({ tenant, run })]);
    const done = new Map(behind.lanes.map(({ lane, nextSeq }) => [lane, nextSeq]));
    const unequal = ahead.lanes.filter(({ lane, nextSeq }) => nextSeq > (done.get(lane) ?? 0));
    if (unequal.length === 0) return;
    for (const { lane } of unequal) await finish(lane, done.get(lane) ?? 0);
  }
  throw new Error('Chunks of a run stay half written');
}

async function isKnown(target: RowTarget, { tenant, run }: targetsV1.SetRunStateRequest): Promise<boolean> {
  try {
    const { state } = await target.lanes({ tenant, run });
    return state !== targetsV1.RunState.RUN_STATE_UNSPECIFIED;
  } catch (error) {
    if (isDomainError(error) && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

/** A chunk is done when both have it; the state is that of the service that is told last. */
export async function lanesOfBoth({ contacts, cases }: Both, request: targetsV1.LanesRequest): Promise<targetsV1.LanesReply> {
  const [inContacts, inCases] = await Promise.all([contacts.lanes(request), cases.lanes(request)]);
  const other = new Map(inContacts.lanes.map(({ lane, nextSeq }) => [lane, nextSeq]));
  const lanes = inCases.lanes.map(({ lane, nextSeq, total }) => ({ lane, total, nextSeq: Math.min(nextSeq, other.get(lane) ?? 0) }));
  return { state: inCases.state, lanes };
}
