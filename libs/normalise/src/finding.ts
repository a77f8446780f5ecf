import type { Code, Params } from '@caseledger/errors';

/** What a reading function has to say about a value: a code, what fills its message, and what could stand there. */
export interface Finding {
  readonly code: Code;
  readonly params?: Params;
  readonly suggestion?: string;
}

/** A value as it will be stored, with what was found on the way; undefined where nothing can be stored. */
export interface Reading<T> {
  readonly value: T;
  readonly findings: readonly Finding[];
}
