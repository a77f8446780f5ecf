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

const NONE_GIVEN: readonly GivenValue[] = [];

/** The values of one row by field key. */
export class RowValues {
  /** The first value of each field; those after it are rare. */
  readonly #given = new Map<string, GivenValue>();
  readonly #further: { readonly field: string; readonly given: GivenValue }[] = [];
  readonly #clearings = new Map<string, { how: Clearing; column: number }>();
  /** Whether the import has defaults for any field. */
  readonly hasDefaults: boolean;

  constructor(
    values: readonly targetsV1.RowValue[],
    readonly defaults: Readonly<Record<string, string>>,
  ) {
    this.hasDefaults = Object.keys(defaults).length > 0;
    for (const value of values) {
      if (value.clear) {
        const how = value.original.trim() === '' ? 'BLANK' : 'TOKEN';
        this.#clearings.set(value.field, { how, column: value.column });
      } else if (value.text !== '') {
        const { field } = value;
        const given = givenOf(value);
        if (this.#given.has(field)) this.#further.push({ field, given });
        else this.#given.set(field, given);
      }
    }
  }

  /** Whether the row or a default says anything about one of these fields. */
  saysOf(fields: ReadonlySet<string>): boolean {
    if (this.hasDefaults) return true;
    for (const field of this.#given.keys()) if (fields.has(field)) return true;
    for (const field of this.#clearings.keys()) if (fields.has(field)) return true;
    return false;
  }

  /** Whether the row or a default says anything about this field; of most fields of the catalogue nothing is said. */
  says(field: string): boolean {
    return this.hasDefaults || this.#given.has(field) || this.#clearings.has(field);
  }

  all(field: string): readonly GivenValue[] {
    const first = this.#given.get(field);
    if (first === undefined) return NONE_GIVEN;
    if (this.#further.length === 0) return [first];
    return [first, ...this.#further.filter((further) => further.field === field).map(({ given }) => given)];
  }

  first(field: string): GivenValue | undefined {
    return this.#given.get(field);
  }

  clearing(field: string): Clearing | undefined {
    return this.#given.has(field) ? undefined : this.#clearings.get(field)?.how;
  }

  /** The import's default for a field, unless the row empties it by the clear token (VAL-003, OPT-003). */
  defaultOf(field: string): GivenValue | undefined {
    if (!this.hasDefaults) return undefined;
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
