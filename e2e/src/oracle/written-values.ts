/**
 * REV-003 in one small program: a record is a list of writes, and a key has the value of its last writer that is not
 * out of force. It knows nothing of events or markers; what a revert does is to change who is out of force.
 */

const PERSON = 'a person';

interface Write {
  readonly by: string;
  readonly key: string;
  readonly value: string | null;
}

export interface RevertTally {
  readonly total: number;
  readonly archived: number;
  readonly kept: number;
}

class WrittenRecord {
  readonly #writes: Write[] = [];
  readonly #out = new Set<string>();

  constructor(readonly maker: string) {}

  get isArchived(): boolean {
    return this.#out.has(this.maker);
  }

  values(): Map<string, string> {
    const values = new Map<string, string>();
    for (const { by, key, value } of this.#writes) {
      if (this.#out.has(by) && by !== this.maker) continue;
      if (value === null) values.delete(key);
      else values.set(key, value);
    }
    return values;
  }

  /** Writing what is there already is no contribution. */
  write(by: string, key: string, value: string | null): void {
    if ((this.values().get(key) ?? null) !== value) this.#writes.push({ by, key, value });
  }

  isTouchedBy(by: string): boolean {
    return by === this.maker || this.#writes.some((write) => write.by === by);
  }

  /** REV-004, REV-005 with policy Keep; what others build on stays (REV-008). */
  revert(by: string, isUsed: boolean): 'ARCHIVED' | 'KEPT' | 'TAKEN' {
    if (this.#out.has(by)) return 'TAKEN';
    const others = this.#writes.some((write) => write.by !== by && !this.#out.has(write.by));
    if (by === this.maker && (others || isUsed)) return 'KEPT';
    this.#out.add(by);
    return by === this.maker ? 'ARCHIVED' : 'TAKEN';
  }

  restore(by: string): void {
    this.#out.delete(by);
  }
}

/** Records by the key that files name them with. */
export class WrittenValues {
  readonly #records = new Map<string, WrittenRecord>();

  /** Whether a file may name this record: an archived one would be made anew. */
  isOpen(record: string): boolean {
    return this.#records.get(record)?.isArchived !== true;
  }

  has(record: string): boolean {
    return this.#records.has(record);
  }

  /** A value of null empties the key. The record is made if it is not there. */
  write(by: string, record: string, values: ReadonlyMap<string, string | null>): void {
    const held = this.#records.get(record) ?? new WrittenRecord(by);
    this.#records.set(record, held);
    for (const [key, value] of values) held.write(by, key, value);
  }

  edit(record: string, values: ReadonlyMap<string, string | null>): void {
    this.write(PERSON, record, values);
  }

  /** The tags that a record has; a file that names others replaces them. */
  tags(record: string): string[] {
    return [...(this.#records.get(record)?.values().keys() ?? [])].flatMap((key) => (key.startsWith('tag ') ? [key.slice(4)] : []));
  }

  /** `isUsed` tells of which records something stands on that stays. */
  revert(by: string, isUsed: (record: string) => boolean = () => false): RevertTally {
    const touched = [...this.#records].filter(([, record]) => record.isTouchedBy(by));
    const fates = touched.map(([name, record]) => record.revert(by, isUsed(name)));
    const count = (fate: string): number => fates.filter((one) => one === fate).length;
    return { total: fates.length, archived: count('ARCHIVED'), kept: count('KEPT') };
  }

  restore(by: string): void {
    for (const record of this.#touched(by)) record.restore(by);
  }

  /** One line per record that was ever made. */
  lines(): string[] {
    return [...this.#records].map(([name, record]) => writtenLine(name, record.values(), record.isArchived)).sort();
  }

  #touched(by: string): WrittenRecord[] {
    return [...this.#records.values()].filter((record) => record.isTouchedBy(by));
  }
}

export function writtenLine(record: string, values: ReadonlyMap<string, string>, isArchived: boolean): string {
  return `${record}${isArchived ? ' archived' : ''} ${[...values].map(([key, value]) => `${key}=${value}`).sort().join(', ')}`.trimEnd();
}
