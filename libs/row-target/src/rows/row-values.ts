import type { targetsV1 } from '@caseledger/contracts';

/** A value a row gives to a field: from a cell, or a default of the import (column -1). */
export interface GivenValue {
  readonly field: string;
  readonly text: string;
  readonly column: number;
  /** The cell as read, where it differs from what is stored. */
  readonly original?: string;
}

/** How a row wants a field emptied: by the clear token, which beats everything, or by a blank cell (VAL-007). */
export type Clearing = 'TOKEN' | 'BLANK';

/** The values of one row by field key. */
export class RowValues {
  readonly #given = new Map<string, GivenValue[]>();
  readonly #clearings = new Map<string, { how: Clearing; column: number }>();
  readonly #hasDefaults: boolean;

  constructor(
    values: readonly targetsV1.RowValue[],
    readonly defaults: Readonly<Record<string, string>>,
  ) {
    this.#hasDefaults = Object.keys(defaults).length > 0;
    for (const value of values) {
      if (value.clear) {
        const how = value.original.trim() === '' ? 'BLANK' : 'TOKEN';
        this.#clearings.set(value.field, { how, column: value.column });
      } else if (value.text !== '') {
        const list = this.#given.get(value.field);
        const given = givenOf(value);
        if (list === undefined) this.#given.set(value.field, [given]);
        else list.push(given);
      }
    }
  }

  /** Whether the row or a default says anything about one of these fields. */
  saysOf(fields: ReadonlySet<string>): boolean {
    if (this.#hasDefaults) return true;
    for (const field of this.#given.keys()) if (fields.has(field)) return true;
    for (const field of this.#clearings.keys()) if (fields.has(field)) return true;
    return false;
  }

  /** Whether the row or a default says anything about this field; of most fields of the catalogue nothing is said. */
  says(field: string): boolean {
    return this.#hasDefaults || this.#given.has(field) || this.#clearings.has(field);
  }

  all(field: string): readonly GivenValue[] {
    return this.#given.get(field) ?? [];
  }

  first(field: string): GivenValue | undefined {
    return this.#given.get(field)?.[0];
  }

  clearing(field: string): Clearing | undefined {
    return this.#given.has(field) ? undefined : this.#clearings.get(field)?.how;
  }

  /** The import's default for a field, unless the row empties it by the clear token (VAL-003, OPT-003). */
  defaultOf(field: string): GivenValue | undefined {
    if (!this.#hasDefaults) return undefined;
    const text = Object.hasOwn(this.defaults, field) ? this.defaults[field] : undefined;
    if (text === undefined || text === '' || this.clearing(field) === 'TOKEN') return undefined;
    return { field, text, column: -1 };
  }

  columnOf(field: string): number {
    return this.first(field)?.column ?? this.#clearings.get(field)?.column ?? -1;
  }
}

function givenOf(value: targetsV1.RowValue): GivenValue {
  const { field, text, column, original } = value;
  return original === '' || original === text ? { field, text, column } : { field, text, column, original };
}
