import { keyText, type ExactKey } from '../keys/exact-key.js';

/** A record as a judge sees it. */
export interface KnownRecord<S> {
  readonly state: S;
  readonly version: number;
}

/**
 * What a row is judged against: who owns its exact keys and how those records stand. The view is filled from the
 * database before a chunk is judged, and each judged row is written into it, so that later rows see earlier ones
 * (DUP-009). Nothing here knows whether the rows are only predicted or written (invariant 4).
 */
export class RowView<S> {
  readonly #owners = new Map<string, readonly string[]>();
  readonly #records = new Map<string, KnownRecord<S>>();
  readonly #undo: (() => void)[] = [];
  /** The withheld row that is being judged, and where to go back to when it ends. */
  #withheld: { readonly row: number; readonly mark: number } | undefined;

  /** `keysOf` are the exact keys under which a record is found. */
  constructor(private readonly keysOf: (state: S) => readonly ExactKey[]) {}

  /** Owners of a key, none where nobody has it. */
  owners(key: string): readonly string[] {
    return this.#owners.get(key) ?? [];
  }

  record(id: string): KnownRecord<S> | undefined {
    return this.#records.get(id);
  }

  setOwners(key: string, owners: readonly string[]): void {
    this.#owners.set(key, owners);
  }

  setRecord(id: string, record: KnownRecord<S>): void {
    this.#records.set(id, record);
  }

  /** Writes a changed record into the view: its state, version, and the keys it has got and given up. */
  write(id: string, record: KnownRecord<S>): void {
    const before = this.#records.get(id);
    const had = before === undefined ? [] : this.keysOf(before.state).map(keyText);
    const has = this.keysOf(record.state).map(keyText);
    for (const key of has) if (!had.includes(key)) this.changeOwners(key, [...this.owners(key), id].sort());
    for (const key of had) {
      if (has.includes(key)) continue;
      this.changeOwners(
        key,
        this.owners(key).filter((owner) => owner !== id),
      );
    }
    this.#undo.push(() => void (before === undefined ? this.#records.delete(id) : this.#records.set(id, before)));
    this.#records.set(id, record);
  }

  /** Comes to a part of a row: what another row before it would have written is not there. */
  comeTo(row: number): void {
    if (this.#withheld === undefined || this.#withheld.row === row) return;
    this.takeBack(this.#withheld.mark);
    this.#withheld = undefined;
  }

  /**
   * Shows what a withheld part of a row would have written to the later parts of this row alone: they end as if it had
   * been, or the judgement of a row would turn on whether it is written.
   */
  withhold(row: number, id: string, record: KnownRecord<S>): void {
    this.#withheld ??= { row, mark: this.mark() };
    this.write(id, record);
  }

  /** A place to come back to with `takeBack`. */
  mark(): number {
    return this.#undo.length;
  }

  /** Takes back everything written since the mark. */
  takeBack(mark: number): void {
    for (const undo of this.#undo.splice(mark).reverse()) undo();
  }

  private changeOwners(key: string, owners: readonly string[]): void {
    const before = this.#owners.get(key);
    this.#undo.push(() => void (before === undefined ? this.#owners.delete(key) : this.#owners.set(key, before)));
    this.#owners.set(key, owners);
  }
}
