import type { targetsV1 } from '@caseledger/contracts';
import { Components, laneCount, laneOf } from './file/components.js';

/** Records of one chunk of a revert, in the order in which they are treated. */
export interface RecordChunk {
  readonly lane: number;
  readonly seq: number;
  readonly records: readonly targetsV1.TouchedRecord[];
}

const CHUNK_RECORDS = 500;

/**
 * Cuts the records of a revert into chunks. Records that must be taken back together share a component and so a lane;
 * a component is not cut apart unless it is larger than a chunk by itself (DESIGN §4, "Revert"). Records stay in the
 * order given, cases before their contacts: whether a contact goes depends on whether its cases do.
 */
export function cutRecords(touched: readonly targetsV1.TouchedRecord[]): { chunks: RecordChunk[]; chunksPerLane: number[] } {
  const components = new Components(Math.max(1, touched.length));
  for (const [index, { target, record, component, ties }] of touched.entries()) {
    // A component is a target's own; a record and what it must be taken back with meet by their ids.
    components.tie(index, `${target} ${component}`);
    for (const id of [record, ...ties]) components.tie(index, id);
  }
  const lanes: targetsV1.TouchedRecord[][][] = Array.from({ length: laneCount(touched.length) }, () => []);
  for (const group of groupsOf(touched, components)) {
    const lane = lanes[laneOf(group.component, lanes.length)];
    const last = lane?.at(-1);
    if (last !== undefined && last.length + group.records.length <= CHUNK_RECORDS) last.push(...group.records);
    else for (let at = 0; at < group.records.length; at += CHUNK_RECORDS) lane?.push(group.records.slice(at, at + CHUNK_RECORDS));
  }
  const chunks = lanes.flatMap((ofLane, lane) => ofLane.map((records, seq) => ({ lane, seq, records })));
  return { chunks, chunksPerLane: lanes.map(({ length }) => length) };
}

function groupsOf(touched: readonly targetsV1.TouchedRecord[], components: Components) {
  const groups = new Map<number, targetsV1.TouchedRecord[]>();
  for (const [index, record] of touched.entries()) {
    const component = components.componentOf(index);
    const group = groups.get(component);
    if (group === undefined) groups.set(component, [record]);
    else group.push(record);
  }
  return [...groups].map(([component, records]) => ({ component, records }));
}
