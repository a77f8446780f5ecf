import type { casesV1 } from '@caseledger/contracts';
import type { CasePayload, MutationResolvers, ResolversTypes, UserError } from '../gen/resolvers.js';
import { caseContacts, caseFields, firstFields, keyDates } from './case.input.js';
import { localId } from './global-id.js';
import { asPayload } from './user-errors.js';
import { textOrNull, toRowIssue, type Headers } from './values.js';

type Payload = Exclude<Awaited<ResolversTypes['CasePayload']>, CasePayload> & { userErrors: UserError[] };

const NO_HEADERS: Headers = new Map();

function answered(reply: casesV1.CaseReply): Payload {
  return {
    case: reply.case ?? null,
    warnings: reply.warnings.map((warning) => toRowIssue(warning, NO_HEADERS)),
    position: textOrNull(reply.case?.position ?? ''),
    userErrors: [],
  };
}

/** Runs one command on cases and answers as a payload. */
function command(act: () => Promise<casesV1.CaseReply>): Promise<Payload> {
  return asPayload<Payload>(
    (userErrors) => ({ case: null, warnings: [], position: null, userErrors }),
    async () => answered(await act()),
  );
}

function plain({ id, idempotencyKey }: { id: string; idempotencyKey?: string | null | undefined }): { id: string; idempotencyKey: string } {
  return { id: localId('Case', id), idempotencyKey: idempotencyKey ?? '' };
}

const given = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

type CaseMutation =
  | 'createCase' | 'updateCase' | 'changeCaseStatus' | 'changeCaseType' | 'archiveCase' | 'restoreCase'
  | 'linkCaseContact' | 'unlinkCaseContact';

export const caseMutations: Pick<MutationResolvers, CaseMutation> = {
  createCase: (_root, { input, idempotencyKey }, { services }) =>
    command(() =>
      services.cases.createCase({
        fields: firstFields(input),
        typeId: localId('CaseType', input.typeId),
        statusId: input.statusId ?? '',
        contacts: caseContacts(input.contacts),
        keyDates: keyDates(input.keyDates),
        lists: (input.listIds ?? []).map((id) => localId('CaseList', id)),
        idempotencyKey: idempotencyKey ?? '',
        createAnyway: input.createAnyway ?? false,
      }),
    ),

  updateCase: (_root, { version, input, ...args }, { services }) =>
    command(() =>
      services.cases.updateCase({
        ...plain(args),
        version,
        fields: caseFields(input),
        keyDates: keyDates(input.keyDates),
        replaceKeyDates: given(input.keyDates),
        tags: input.tags ?? [],
        replaceTags: given(input.tags),
        primaryContact: input.primaryContactId ? localId('Contact', input.primaryContactId) : '',
      }),
    ),

  changeCaseStatus: (_root, { statusId, reason, ...args }, { services }) =>
    command(() => services.cases.changeCaseStatus({ ...plain(args), statusId, reason: reason ?? '' })),

  changeCaseType: (_root, { input, ...args }, { services }) =>
    command(() => services.cases.changeCaseType({ ...plain(args), typeId: localId('CaseType', input.typeId), statusId: input.statusId ?? '' })),

  archiveCase: (_root, { reason, ...args }, { services }) =>
    command(() => services.cases.archiveCase({ ...plain(args), reason: reason ?? '' })),

  restoreCase: (_root, args, { services }) => command(() => services.cases.restoreCase(plain(args))),

  linkCaseContact: (_root, { caseId, contactId, role, primary, idempotencyKey }, { services }) =>
    command(() =>
      services.cases.linkCaseContact({
        ...plain({ id: caseId, idempotencyKey }),
        contact: localId('Contact', contactId),
        role,
        primary: primary ?? false,
      }),
    ),

  unlinkCaseContact: (_root, { caseId, contactId, role, idempotencyKey }, { services }) =>
    command(() => services.cases.unlinkCaseContact({ ...plain({ id: caseId, idempotencyKey }), contact: localId('Contact', contactId), role })),
};
