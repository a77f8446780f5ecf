import { type targetsV1 } from '@caseledger/contracts';
import { encodeRow } from './row-objects.js';

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
  parts: Buffer[];
}

/**
 * Cuts rows, given in file order, into the chunks of their lanes. What is cut depends on the rows and their lanes
 * alone; at most one chunk per lane is held in memory.
 */
export class LaneCutter {
  private readonly lanes: Lane[];

  constructor(lanes: number, private readonly limits: ChunkLimits = CHUNK_LIMITS) {
    this.lanes = Array.from({ length: lanes }, () => ({ seq: 0, rows: 0, firstRow: Infinity, lastRow: 0, sizeBytes: 0, parts: [] }));
  }

  /** Takes a row; answers the chunk that it filled up, if it did. */
  add(lane: number, row: targetsV1.Row): CutChunk | undefined {
    const bytes = encodeRow(row);
    const at = this.laneAt(lane);
    const full = at.rows > 0 && (at.rows >= this.limits.rows || at.sizeBytes + bytes.length > this.limits.bytes);
    const chunk = full ? this.take(lane, at) : undefined;
    at.rows += 1;
    at.firstRow = Math.min(at.firstRow, row.row);
    at.lastRow = Math.max(at.lastRow, row.row);
    at.sizeBytes += bytes.length;
    at.parts.push(bytes);
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
    const chunk = { lane, seq, rows, firstRow, lastRow, bytes: Buffer.concat(at.parts) };
    at.seq += 1;
    at.rows = 0;
    at.firstRow = Infinity;
    at.lastRow = 0;
    at.sizeBytes = 0;
    at.parts = [];
    return chunk;
  }

  private laneAt(lane: number): Lane {
    const at = this.lanes[lane];
    if (at === undefined) throw new Error(`There is no lane ${lane}`);
    return at;
  }
}
