import { casesV1 } from '@caseledger/contracts';
import { notFound } from '@caseledger/errors';
import { GraphQLError } from 'graphql';
import type { CaseCategory, CaseResolvers, CaseRole, CaseSource, ContactResolvers, KeyDateKind, QueryResolvers, ResolversTypes } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { caseFilter } from './case.input.js';
import { toStatus } from './case-type.resolvers.js';
import { globalId, localId } from './global-id.js';
import type { GraphqlContext, Loaders, Viewer } from './graphql-context.js';
import { connection, pageSize, recordPage } from './paging.js';
import { textOrNull, time } from './values.js';

export const caseQueries: Pick<QueryResolvers, 'case' | 'cases'> = {
  async case(_root, { id, minPosition }, { services, loaders }) {
    const local = localId('Case', id);
    if (minPosition === null || minPosition === undefined) return loaders.cases.load(local);
    const reply = await services.cases.getCases({ ids: [local], minPosition });
    return reply.cases[0] ?? null;
  },

  async cases(_root, args, { services }) {
    const reply = await services.cases.listCases(requestOf(casesV1.ListCasesRequest, { filter: caseFilter(args.filter ?? {}), ...recordPage(args) }));
    return caseConnection(reply);
  },
};

/** A page of cases as services answer it. */
export function caseConnection(reply: casesV1.ListCasesReply) {
  const edges = reply.edges.flatMap(({ cursor, case: found }) => (found === undefined ? [] : [{ cursor, node: found }]));
  return { ...connection(edges, reply), totalCount: reply.total };
}

async function typeOf(parent: casesV1.Case, loaders: Loaders): Promise<casesV1.CaseType> {
  const type = await loaders.caseTypes.load(parent.typeId);
  if (type === null) throw notFound();
  return type;
}

/** One that was taken out of its type since the case was read is shown as the case knew it. */
async function statusOf(parent: casesV1.Case, loaders: Loaders): Promise<casesV1.CaseStatus> {
  const { statuses } = await typeOf(parent, loaders);
  const { statusId: id, statusName: name, category } = parent;
  return statuses.find((status) => status.id === id) ?? requestOf(casesV1.CaseStatus, { id, name, category });
}

export const caseResolvers: CaseResolvers = {
  id: (parent) => globalId('Case', parent.id),
  type: (parent, _args, { loaders }) => typeOf(parent, loaders),
  status: async (parent, _args, { loaders }) => toStatus(await statusOf(parent, loaders)),
  category: (parent) => categoryOf(parent.category),
  contacts: (parent, _args, context) => contactsOf(parent, context),
  source: (parent) => parent.source as CaseSource,
  description: (parent) => textOrNull(parent.description),
  openedOn: (parent) => textOrNull(parent.openedOn),
  closedOn: (parent) => textOrNull(parent.closedOn),
  keyDates: (parent) => parent.keyDates.map((date) => ({ ...date, label: textOrNull(date.label), kind: date.kind as KeyDateKind })),
  lists: async (parent, _args, { loaders }) => present(await loaders.caseLists.loadMany(parent.lists)),
  archivedReason: (parent) => textOrNull(parent.archivedReason),
  import: (parent, _args, { loaders }) => (parent.madeByImport === '' ? null : loaders.imports.load(parent.madeByImport)),
  importRow: (parent) => (parent.madeByImport === '' ? null : parent.madeByRow),
  createdAt: (parent) => time(parent.createdAtMs),
  changedAt: (parent) => time(parent.changedAtMs),
  createdBy: (parent, _args, { loaders }) => (parent.createdBy === '' ? null : loaders.users.load(parent.createdBy)),
  changedBy: (parent, _args, { loaders }) => (parent.changedBy === '' ? null : loaders.users.load(parent.changedBy)),
};

/** The contacts themselves are shown to those who may read contacts; ids and roles belong to the case. */
async function contactsOf(parent: casesV1.Case, { loaders, viewer }: GraphqlContext): Promise<Awaited<ResolversTypes['CaseContact']>[]> {
  const shown = mayRead(viewer, 'contacts');
  return Promise.all(
    parent.contacts.map(async ({ contact, role, primary }) => ({
      contactId: globalId('Contact', contact),
      contact: shown ? await loaders.contacts.load(contact) : null,
      role: role as CaseRole,
      primary,
    })),
  );
}

/** Cases on a contact's profile (CON-011). */
export const casesOfContact: NonNullable<ContactResolvers['cases']> = async (contact, { first }, { loaders, viewer }) => {
  if (!mayRead(viewer, 'cases')) throw new GraphQLError('This field is not visible to you.', { extensions: { code: 'FORBIDDEN_FIELD' } });
  const found = await loaders.casesOfContacts.load({ contact: contact.id, limit: pageSize(first) });
  const nodes = found.cases.flatMap(({ case: on, role, primary }) => (on === undefined ? [] : [{ case: on, role: role as CaseRole, primary }]));
  return { nodes, totalCount: found.total };
};

function mayRead({ permissions }: Viewer, what: 'contacts' | 'cases'): boolean {
  return permissions.has(`${what}.read`) || permissions.has(`${what}.read:own`);
}

export function categoryOf(text: string): CaseCategory {
  return text === 'CLOSED' ? 'CLOSED' : 'OPEN';
}

/** What was found of what was asked for. @throws the first error */
function present<Item>(found: readonly (Item | null | Error)[]): Item[] {
  return found.flatMap((one) => {
    if (one instanceof Error) throw one;
    return one === null ? [] : [one];
  });
}
