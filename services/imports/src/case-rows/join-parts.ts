import type { targetsV1 } from '@caseledger/contracts';
import { isCode, type RowIssue } from '@caseledger/errors';
import { issueOfPart } from '@caseledger/fields';
import type { SplitRow } from './split-row.js';

/*
 * What contacts say of the parts of a row, in the words of the row: fields under the keys and labels they have in a case
 * file.
 */

const WRITTEN: readonly string[] = ['CREATED', 'UPDATED', 'MERGED'];

/** Whether such an outcome is that of a record that was written. */
export function isWritten(outcome: string): boolean {
  return WRITTEN.includes(outcome);
}

/** What contacts answered, part by part, in the order of the rows asked about. */
export type PartAnswers = ReadonlyMap<number, readonly targetsV1.RowPart[]>;

/** Parts by row, from predictions. Of a withheld part it is told what would be, so that the case is judged as usual. */
export function partsOfVerdicts(split: readonly SplitRow[], verdicts: readonly targetsV1.RowVerdict[]): PartAnswers {
  const roles = rolesOf(split);
  return byRow(
    verdicts.map((verdict) => {
      const { row, part, record, outcome, reason, match } = verdict;
      const effects = verdict.effects.length === 0 && isWritten(outcome) ? [wouldBe(verdict)] : verdict.effects;
      const codes = verdict.issues.map(({ code, severity, column, field, params, suggestion }) => ({ code, severity, column, field, params, suggestion }));
      return { row, part: { part, record, outcome, reason, effects, codes: told(codes, part), match, role: roles(row, part) } };
    }),
  );
}

/** Parts by row, from what was stored. A withheld part has no effects: nothing of it was written. */
export function partsOfOutcomes(split: readonly SplitRow[], outcomes: readonly targetsV1.RowOutcome[]): PartAnswers {
  const roles = rolesOf(split);
  return byRow(
    outcomes.map(({ row, part, record, outcome, reason, effects, codes, match }) => ({
      row,
      part: { part, record, outcome, reason, effects, codes: told(codes, part), match, role: roles(row, part) },
    })),
  );
}

/** The rows as cases is asked about them. */
export function withParts(split: readonly SplitRow[], answers: PartAnswers): targetsV1.Row[] {
  return split.map(({ row }) => ({ ...row, parts: [...(answers.get(row.row) ?? [])] }));
}

function wouldBe({ record, outcome, pinnedVersion }: targetsV1.RowVerdict): targetsV1.Effect {
  return { kind: `CONTACT_${outcome}`, record, fromVersion: pinnedVersion, toVersion: pinnedVersion + 1 };
}

/** Only the client is asked for a phone and an e-mail (FLD-003). */
function told(codes: readonly targetsV1.OutcomeCode[], part: number): targetsV1.OutcomeCode[] {
  return codes.filter(({ code }) => part === 0 || code !== 'RECOMMENDED_MISSING').map((code) => codeOfPart(code, part));
}

function codeOfPart(outcome: targetsV1.OutcomeCode, part: number): targetsV1.OutcomeCode {
  const { code, field, params } = outcome;
  if (!isCode(code)) return outcome;
  const issue: RowIssue = issueOfPart({ code, severity: 'WARNING', field, params }, part);
  const named = Object.entries(issue.params ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  return { ...outcome, field: issue.field ?? '', params: Object.fromEntries(named) };
}

function rolesOf(split: readonly SplitRow[]): (row: number, part: number) => string {
  const byNumber = new Map(split.map(({ row, roles }) => [row.row, roles]));
  return (row, part) => byNumber.get(row)?.get(part) ?? '';
}

function byRow(parts: readonly { readonly row: number; readonly part: targetsV1.RowPart }[]): PartAnswers {
  const rows = new Map<number, targetsV1.RowPart[]>();
  for (const { row, part } of parts) {
    const known = rows.get(row);
    if (known === undefined) rows.set(row, [part]);
    else known.push(part);
  }
  return rows;
}
