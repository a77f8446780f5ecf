import type { targetsV1 } from '@caseledger/contracts';
import { FURTHER_CONTACTS_MAX, fieldOf, ofPart, roleKey } from '@caseledger/fields';

/*
 * A case row is written by two services: its contacts by one, each as a row of its own, and its case by the other. What a
 * row says is taken apart here and nowhere else.
 */

/** The role of part 0. */
export const CLIENT = 'CLIENT';

/** The role of a further contact for which the row names none. */
const NO_ROLE = 'OTHER';

/** A row of a case file taken apart. */
export interface SplitRow {
  /** What is the case's own. */
  readonly row: targetsV1.Row;
  /** A row for each contact that the row tells of, in the order of their parts. */
  readonly parts: readonly targetsV1.Row[];
  /** Role by part. */
  readonly roles: ReadonlyMap<number, string>;
}

/** Takes a row apart. Rows that end before anything is looked up, also for what was read of them, have no parts. */
export function splitRow(row: targetsV1.Row, options: SplitOptions): SplitRow {
  const own: targetsV1.RowValue[] = [];
  const values = new Map<number, targetsV1.RowValue[]>();
  for (const value of row.values) {
    const of = ofPart(value);
    if (of === undefined) own.push(value);
    else values.set(of.part, [...(values.get(of.part) ?? []), of.value]);
  }
  const endsEarly = row.blank || row.appliedBefore || row.decision?.action === 'EXCLUDE' || row.issues.some(({ severity }) => severity === 'ERROR');
  if (options.makesClients && !values.has(0)) values.set(0, []);
  const told = [...values].filter(([part, each]) => (part === 0 && options.makesClients) || each.some(({ clear }) => !clear));
  const parts = endsEarly ? [] : told.sort(([a], [b]) => a - b).map(([part, each]) => partRow(row, part, each));
  const roles = new Map(parts.map(({ part }) => [part, part === 0 ? CLIENT : (roleIn(own, part) ?? options.roles.get(part) ?? NO_ROLE)]));
  return { row: { ...row, values: own.filter(({ field }) => !isRole(field)), leftOut: isLeftOut(row, undefined) }, parts, roles };
}

/** What of an import's options decides how its rows are taken apart. */
export interface SplitOptions {
  /** Defaults alone make a client, so a row that says nothing of its own has one. */
  readonly makesClients: boolean;
  /** Default role by part. */
  readonly roles: ReadonlyMap<number, string>;
}

/** The options of a case import as each of the two services needs them. */
export interface PartedOptions extends SplitOptions {
  readonly contacts: targetsV1.ApplyOptions;
  readonly cases: targetsV1.ApplyOptions;
}

/** Options by whose fields they are about; what names no field is the same for both. */
export function partOptions(options: targetsV1.ApplyOptions): PartedOptions {
  const ofClient: Record<string, string> = {};
  const ofCase: Record<string, string> = {};
  const roles = new Map<number, string>();
  for (const [key, value] of Object.entries(options.defaults)) {
    const of = fieldOf('CASES', key)?.of;
    const role = roleOf(key);
    if (of?.part === 0) ofClient[of.key] = value;
    else if (role !== undefined) roles.set(role, value);
    else if (of === undefined) ofCase[key] = value;
  }
  const mapped = options.mappedFields.map((key) => ({ key, of: fieldOf('CASES', key)?.of }));
  const mappedOfClient = mapped.flatMap(({ of }) => (of?.part === 0 ? [of.key] : []));
  const mappedOfCase = mapped.flatMap(({ key, of }) => (of === undefined ? [key] : []));
  return {
    contacts: { ...options, defaults: ofClient, mappedFields: mappedOfClient },
    cases: { ...options, defaults: ofCase, mappedFields: mappedOfCase },
    makesClients: ['lastName', 'companyName'].some((key) => key in ofClient),
    roles,
  };
}

function partRow(row: targetsV1.Row, part: number, values: targetsV1.RowValue[]): targetsV1.Row {
  return {
    ...row,
    part,
    values,
    // What was wrong with a cell is told by the case row, whatever record the cell was meant for.
    issues: [],
    leftOut: isLeftOut(row, part),
    decision: undefined,
    expected: row.expected?.parts.find((expected) => expected.part === part),
    cells: [],
    parts: [],
    candidates: [],
  };
}

/** Whether a value of the case, or of one of its contacts, was left out: whoever lacks it is flagged (VAL-004). */
function isLeftOut({ leftOut, issues }: targetsV1.Row, part: number | undefined): boolean {
  return leftOut && issues.some(({ code, field }) => code === 'VALUE_LEFT_OUT' && fieldOf('CASES', field)?.of?.part === part);
}

function roleIn(values: readonly targetsV1.RowValue[], part: number): string | undefined {
  return values.find(({ field, clear }) => field === roleKey(part) && !clear)?.text;
}

function isRole(field: string): boolean {
  return roleOf(field) !== undefined;
}

const ROLES = new Map(Array.from({ length: FURTHER_CONTACTS_MAX }, (_, index) => [roleKey(index + 1), index + 1]));

function roleOf(field: string): number | undefined {
  return ROLES.get(field);
}
