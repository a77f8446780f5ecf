import { uuid7 } from '@caseledger/event-store';
import { validation } from '@caseledger/errors';
import type { casesV1, targetsV1 } from '@caseledger/contracts';
import { CLIENT, ROLES } from './case.js';
import { refuse } from './case.refusals.js';
import { readInput, valuesOf, wireIssue, type InputSetting } from './field-input.js';

/**
 * An item of a submission as a row: the case with its own values, and its contacts as parts. The client is one that is
 * only thought of until contacts has answered.
 * @throws DomainError FIELD_UNKNOWN, ROLE_UNKNOWN, and VALUE_NOT_ALLOWED where a client is given in two ways
 */
export function submissionRow(
  item: casesV1.SubmittedCase,
  number: number,
  input: InputSetting,
  now: Date,
): targetsV1.Row {
  const ways = [item.clientId !== '', item.clientExternalId !== undefined, item.clientFields.length > 0];
  if (ways.filter(Boolean).length > 1) throw validation('VALUE_NOT_ALLOWED', { field: 'client', text: `item ${number}` }, 'client');
  const stranger = item.contacts.find(({ role }) => !ROLES.includes(role));
  if (stranger !== undefined) throw refuse.roleUnknown(stranger.role);
  const read = readInput(item.fields, input, now, { byScript: true });
  const linked = item.contacts.map(({ contact, role }, at) => partOf(at + 1, contact, role));
  const hasClient = ways.some(Boolean);
  return {
    row: number,
    line: number,
    sheet: '',
    blank: false,
    values: valuesOf(read),
    issues: read.issues.map(wireIssue),
    leftOut: read.leftOut,
    tied: false,
    decision: undefined,
    expected: undefined,
    cells: [],
    appliedBefore: false,
    part: 0,
    withheld: false,
    parts: hasClient ? [partOf(0, uuid7(), CLIENT), ...linked] : linked,
    candidates: [],
  };
}

function partOf(part: number, record: string, role: string): targetsV1.RowPart {
  return { part, record, role, outcome: 'UNCHANGED', reason: '', effects: [], codes: [], match: undefined };
}
