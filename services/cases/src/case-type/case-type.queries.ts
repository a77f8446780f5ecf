import type { StoreTransaction } from '@caseledger/event-store';
import { startSet } from './start-set.js';
import { definedState } from './case-type.decider.js';
import type { CaseTypeState } from './case-type.js';
import { refuse } from './case-type.refusals.js';

/** A case type as it stands. */
export interface HeldType {
  readonly id: string;
  /** 0 for one of the start set that is not stored yet. */
  readonly version: number;
  readonly state: CaseTypeState;
  readonly changedBy: string;
}

const TYPES = `
select id, version, state, changed_by as "changedBy" from app.case_type where tenant = $1 order by made_at, state ->> 'name', id`;

const TYPES_HELD = `${TYPES} for share`;

/**
 * All types of the company, archived ones too. A company that has stored none has the start set, whose ids follow from
 * the company alone: so reading makes nothing, and whoever writes first makes the very types that were shown.
 * `hold` keeps every type as it is until the transaction ends: for whoever puts cases into their statuses.
 */
export async function typesOf(tx: StoreTransaction, { hold = false } = {}): Promise<readonly HeldType[]> {
  const { rows } = await tx.query<HeldType>({
    name: hold ? 'case_types_held' : 'case_types',
    text: hold ? TYPES_HELD : TYPES,
    values: [tx.tenant],
  });
  if (rows.length > 0) return rows;
  return startSet(tx.tenant).map(({ id, ...wanted }) => ({ id, version: 0, state: definedState(wanted), changedBy: '' }));
}

/** A type that cases are in, archived or not. @throws DomainError VALUE_NOT_ALLOWED */
export async function heldType(tx: StoreTransaction, id: string): Promise<HeldType> {
  const type = (await typesOf(tx, { hold: true })).find((each) => each.id === id);
  if (type === undefined) throw refuse.valueNotAllowed('caseType', id);
  return type;
}

/** A type that new cases can be put in. @throws DomainError VALUE_NOT_ALLOWED */
export async function activeType(tx: StoreTransaction, id: string): Promise<HeldType> {
  const type = await heldType(tx, id);
  if (type.state.archived) throw refuse.valueNotAllowed('caseType', type.state.name);
  return type;
}
