import type { EventStore } from '@caseledger/event-store';
import { limit } from '@caseledger/errors';
import { tenantOf, uuidOrNone } from '@caseledger/row-target';
import { requireReach, type CallContext } from '@caseledger/service-kit';
import type { casesV1 } from '@caseledger/contracts';
import type { CaseListState } from '../case-list/case-list.js';
import { foldedName } from '../case-list/list-name.js';
import { pageSize, readCursor, writeCursor } from './paging.js';

const IDS_MAX = 500;

interface ListRow {
  readonly id: string;
  readonly version: number;
  readonly state: CaseListState;
  readonly folded: string;
  readonly import: string | null;
  readonly made_at: Date;
  readonly members: number;
}

const COLUMNS = `l.id, l.version, l.state, l.folded, l.import, l.made_at,
  (select count(*)::int from app.case_list_member m where m.tenant = l.tenant and m.list = l.id) as members`;

/** A private list is its owner's alone (LST-001); $2 is null for services of the installation. */
const SEEN = `l.tenant = $1 and (l.state ->> 'visibility' <> 'PRIVATE' or $2::text is null or l.state ->> 'owner' = $2)`;

/** One page of lists by name. */
export async function listLists(
  store: EventStore,
  caller: CallContext,
  request: casesV1.ListCaseListsRequest,
): Promise<casesV1.ListCaseListsReply> {
  const size = pageSize(request.first);
  const found = `${SEEN} and ($3 or not l.archived) and l.folded like $4`;
  const pattern = `%${foldedName(request.search).replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const values = [tenantOf(caller), seenBy(caller), request.includeArchived, pattern];
  return store.transaction(tenantOf(caller), async (tx) => {
    const counted = `select count(*)::int as n from app.case_list l where ${found}`;
    const total = request.count ? (await tx.query<{ n: number }>(counted, values)).rows[0]?.n ?? 0 : 0;
    const [name, id] = request.after === '' ? ['', ''] : readCursor(request.after);
    const sql = `select ${COLUMNS} from app.case_list l where ${found} and ($5 = '' or (l.folded, l.id) > ($5, $6::uuid))
      order by l.folded, l.id limit ${size + 1}`;
    const { rows } = await tx.query<ListRow>(sql, [...values, name, uuidOrNone(id)]);
    const edges = rows.slice(0, size).map((row) => ({ cursor: writeCursor(row.folded, row.id), list: toList(row) }));
    return { edges, hasNext: rows.length > size, total };
  });
}

/** Lists by id or by their exact name without regard to case; those the caller may not see are left out. */
export async function listsBy(
  store: EventStore,
  caller: CallContext,
  { ids, names }: { readonly ids: readonly string[]; readonly names: readonly string[] },
): Promise<casesV1.CaseList[]> {
  if (ids.length + names.length > IDS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: IDS_MAX });
  const named = `(l.id = any($3::uuid[]) or (l.folded = any($4::text[]) and not l.archived))`;
  const sql = `select ${COLUMNS} from app.case_list l where ${SEEN} and ${named} order by l.folded, l.id`;
  const values = [tenantOf(caller), seenBy(caller), ids.map(uuidOrNone), names.map(foldedName)];
  return store.transaction(tenantOf(caller), async (tx) => (await tx.query<ListRow>(sql, values)).rows.map(toList));
}

function seenBy(caller: CallContext): string | null {
  if (caller.kind === 'service') return null;
  requireReach(caller, 'cases.read');
  return caller.subject;
}

function toList(row: ListRow): casesV1.CaseList {
  const { name, description, owner, caseType, visibility, archived } = row.state;
  return {
    id: row.id,
    version: row.version,
    name,
    description,
    owner,
    typeId: caseType ?? '',
    visibility,
    archived: archived !== null,
    members: row.members,
    createdAtMs: row.made_at.getTime(),
    madeByImport: row.import ?? '',
  };
}
