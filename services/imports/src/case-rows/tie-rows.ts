import type { targetsV1 } from '@caseledger/contracts';
import type { RowTarget } from '@caseledger/row-target';
import { CLIENT, splitRow, type SplitRow } from './split-row.js';

/** Rows are tied by what they say; what defaults add is the same for all of them and ties none. */
const NO_DEFAULTS = { makesClients: false, roles: new Map<number, string>() };

/**
 * What ties case rows: every key and record of any of their contacts, then those of the case, looked up under every
 * existing contact that may turn out to be the client (DESIGN §4, "Components").
 */
export async function matchBoth(
  { contacts, cases }: { readonly contacts: RowTarget; readonly cases: RowTarget },
  { tenant, importId, rows }: targetsV1.MatchRequest,
): Promise<targetsV1.MatchReply> {
  const split = rows.map((row) => splitRow(row, NO_DEFAULTS));
  const parts = split.flatMap((one) => one.parts);
  const answered = parts.length === 0 ? [] : (await contacts.match({ tenant, importId, rows: [...parts] })).rows;
  if (answered.length !== parts.length) throw new Error('Contacts tied other rows than it was asked about');
  const ofPart = new Map(parts.map((part, at) => [part, answered[at]]));
  const asked = split.map((one) => ({ ...one.row, candidates: candidatesOf(one, ofPart) }));
  const ofCases = new Map((await cases.match({ tenant, importId, rows: asked })).rows.map((match) => [match.row, match]));
  return { rows: split.map((one) => joined(one, ofPart, ofCases.get(one.row.row))) };
}

type Answers = ReadonlyMap<targetsV1.Row, targetsV1.RowMatch | undefined>;

function candidatesOf({ parts, roles }: SplitRow, answers: Answers): string[] {
  const clients = parts.filter(({ part }) => roles.get(part) === CLIENT);
  return [...new Set(clients.flatMap((part) => answers.get(part)?.records ?? []))];
}

function joined({ row, parts }: SplitRow, answers: Answers, ofCase: targetsV1.RowMatch | undefined): targetsV1.RowMatch {
  const all = [...parts.flatMap((part) => answers.get(part) ?? []), ...(ofCase === undefined ? [] : [ofCase])];
  return {
    row: row.row,
    keys: [...new Set(all.flatMap(({ keys }) => keys))],
    records: [...new Set(all.flatMap(({ records }) => records))],
  };
}
