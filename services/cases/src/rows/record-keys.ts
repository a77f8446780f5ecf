import { identityKeys } from '@caseledger/matching';
import { fold } from '@caseledger/normalise';
import type { targetsV1 } from '@caseledger/contracts';
import { RECORD_ID, RowValues, keyText, type ExactKey, type RowKey } from '@caseledger/row-target';
import { IMPORT_REVERTED } from '../case/case.events.js';
import { clientsOf, type CaseState } from '../case/case.js';
import { typeNamed, type Catalogue } from './row-catalogue.js';

/** Kinds of exact keys, in the order in which they decide (DUP-001); the number of a case is none. */
export const EXTERNAL_ID = 'EXTERNAL_ID';
export const CASE_NAME = 'CASE_NAME';

/** The exact keys under which a case is found; one that a revert archived has none (DUP-001, REV-004). */
export function keysOfRecord(state: CaseState): ExactKey[] {
  if (isReleased(state)) return [];
  const names = clientsOf(state).map((client) => nameKey(client, state.type, state.name));
  return [...externalKeys(state.externalIds), ...names];
}

/** A case that a revert archived is matched by nothing and can be applied to by nobody (DUP-001). */
export function isReleased(state: CaseState): boolean {
  return state.archived?.reason === IMPORT_REVERTED;
}

/** Same client, same type and same folded name. A name that folds to nothing is compared as it is written. */
export function nameKey(client: string, type: string, name: string): ExactKey {
  const folded = fold(name);
  const text = folded === '' ? name.trim().toLowerCase() : folded;
  return { kind: CASE_NAME, value: JSON.stringify([client, type, text]) };
}

/**
 * The exact keys of a row, in the order in which they decide; the name counts only under a client and a type. A row that
 * is only being tied has no client yet: then its name counts under every contact that may turn out to be the client and,
 * where it names no type, under every type of the company.
 */
export function keysOfRow(row: targetsV1.Row, options: targetsV1.ApplyOptions, catalogue: Catalogue): readonly RowKey[] {
  const known = keysRead.get(row);
  if (known?.options === options && known.catalogue === catalogue) return known.keys;
  const keys = readKeys(row, options, catalogue);
  keysRead.set(row, { options, catalogue, keys });
  return keys;
}

/** A row is looked up, judged and held to its external id by the same keys: they are read once. */
const keysRead = new WeakMap<targetsV1.Row, { readonly options: targetsV1.ApplyOptions; readonly catalogue: Catalogue; readonly keys: readonly RowKey[] }>();

function readKeys(row: targetsV1.Row, options: targetsV1.ApplyOptions, catalogue: Catalogue): RowKey[] {
  const values = valuesOf(row, options.defaults);
  const id = values.first('recordId')?.text;
  const external = values.first('externalId')?.text;
  const system = (values.first('externalSystem') ?? values.defaultOf('externalSystem'))?.text ?? '';
  const keys: ExactKey[] = [
    ...(id === undefined ? [] : [{ kind: RECORD_ID, value: id.toLowerCase() }]),
    ...(external === undefined ? [] : externalKeys([{ system, id: external }])),
    ...nameKeys(row, values, options, catalogue),
  ];
  return keys.map((key) => ({ ...key, lookup: keyText(key) }));
}

function nameKeys(row: targetsV1.Row, values: RowValues, options: targetsV1.ApplyOptions, catalogue: Catalogue): ExactKey[] {
  const name = (values.first('caseName') ?? values.defaultOf('caseName'))?.text;
  if (name === undefined) return [];
  const client = clientOf(row);
  const type = typeIdOf(values, options, catalogue);
  const clients = client === '' ? row.candidates : [client];
  const types = type !== '' ? [type] : client === '' ? catalogue.types.map(({ id }) => id) : [];
  return clients.flatMap((each) => types.map((of) => nameKey(each, of, name)));
}

function externalKeys(externalIds: CaseState['externalIds']): ExactKey[] {
  return identityKeys({ externalIds }).map(({ value }) => ({ kind: EXTERNAL_ID, value }));
}

/** The type that a row which names none is matched and made with (OPT-004): cell, else the option; empty for neither. */
export function typeIdOf(values: RowValues, options: targetsV1.ApplyOptions, catalogue: Catalogue): string {
  const text = values.first('caseType')?.text;
  if (text === undefined) return options.cases?.caseType ?? '';
  const named = typeNamed(catalogue, text);
  return 'found' in named ? named.found.id : '';
}

/** The record of a row's client; empty where it has none. */
export function clientOf(row: targetsV1.Row): string {
  return row.parts.find(({ part }) => part === 0)?.record ?? '';
}

/** Rows whose values are remembered: those of the chunks at work. */
const PREPARED_MAX = 2_000;

const prepared = new Map<readonly targetsV1.RowValue[], RowValues>();

/** A row's values, read once however often its chunk is looked at; its parts are other objects at each round. */
export function valuesOf(row: targetsV1.Row, defaults: Readonly<Record<string, string>>): RowValues {
  const known = prepared.get(row.values);
  if (known?.defaults === defaults) return known;
  const values = new RowValues(row.values, defaults);
  if (prepared.size >= PREPARED_MAX) prepared.clear();
  prepared.set(row.values, values);
  return values;
}
