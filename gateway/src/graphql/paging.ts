import { limit, validation, type DomainError } from '@caseledger/errors';

/** PRODUCT §6: the largest page of a GraphQL list. */
export const PAGE_ROWS_MAX = 200;
const PAGE_ROWS = 50;

/** The page size asked for, 50 when none is (API-002). @throws DomainError PAGE_SIZE_EXCEEDED over 200, VALUE_NOT_ALLOWED below 1 */
export function pageSize(asked: number | null | undefined, argument = 'first'): number {
  if (asked === null || asked === undefined) return PAGE_ROWS;
  if (asked < 1) throw notAllowed(String(asked), argument);
  if (asked > PAGE_ROWS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: PAGE_ROWS_MAX });
  return asked;
}

interface RecordListArguments {
  readonly sort?: { readonly by: string; readonly descending?: boolean | null } | null;
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly minPosition?: string | null;
}

/** Order and page of a list of records, forwards or backwards, as their owners are asked. @throws DomainError PAGE_SIZE_EXCEEDED, VALUE_NOT_ALLOWED */
export function recordPage(args: RecordListArguments): {
  sort: string;
  descending: boolean;
  first: number;
  after: string;
  last: number;
  before: string;
  count: boolean;
  minPosition: string;
} {
  const backwards = args.last !== null && args.last !== undefined;
  if (backwards && args.first !== null && args.first !== undefined) throw notAllowed('first together with last', 'page');
  const size = backwards ? pageSize(args.last, 'last') : pageSize(args.first);
  return {
    sort: args.sort?.by ?? 'NAME',
    descending: args.sort?.descending ?? false,
    first: backwards ? 0 : size,
    after: args.after ?? '',
    last: backwards ? size : 0,
    before: args.before ?? '',
    count: true,
    minPosition: args.minPosition ?? '',
  };
}

/** A Relay connection of edges that were read forwards. */
export function connection<Node>(
  edges: readonly { cursor: string; node: Node }[],
  page: { hasNext: boolean; hasPrevious?: boolean },
): { edges: { cursor: string; node: Node }[]; nodes: Node[]; pageInfo: PageFacts } {
  return {
    edges: [...edges],
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: page.hasNext,
      hasPreviousPage: page.hasPrevious ?? false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

export interface PageFacts {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

/** Cursors over numbers (row, version): opaque to clients. */
export function numberCursor(value: number): string {
  return Buffer.from(`n:${value}`).toString('base64url');
}

/** The number behind a cursor, 0 for none; a broken one starts at the beginning of nothing, so it is refused. */
export function cursorNumber(cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined || cursor === '') return 0;
  const match = /^n:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (match === null) throw notAllowed(cursor.slice(0, 100), 'after');
  return Number(match[1]);
}

function notAllowed(text: string, field: string): DomainError {
  return validation('VALUE_NOT_ALLOWED', { text, field }, field);
}
