import { findChoice, nearestChoice, type Choice } from '@caseledger/fields';

export interface KnownStatus {
  readonly id: string;
  readonly name: string;
  readonly category: 'OPEN' | 'CLOSED';
}

/** A case type of the company with its statuses in their order. */
export interface KnownType {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
  readonly statuses: readonly KnownStatus[];
}

/** The list that the rows' cases are added to; `caseType` is the type it is bound to, empty where it takes any. */
export interface KnownList {
  readonly id: string;
  readonly name: string;
  readonly caseType: string;
}

/** What rows are judged against beside cases: plain data, so that it can be handed to the judging thread. */
export interface Catalogue {
  readonly types: readonly KnownType[];
  /** Absent when the import adds to none; `missing` when the one it was to add to is gone. */
  readonly list?: KnownList | 'missing';
}

/** A text of a row found among names, else the nearest name for a suggestion. */
export type Found<T> = { readonly found: T } | { readonly nearest: string | undefined };

/** The active type that a text names, whatever its case and accents; archived types are not allowed (OPT-004). */
export function typeNamed({ types }: Catalogue, text: string): Found<KnownType> {
  return named(activeOf(types), text);
}

/** The type of an id, archived or not. */
export function typeOf({ types }: Catalogue, id: string): KnownType | undefined {
  return types.find((type) => type.id === id);
}

/** The status of a type that a text names. */
export function statusNamed(type: KnownType, text: string): Found<KnownStatus> {
  return named(type.statuses, text);
}

const actives = new WeakMap<readonly KnownType[], readonly KnownType[]>();

function activeOf(types: readonly KnownType[]): readonly KnownType[] {
  const known = actives.get(types);
  if (known !== undefined) return known;
  const active = types.filter(({ archived }) => !archived);
  actives.set(types, active);
  return active;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const choices = new WeakMap<readonly Named[], readonly Choice[]>();

// Choices are made once per list of the catalogue: those of the fields are indexed by their array.
function choicesOf(all: readonly Named[]): readonly Choice[] {
  const known = choices.get(all);
  if (known !== undefined) return known;
  const made = all.map(({ id, name }): Choice => ({ value: id, label: name }));
  choices.set(all, made);
  return made;
}

function named<T extends Named>(all: readonly T[], text: string): Found<T> {
  const options = choicesOf(all);
  const id = findChoice(options, text);
  const found = all.find((each) => each.id === id);
  if (found !== undefined) return { found };
  const near = nearestChoice(options, text);
  return { nearest: all.find((each) => each.id === near)?.name };
}
