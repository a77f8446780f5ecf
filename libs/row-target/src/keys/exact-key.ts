/** One exact key: two records, or a row and a record, with the same kind and value are hits of each other. */
export interface ExactKey {
  /** What is compared, such as `EMAIL`; `RECORD_ID` names the record itself and is never looked up. */
  readonly kind: string;
  /** Canonical text. */
  readonly value: string;
}

/** A key of a row with the text it is looked up by. */
export interface RowKey extends ExactKey {
  readonly lookup: string;
}

/** The kind of key that names the record itself. */
export const RECORD_ID = 'RECORD_ID';

/** One text for a key, to look it up by; kinds never meet. */
export function keyText(key: ExactKey): string {
  return `${key.kind}:${key.value}`;
}
