import { refuseRun } from './run.refusals.js';
import type { RunEvent, RunOpened, RunState } from './run.events.js';

/** A run as its events give it; absent before it was opened. */
export interface RunStanding extends RunOpened {
  readonly state: RunState;
}

const NEXT: Readonly<Record<RunState, readonly RunState[]>> = {
  RUNNING: ['PAUSED', 'CANCELLED', 'CLOSED'],
  PAUSED: ['RUNNING', 'CANCELLED', 'CLOSED'],
  // A cancelled run is closed when its ledger is; nothing is written against it any more either way.
  CANCELLED: ['CLOSED'],
  CLOSED: [],
};

/** Opens a run once: the second call with the same content changes nothing, with other content it is refused. */
export function openRun(command: RunOpened, standing: RunStanding | undefined): RunEvent[] {
  if (standing === undefined) return [{ type: 'ImportRunOpened', data: command }];
  const same =
    standing.import === command.import &&
    standing.kind === command.kind &&
    standing.attempt === command.attempt &&
    standing.chunksPerLane.join() === command.chunksPerLane.join();
  if (!same) throw refuseRun.stateNotAllowed(standing.state);
  return [];
}

/** Moves a run to a state; being there already is nothing to do. Throws STATE_NOT_ALLOWED for any other move. */
export function moveRun(to: RunState, standing: RunStanding): RunEvent[] {
  const { run, import: of, state } = standing;
  if (state === to) return [];
  if (!NEXT[state].includes(to)) throw refuseRun.stateNotAllowed(state);
  const data = { run, import: of };
  if (to === 'PAUSED') return [{ type: 'ImportRunPaused', data }];
  if (to === 'RUNNING') return [{ type: 'ImportRunResumed', data }];
  return [{ type: 'ImportRunClosed', data: { ...data, state: to } }];
}

/** The run after an event. */
export function evolveRun(standing: RunStanding | undefined, event: RunEvent): RunStanding | undefined {
  switch (event.type) {
    case 'ImportRunOpened':
      return { ...event.data, state: 'RUNNING' };
    case 'ImportRunPaused':
      return standing && { ...standing, state: 'PAUSED' };
    case 'ImportRunResumed':
      return standing && { ...standing, state: 'RUNNING' };
    case 'ImportRunClosed':
      return standing && { ...standing, state: event.data.state };
  }
}
