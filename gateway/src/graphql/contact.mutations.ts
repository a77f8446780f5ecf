import { type contactsV1 } from '@caseledger/contracts';
import type { ContactPayload, MutationResolvers, ResolversTypes, UserError } from '../gen/resolvers.js';
import { inputFields, inputLists } from './contact.input.js';
import { localId } from './global-id.js';
import { asPayload } from './user-errors.js';
import { textOrNull, toRowIssue, type Headers } from './values.js';

type Payload = Exclude<Awaited<ResolversTypes['ContactPayload']>, ContactPayload> & { userErrors: UserError[] };

const NO_HEADERS: Headers = new Map();

function answered(reply: contactsV1.ContactReply): Payload {
  return {
    contact: reply.contact ?? null,
    warnings: reply.warnings.map((warning) => toRowIssue(warning, NO_HEADERS)),
    position: textOrNull(reply.contact?.position ?? ''),
    userErrors: [],
  };
}

function refused(userErrors: UserError[]): Payload {
  return { contact: null, warnings: [], position: null, userErrors };
}

/** Runs one command on contacts and answers as a payload. */
function command(act: () => Promise<contactsV1.ContactReply>): Promise<Payload> {
  return asPayload(refused, async () => answered(await act()));
}

export const contactMutations: Pick<
  MutationResolvers,
  'createContact' | 'updateContact' | 'setContactStatus' | 'archiveContact' | 'restoreContact'
> = {
  createContact: (_root, { input, idempotencyKey }, { services }) =>
    command(() =>
      services.contacts.createContact({
        fields: inputFields(input),
        client: input.client ?? false,
        createAnyway: input.createAnyway ?? false,
        idempotencyKey: idempotencyKey ?? '',
        ...inputLists(input),
      }),
    ),

  updateContact: (_root, { id, version, input, idempotencyKey }, { services }) =>
    command(() =>
      services.contacts.updateContact({
        id: localId('Contact', id),
        version,
        fields: inputFields(input),
        ...inputLists(input),
        replacePhones: input.phones !== null && input.phones !== undefined,
        replaceEmails: input.emails !== null && input.emails !== undefined,
        replaceAddresses: input.addresses !== null && input.addresses !== undefined,
        replaceTags: input.tags !== null && input.tags !== undefined,
        idempotencyKey: idempotencyKey ?? '',
      }),
    ),

  setContactStatus: (_root, { id, status, idempotencyKey }, { services }) =>
    command(() => services.contacts.setContactStatus({ id: localId('Contact', id), status, idempotencyKey: idempotencyKey ?? '' })),

  archiveContact: (_root, { id, reason, idempotencyKey }, { services }) =>
    command(() =>
      services.contacts.archiveContact({ id: localId('Contact', id), reason: reason ?? '', idempotencyKey: idempotencyKey ?? '' }),
    ),

  restoreContact: (_root, { id, idempotencyKey }, { services }) =>
    command(() => services.contacts.restoreContact({ id: localId('Contact', id), idempotencyKey: idempotencyKey ?? '' })),
};
