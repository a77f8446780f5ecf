/*
 * Which rows of a file can influence each other (DESIGN §4, "Components"), and in which lane each is worked on.
 * Everything is kept in typed arrays, so that five million rows fit the memory of a worker.
 */

/** A lane's rows follow each other in file order; rows of different components may run in any order. */
const ROWS_PER_CHUNK = 500;
const LANES_MAX = 64;

/**
 * How many lanes a number of rows is spread over: at most 64, and so many that each gets a little less than full chunks
 * (DESIGN 11). Lanes differ by chance; filled to the brim, every second one would end in a chunk of a few rows.
 */
export function laneCount(rows: number): number {
  if (rows <= ROWS_PER_CHUNK) return 1;
  let chunks = 1;
  while (LANES_MAX * roomOf(chunks) < rows) chunks += 1;
  return Math.ceil(rows / roomOf(chunks));
}

/** How many rows a lane gets that shall hardly ever need more than these chunks: two standard deviations below full. */
function roomOf(chunks: number): number {
  const full = chunks * ROWS_PER_CHUNK;
  return full - 2 * Math.sqrt(full);
}

/** The lane of a component, from the number of its first row alone: the same on any machine. */
export function laneOf(component: number, lanes: number): number {
  let hash = component | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % lanes;
}

/**
 * Ties rows together. A row is known by its index, 0 to rows − 1, in file order; what ties it are texts: hashes of its
 * exact keys, ids of the records they hit, the record a decision names. A component is known by its smallest index.
 */
export class Components {
  private readonly parent: Int32Array;
  private readonly sizes: Int32Array;
  private readonly firsts: FirstRows;

  constructor(readonly rows: number) {
    this.parent = new Int32Array(rows);
    this.sizes = new Int32Array(rows).fill(1);
    for (let row = 0; row < rows; row += 1) this.parent[row] = row;
    this.firsts = new FirstRows(rows);
  }

  /** Ties a row to every earlier row that had this mark. Marks of different kinds must be told apart by the caller. */
  tie(row: number, mark: string): void {
    const first = this.firsts.firstOf(mark, row);
    if (first !== row) this.unite(first, row);
  }

  unite(a: number, b: number): void {
    const rootA = this.componentOf(a);
    const rootB = this.componentOf(b);
    if (rootA === rootB) return;
    // The smaller index stays the root, so that a component's name does not depend on the order of ties.
    const [root, child] = rootA < rootB ? [rootA, rootB] : [rootB, rootA];
    this.parent[child] = root;
    this.sizes[root] = (this.sizes[root] ?? 0) + (this.sizes[child] ?? 0);
  }

  /** The smallest row index of the component. */
  componentOf(row: number): number {
    let root = row;
    for (let up = this.up(root); up !== root; up = this.up(root)) root = up;
    for (let at = row; at !== root; ) {
      const next = this.up(at);
      this.parent[at] = root;
      at = next;
    }
    return root;
  }

  /** Whether the row shares its component with another one. */
  isTied(row: number): boolean {
    return (this.sizes[this.componentOf(row)] ?? 1) > 1;
  }

  private up(row: number): number {
    return this.parent[row] ?? row;
  }
}

/**
 * First row per mark: open addressing over two 32-bit hashes and a row, 12 bytes a place. Two marks that agree in 64
 * bits tie rows that need not be tied, which costs order, never a result.
 */
class FirstRows {
  private places: number;
  private used = 0;
  private high: Uint32Array;
  private low: Uint32Array;
  private first: Int32Array;

  constructor(rows: number) {
    this.places = 1 << Math.max(10, Math.ceil(Math.log2(rows * 2 + 1)));
    this.high = new Uint32Array(this.places);
    this.low = new Uint32Array(this.places);
    this.first = new Int32Array(this.places).fill(-1);
  }

  /** The first row that came with this mark: this one, if none did before. */
  firstOf(mark: string, row: number): number {
    if (this.used * 4 > this.places * 3) this.grow();
    const [high, low] = hashesOf(mark);
    return this.place(high, low, row);
  }

  private place(high: number, low: number, row: number): number {
    const mask = this.places - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const found = this.first[at] ?? -1;
      if (found === -1) {
        this.high[at] = high;
        this.low[at] = low;
        this.first[at] = row;
        this.used += 1;
        return row;
      }
      if (this.high[at] === high && this.low[at] === low) return found;
    }
  }

  private grow(): void {
    const { high, low, first } = this;
    this.places *= 2;
    this.used = 0;
    this.high = new Uint32Array(this.places);
    this.low = new Uint32Array(this.places);
    this.first = new Int32Array(this.places).fill(-1);
    for (let at = 0; at < first.length; at += 1) {
      const row = first[at] ?? -1;
      if (row !== -1) this.place(high[at] ?? 0, low[at] ?? 0, row);
    }
  }
}

/** Two independent 32-bit FNV-1a hashes with a final mix. */
function hashesOf(mark: string): [number, number] {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let index = 0; index < mark.length; index += 1) {
    const code = mark.charCodeAt(index);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ (code + index), 0x85ebca6b);
  }
  low = Math.imul(low ^ (low >>> 15), 0xc2b2ae35);
  return [(high ^ (high >>> 13)) >>> 0, (low ^ (low >>> 16)) >>> 0];
}
