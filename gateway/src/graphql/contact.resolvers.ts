import { contactsV1 } from '@caseledger/contracts';
import { formatPhone } from '@caseledger/normalise';
import { GraphQLError } from 'graphql';
import type { AddressLabel, ContactFilter, ContactResolvers, EmailLabel, PhoneLabel, QueryResolvers } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { instant, yesNo } from './case.input.js';
import { casesOfContact } from './case.resolvers.js';
import { draftFields } from './contact.input.js';
import { globalId, localId } from './global-id.js';
import type { GraphqlContext } from './graphql-context.js';
import { connection, recordPage } from './paging.js';
import { textOrNull, time } from './values.js';

export const contactQueries: Pick<QueryResolvers, 'contact' | 'contacts' | 'duplicateCandidates'> = {
  async contact(_root, { id, minPosition }, { services, loaders }) {
    const local = localId('Contact', id);
    if (minPosition === null || minPosition === undefined) return loaders.contacts.load(local);
    const reply = await services.contacts.getContacts({ ids: [local], minPosition });
    return reply.contacts[0] ?? null;
  },

  async contacts(_root, args, { services }) {
    const reply = await services.contacts.listContacts(requestOf(contactsV1.ListContactsRequest, { ...filterOf(args.filter ?? {}), ...recordPage(args) }));
    const edges = reply.edges.flatMap(({ cursor, contact }) => (contact === undefined ? [] : [{ cursor, node: contact }]));
    return { ...connection(edges, reply), totalCount: reply.total };
  },

  async duplicateCandidates(_root, { draft }, { services }) {
    const reply = await services.contacts.findDuplicates({ fields: draftFields(draft) });
    return reply.duplicates.flatMap(({ contact, verdict, key }) =>
      contact === undefined ? [] : [{ contact, verdict, key: textOrNull(key) }],
    );
  },
};

function filterOf(filter: ContactFilter): Partial<contactsV1.ListContactsRequest> {
  return {
    search: filter.search ?? '',
    type: filter.type ?? '',
    kind: filter.kind ?? '',
    status: filter.status ?? '',
    archived: filter.archived ?? 'EXCLUDE',
    hasPhone: yesNo(filter.hasPhone),
    hasEmail: yesNo(filter.hasEmail),
    tag: filter.tag ?? '',
    state: filter.state ?? '',
    needsReview: yesNo(filter.needsReview),
    importId: filter.importId ? localId('Import', filter.importId) : '',
    createdFromMs: instant(filter.createdFrom),
    createdToMs: instant(filter.createdTo),
    changedFromMs: instant(filter.changedFrom),
    changedToMs: instant(filter.changedTo),
  };
}

/** Fields that are a plain value of the catalogue, under the same name. */
const valueOf =
  (field: string) =>
  (contact: contactsV1.Contact): string | null =>
    contact.values[field] ?? null;

/** The date of birth is sensitive (SEC-013): hidden, and said to be, from those without the permission. */
function dateOfBirth(contact: contactsV1.Contact, _args: object, { viewer }: GraphqlContext): string | null {
  if (viewer.permissions.has('sensitive.read')) return contact.values['dateOfBirth'] ?? null;
  throw new GraphQLError('This field is not visible to you.', { extensions: { code: 'FORBIDDEN_FIELD' } });
}

export const contactResolvers: ContactResolvers = {
  id: (contact) => globalId('Contact', contact.id),
  type: (contact) => (contact.type === 'BUSINESS' ? 'BUSINESS' : 'INDIVIDUAL'),
  status: (contact) => contactStatus(contact.status),
  firstName: valueOf('firstName'),
  middleName: valueOf('middleName'),
  lastName: valueOf('lastName'),
  prefix: valueOf('prefix'),
  suffix: valueOf('suffix'),
  nickname: valueOf('nickname'),
  companyName: valueOf('companyName'),
  jobTitle: valueOf('jobTitle'),
  website: valueOf('website'),
  preferredContactMethod: valueOf('preferredContactMethod'),
  language: valueOf('language'),
  timeZone: valueOf('timeZone'),
  source: valueOf('source'),
  sourceDetail: valueOf('sourceDetail'),
  originalCreatedAt: valueOf('originalCreatedAt'),
  dateOfBirth,
  satisfactionScore: (contact) => (contact.values['satisfactionScore'] === undefined ? null : Number(contact.values['satisfactionScore'])),
  phones: (contact) =>
    contact.phones.map((phone) => ({
      ...phone,
      label: phoneLabel(phone.label),
      extension: textOrNull(phone.extension),
      display: formatPhone(phone.extension === '' ? phone.number : `${phone.number};ext=${phone.extension}`, 'US'),
    })),
  emails: (contact) => contact.emails.map((email) => ({ ...email, label: emailLabel(email.label) })),
  addresses: (contact) => contact.addresses.map(toAddress),
  preferences: (contact) => Object.entries(contact.preferences).map(([channel, state]) => ({ channel, state })),
  cases: casesOfContact,
  archivedReason: (contact) => textOrNull(contact.archivedReason),
  createdAt: (contact) => time(contact.createdAtMs),
  changedAt: (contact) => time(contact.changedAtMs),
  createdBy: (contact, _args, { loaders }) => (contact.createdBy === '' ? null : loaders.users.load(contact.createdBy)),
  changedBy: (contact, _args, { loaders }) => (contact.changedBy === '' ? null : loaders.users.load(contact.changedBy)),
};

function toAddress(address: contactsV1.Address) {
  const { id, primary } = address;
  return {
    id,
    primary,
    label: addressLabel(address.label),
    street: textOrNull(address.street),
    unit: textOrNull(address.unit),
    city: textOrNull(address.city),
    state: textOrNull(address.state),
    zip: textOrNull(address.zip),
    country: textOrNull(address.country),
  };
}

function contactStatus(text: string): 'ACTIVE' | 'INACTIVE' | 'PENDING' | 'UNREACHABLE' {
  return text === 'INACTIVE' || text === 'PENDING' || text === 'UNREACHABLE' ? text : 'ACTIVE';
}

function phoneLabel(text: string): PhoneLabel {
  return text === 'MOBILE' || text === 'HOME' || text === 'WORK' ? text : 'OTHER';
}

function emailLabel(text: string): EmailLabel {
  return text === 'PERSONAL' || text === 'WORK' ? text : 'OTHER';
}

function addressLabel(text: string): AddressLabel {
  return text === 'HOME' || text === 'WORK' || text === 'MAILING' ? text : 'OTHER';
}
