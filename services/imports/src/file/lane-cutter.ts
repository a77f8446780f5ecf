import { encodeMarks, LENGTH_BYTES, type RowMarks, type StoredRow } from './row-objects.js';

/** Rows and bytes of one chunk: what is handled in one transaction (PRODUCT §6). */
export interface ChunkLimits {
  readonly rows: number;
  readonly bytes: number;
}

export const CHUNK_LIMITS: ChunkLimits = { rows: 500, bytes: 512 * 1024 };

/** A chunk ready to be stored: the rows of a lane in file order, encoded one after the other. */
export interface CutChunk {
  readonly lane: number;
  readonly seq: number;
  readonly rows: number;
  /** Smallest and largest row number. */
  readonly firstRow: number;
  readonly lastRow: number;
  readonly bytes: Buffer;
}

interface Lane {
  seq: number;
  rows: number;
  firstRow: number;
  lastRow: number;
  sizeBytes: number;
  /** The chunk so far, `sizeBytes` of it in use. */
  bytes: Buffer;
}

/** What a lane's buffer begins with; it grows to a chunk. */
const LANE_BYTES_FIRST = 8 * 1024;

/**
 * Cuts rows, given in file order, into the chunks of their lanes. What is cut depends on the rows and their lanes
 * alone; at most one chunk per lane is held in memory.
 */
export class LaneCutter {
  private readonly lanes: Lane[];

  constructor(lanes: number, private readonly limits: ChunkLimits = CHUNK_LIMITS) {
    this.lanes = Array.from({ length: lanes }, () => ({ seq: 0, rows: 0, firstRow: Infinity, lastRow: 0, sizeBytes: 0, bytes: Buffer.allocUnsafeSlow(LANE_BYTES_FIRST) }));
  }

  /** Takes a row; answers the chunk that was full before it, if one was. */
  add(lane: number, { row, kept }: StoredRow, marks: RowMarks): CutChunk | undefined {
    const added = encodeMarks(marks);
    const sizeBytes = LENGTH_BYTES + kept.length + added.length;
    const at = this.laneAt(lane);
    const full = at.rows > 0 && (at.rows >= this.limits.rows || at.sizeBytes + sizeBytes > this.limits.bytes);
    const chunk = full ? this.take(lane, at) : undefined;
    reserve(at, sizeBytes);
    const end = at.bytes.writeUInt32BE(kept.length + added.length, at.sizeBytes);
    at.bytes.set(kept, end);
    at.bytes.set(added, end + kept.length);
    at.rows += 1;
    at.firstRow = Math.min(at.firstRow, row);
    at.lastRow = Math.max(at.lastRow, row);
    at.sizeBytes += sizeBytes;
    return chunk;
  }

  /** The chunks begun and not full, in lane order. */
  *rest(): Generator<CutChunk> {
    for (const [lane, at] of this.lanes.entries()) if (at.rows > 0) yield this.take(lane, at);
  }

  /** Chunks per lane; final after `rest`. */
  chunksPerLane(): number[] {
    return this.lanes.map(({ seq }) => seq);
  }

  private take(lane: number, at: Lane): CutChunk {
    const { seq, rows, firstRow, lastRow } = at;
    const chunk = { lane, seq, rows, firstRow, lastRow, bytes: Buffer.from(at.bytes.subarray(0, at.sizeBytes)) };
    at.seq += 1;
    at.rows = 0;
    at.firstRow = Infinity;
    at.lastRow = 0;
    at.sizeBytes = 0;
    return chunk;
  }

  private laneAt(lane: number): Lane {
    const at = this.lanes[lane];
    if (at === undefined) throw new Error(`There is no lane ${lane}`);
    return at;
  }
}

function reserve(lane: Lane, more: number): void {
  const needed = lane.sizeBytes + more;
  if (needed <= lane.bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, lane.bytes.length * 2));
  lane.bytes.copy(larger, 0, 0, lane.sizeBytes);
  lane.bytes = larger;
}
