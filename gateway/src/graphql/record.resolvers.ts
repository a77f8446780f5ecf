import type { contactsV1 } from '@caseledger/contracts';
import type { QueryResolvers } from '../gen/resolvers.js';
import { recordRef, type RecordType } from './global-id.js';
import type { GraphqlContext } from './graphql-context.js';
import { connection, cursorNumber, numberCursor, pageSize } from './paging.js';
import { toOrigin, toProvenance } from './provenance.js';
import { namedDiff } from './standing-names.js';
import { textOrNull, time, toFieldDiff, type Headers } from './values.js';

const NO_HEADERS: Headers = new Map();

interface Recorded {
  readonly type: RecordType;
  readonly id: string;
}

/** Whose history is asked for; a bare id is looked for among cases, and is a contact's where it is none of them. */
async function recorded(text: string, { loaders, viewer }: GraphqlContext): Promise<Recorded> {
  const { type, id } = recordRef(text);
  if (type !== undefined) return { type, id };
  const readsCases = viewer.permissions.has('cases.read') || viewer.permissions.has('cases.read:own');
  const found = readsCases ? await loaders.cases.load(id) : null;
  return { type: found === null ? 'Contact' : 'Case', id };
}

/** Both owners of records answer these in the same shape. */
interface RecordOwner {
  history(request: contactsV1.HistoryRequest): Promise<contactsV1.HistoryReply>;
  provenance(request: contactsV1.ProvenanceRequest): Promise<contactsV1.ProvenanceReply>;
}

function ownerOf({ type }: Recorded, { services }: GraphqlContext): RecordOwner {
  return type === 'Case' ? services.cases : services.contacts;
}

export const recordQueries: Pick<QueryResolvers, 'recordHistory' | 'fieldProvenance'> = {
  async recordHistory(_root, { id, first, after, kind }, context) {
    const { loaders } = context;
    const record = await recorded(id, context);
    const reply = await ownerOf(record, context).history({
      id: record.id,
      afterVersion: cursorNumber(after),
      first: pageSize(first),
      kind: kind ?? '',
    });
    const edges = await Promise.all(
      reply.entries.map(async (entry) => ({
        cursor: numberCursor(entry.version),
        node: {
          id: entry.eventId,
          version: entry.version,
          type: entry.type,
          at: time(entry.atMs),
          actor: entry.actor === '' ? null : await loaders.users.load(entry.actor),
          origin: await toOrigin(entry.origin, loaders),
          changes: await Promise.all(entry.changes.map((change) => namedDiff(toFieldDiff(change, NO_HEADERS, record.type), loaders))),
          reason: textOrNull(entry.reason),
        },
      })),
    );
    return connection(edges, { hasNext: reply.hasNext, hasPrevious: cursorNumber(after) > 0 });
  },

  async fieldProvenance(_root, { id, path }, context) {
    const record = await recorded(id, context);
    const reply = await ownerOf(record, context).provenance({ id: record.id, path: path ?? '' });
    return Promise.all(reply.entries.map((entry) => toProvenance(entry, context.services, context.loaders)));
  },
};
