import type { targetsV1 } from '@caseledger/contracts';
import { DomainError, isCode, limit, notFound, validation } from '@caseledger/errors';

/* What requests about clients and about cases have in common (RST-001 to RST-004). */

/** PRODUCT §6: the largest batch. */
const BATCH_MAX = 500;
const POLICIES: ReadonlySet<string> = new Set(['SKIP', 'UPDATE', 'CREATE', 'MERGE']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An item of a submission that was refused. */
interface Failed {
  readonly reason: string;
  readonly issues: readonly targetsV1.RowIssue[];
}

/** A similar or ambiguous match, with the records that were found (RST-001). */
export function toBeDecided(candidates: readonly string[]): DomainError {
  return new DomainError('illegal-state', 'DUPLICATE_REVIEW', { n: candidates.length, records: candidates.join(',') });
}

/** The first error of a refused item names the problem; all of them are listed with their fields. */
export function failureOf(result: Failed): DomainError {
  const errors = result.issues.filter((issue) => issue.severity === 'ERROR');
  const details = errors.flatMap(({ code, field, params, text }) => (isCode(code) ? [{ code, field, params: { ...params, text, field } }] : []));
  const first = details[0];
  if (first === undefined) return validation(isCode(result.reason) ? result.reason : 'INTERNAL_ERROR');
  return new DomainError('validation', first.code, first.params, first.field, details);
}

/** A duplicate policy of a body, SKIP where it says nothing. @throws DomainError VALUE_NOT_ALLOWED */
export function policyOf(body: unknown, key = 'onDuplicate'): string {
  const given: unknown = typeof body === 'object' && body !== null ? new Map(Object.entries(body)).get(key) ?? 'SKIP' : 'SKIP';
  if (typeof given === 'string' && POLICIES.has(given)) return given;
  throw validation('VALUE_NOT_ALLOWED', { text: String(given), field: key, suggestion: 'SKIP' }, key);
}

/** The items of a batch. @throws DomainError REQUIRED_MISSING, LIMIT_REACHED */
export function itemsOf(body: unknown, things: string): unknown[] {
  const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : undefined;
  if (!Array.isArray(items)) throw validation('REQUIRED_MISSING', { field: 'items' }, 'items');
  if (items.length === 0 || items.length > BATCH_MAX) throw limit('LIMIT_REACHED', { limit: BATCH_MAX, things: `${things} in a batch` });
  return items;
}

/** `updatedSince` in milliseconds; 0 where it was not given. @throws DomainError DATE_INVALID */
export function instant(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw validation('DATE_INVALID', { text }, 'updatedSince');
  return ms;
}

/** @throws DomainError NOT_FOUND for what cannot be an id */
export function uuidOf(id: string): string {
  if (!UUID.test(id)) throw notFound();
  return id;
}

/**
 * The version of `If-Match: "7"`; 0 when the header is missing or `*`, which applies to whatever is there. A condition
 * that cannot be read is refused: whoever sends one does not want to overwrite blindly.
 */
export function versionOf(match: string | undefined): number {
  if (match === undefined || match.trim() === '*') return 0;
  const found = /^(?:W\/)?"?(\d{1,9})"?$/.exec(match.trim());
  if (found === null) throw validation('VALUE_NOT_ALLOWED', { text: match.slice(0, 100), field: 'If-Match' }, 'If-Match');
  return Number(found[1]);
}
