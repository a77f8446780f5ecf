import type { RowIssue } from '@caseledger/errors';
import type { targetsV1 } from '@caseledger/contracts';
import type { GivenValue, RowValues } from '@caseledger/row-target';
import type { CaseState } from '../case/case.js';
import { wordsFor } from '../case/case.refusals.js';
import type { Draft } from './row-draft.js';
import { statusNamed, typeNamed, typeOf, type Catalogue, type KnownStatus, type KnownType } from './row-catalogue.js';

/** The type and status that a row's case ends with, and what there is to say about them. */
export interface Ruling {
  readonly type: KnownType;
  readonly status: KnownStatus;
  readonly issues: readonly RowIssue[];
}

/** How a row is applied to a case, as far as type and status ask for it. */
export interface RulingMode {
  readonly mode: Draft['mode'];
  readonly fillOnly: boolean;
}

type Ruled = Ruling | { readonly failed: RowIssue };

/**
 * Whether the row's own type and status are the company's, before anything is matched: the type of the cell, else of the
 * option (OPT-004). A row that names none is no fault yet, for it may be matched by an id.
 */
export function typeFault(values: RowValues, { types }: Catalogue): RowIssue | undefined {
  if (values.clearing('caseType') === 'TOKEN') return issueOf('REQUIRED_MISSING', 'caseType', values);
  const value = values.first('caseType');
  if (value === undefined) return undefined;
  const named = typeNamed({ types }, value.text);
  return 'found' in named ? undefined : notAllowed(value, named.nearest);
}

/** Type and status of the case that a row makes or is applied to. */
export function ruleOn(
  before: CaseState | undefined,
  values: RowValues,
  options: targetsV1.ApplyOptions,
  catalogue: Catalogue,
  { mode, fillOnly }: RulingMode,
): Ruled {
  const kept: RowIssue[] = [];
  const present = before === undefined ? undefined : typeOf(catalogue, before.type);
  const type = ruledType();
  if (type === undefined) return { failed: issueOf('CASE_TYPE_MISSING', 'caseType', values) };
  const [first] = type.statuses;
  if (first === undefined) throw new Error(`Case type ${type.id} has no status`);
  const standing = before === undefined ? undefined : standingStatus(before, type, present);
  const value = values.first('caseStatus') ?? (before === undefined ? values.defaultOf('caseStatus') : undefined);
  if (value === undefined) return { type, status: standing ?? first, issues: kept };
  const named = statusNamed(type, value.text);
  if (!('found' in named)) {
    // A status of the row's own type is none of the type that the case keeps.
    if (mode === 'MERGE' && standing !== undefined) return { type, status: standing, issues: [...kept, keptIssue(value, standing.name)] };
    return { failed: notAllowed(value, named.nearest) };
  }
  const { found: status } = named;
  if (standing === undefined || standing.id === status.id || wins()) return { type, status, issues: kept };
  if (mode === 'MERGE') kept.push(keptIssue(value, standing.name));
  return { type, status: standing, issues: kept };

  function wins(): boolean {
    return mode === 'CREATE' || (mode === 'UPDATE' && !fillOnly);
  }

  function ruledType(): KnownType | undefined {
    const cell = values.first('caseType');
    const named = cell === undefined ? undefined : typeNamed(catalogue, cell.text);
    const given = named !== undefined && 'found' in named ? named.found : undefined;
    if (present === undefined) return given ?? optionType(options, catalogue);
    if (given === undefined || given.id === present.id || wins()) return given ?? present;
    if (mode === 'MERGE' && cell !== undefined) kept.push(keptIssue(cell, present.name));
    return present;
  }
}

// An option that was archived since is no type any more.
function optionType({ cases }: targetsV1.ApplyOptions, catalogue: Catalogue): KnownType | undefined {
  const type = typeOf(catalogue, cases?.caseType ?? '');
  return type?.archived === true ? undefined : type;
}

// A case that changes its type keeps its status by name, where the new type has it.
function standingStatus(before: CaseState, type: KnownType, present: KnownType | undefined): KnownStatus | undefined {
  const own = type.statuses.find(({ id }) => id === before.status);
  if (own !== undefined) return own;
  const name = present?.statuses.find(({ id }) => id === before.status)?.name;
  const named = name === undefined ? undefined : statusNamed(type, name);
  return named !== undefined && 'found' in named ? named.found : undefined;
}

/** The row is of another type than the list takes (OPT-005). */
export function listFault(type: KnownType, { list, types }: Catalogue, values: RowValues): RowIssue | undefined {
  if (list === undefined) return undefined;
  if (list === 'missing') return { code: 'LINK_NOT_FOUND', severity: 'ERROR', params: { type: 'case list', value: '' } };
  if (list.caseType === '' || list.caseType === type.id) return undefined;
  const listType = typeOf({ types }, list.caseType)?.name ?? list.caseType;
  return { ...issueOf('LIST_CASE_TYPE_MISMATCH', 'caseType', values), params: { listType, type: type.name } };
}

function notAllowed({ field, text, column }: GivenValue, suggestion: string | undefined): RowIssue {
  const near = suggestion === undefined ? {} : { suggestion };
  const at = column < 0 ? {} : { column };
  return { code: 'VALUE_NOT_ALLOWED', severity: 'ERROR', field, text, params: { field: wordsFor(field) }, ...near, ...at };
}

function keptIssue({ field, text, column }: GivenValue, existing: string): RowIssue {
  const at = column < 0 ? {} : { column };
  return { code: 'MERGE_KEPT_EXISTING', severity: 'WARNING', field, text, params: { field: wordsFor(field), existing, text }, ...at };
}

function issueOf(code: RowIssue['code'], field: string, values: RowValues): RowIssue {
  const column = values.columnOf(field);
  return { code, severity: 'ERROR', field, params: { field: wordsFor(field) }, ...(column < 0 ? {} : { column }) };
}
