import type { RawEvent, TopicDefinition } from '@caseledger/event-store';
import { factsV1, targetsV1 } from '@caseledger/contracts';
import { LANE_CATEGORY, RUN_CATEGORY } from './run.projection.js';
import type { ChunkApplied, RunEvent, RunKind } from './run.events.js';

/**
 * What a target tells imports: runs, and what became of the rows of each chunk. Apart from the records, because a run
 * changes thousands of them for every chunk, and who keeps the ledger would read them all and drop them.
 */
export function runsTopic(topic: string): TopicDefinition {
  return {
    topic,
    partitions: 12,
    categories: [RUN_CATEGORY, LANE_CATEGORY],
    encode: (event) =>
      event.category === LANE_CATEGORY
        ? encodeChunk(event)
        : encodeRun({ type: event.type, data: event.data } as object as RunEvent),
  };
}

const KINDS: Readonly<Record<RunKind, targetsV1.RunKind>> = {
  IMPORT: targetsV1.RunKind.RUN_KIND_IMPORT,
  RETRY: targetsV1.RunKind.RUN_KIND_RETRY,
  REVERT: targetsV1.RunKind.RUN_KIND_REVERT,
  RESTORE: targetsV1.RunKind.RUN_KIND_RESTORE,
};

function encodeChunk({ data }: RawEvent): Uint8Array {
  const { run, import: importId, kind, attempt, lane, seq, rows } = data as object as ChunkApplied<targetsV1.RowOutcome>;
  const chunk = { run, importId, kind: KINDS[kind], attempt, lane, seq, rows: rows.map(asToday) };
  return factsV1.ImportChunkApplied.encode(chunk).finish();
}

const BEFORE_PARTS = { part: 0, record: '' };
const BEFORE_KINDS = { kind: 'CONTACT' };

/** An outcome as logs have held it from the first version on: what it does not say is what there was only one of then. */
function asToday(row: targetsV1.RowOutcome): targetsV1.RowOutcome {
  const { match } = row;
  return { ...BEFORE_PARTS, ...row, match: match === undefined ? undefined : { ...BEFORE_KINDS, ...match } };
}

function encodeRun(event: RunEvent): Uint8Array {
  const { run, import: importId } = event.data;
  switch (event.type) {
    case 'ImportRunOpened': {
      const { kind, attempt, chunksPerLane } = event.data;
      const opened = { run, importId, kind: KINDS[kind], attempt, chunksPerLane: [...chunksPerLane] };
      return factsV1.ImportRunOpened.encode(opened).finish();
    }
    case 'ImportRunPaused':
      return factsV1.ImportRunPaused.encode({ run, importId }).finish();
    case 'ImportRunResumed':
      return factsV1.ImportRunResumed.encode({ run, importId }).finish();
    case 'ImportRunClosed': {
      const { RUN_STATE_CANCELLED, RUN_STATE_CLOSED } = targetsV1.RunState;
      const state = event.data.state === 'CANCELLED' ? RUN_STATE_CANCELLED : RUN_STATE_CLOSED;
      return factsV1.ImportRunClosed.encode({ run, importId, state }).finish();
    }
  }
}
