import { limit as overLimit, validation } from '@caseledger/errors';

const PAGE_MAX = 500;
const PAGE_DEFAULT = 50;

/** @throws DomainError PAGE_SIZE_EXCEEDED */
export function pageSize(asked: number): number {
  if (asked > PAGE_MAX) throw overLimit('PAGE_SIZE_EXCEEDED', { limit: PAGE_MAX });
  return asked < 1 ? PAGE_DEFAULT : asked;
}

/** A cursor names the last one of a page by what it is sorted by and its id (API-002). */
export function writeCursor(value: string, id: string): string {
  return Buffer.from(JSON.stringify([value, id])).toString('base64url');
}

export function readCursor(cursor: string): [value: string, id: string] {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(read) && typeof read[0] === 'string' && typeof read[1] === 'string') return [read[0], read[1]];
  } catch {
    // Not a cursor of ours: said below like any other value that cannot be.
  }
  throw validation('VALUE_NOT_ALLOWED', { field: 'cursor', text: cursor }, 'cursor');
}
