import { importsV1 } from '@caseledger/contracts';
import { notFound } from '@caseledger/errors';
import type { CreatedPolicy, MutationResolvers, QueryResolvers, ResolversTypes, RevertPayload, RevertResolvers, UserError } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { globalId, localId, recordRef } from './global-id.js';
import { connection, pageSize } from './paging.js';
import { namedDiff } from './standing-names.js';
import { asPayload } from './user-errors.js';
import { textOrNull, time, timeOrNull, toFieldDiff } from './values.js';

type Payload = Exclude<Awaited<ResolversTypes['RevertPayload']>, RevertPayload> & { userErrors: UserError[] };

/** REV-002: said before a revert is confirmed. */
const CANNOT_TAKE_BACK =
  'A revert cannot take back messages already sent, links already opened, or files already downloaded or exported.';

const NO_COUNTS = { total: 0, archived: 0, restored: 0, unmerged: 0, kept: 0, conflict: 0, unchanged: 0, erased: 0 };

export const revertQueries: Pick<QueryResolvers, 'revert'> = {
  revert: (_root, { id }, { loaders }) => loaders.reverts.load(localId('Revert', id)),
};

export const revertResolvers: RevertResolvers = {
  id: (parent) => globalId('Revert', parent.id),
  async import(parent, _args, { loaders }) {
    const found = await loaders.imports.load(parent.importId);
    if (found === null) throw notFound();
    return found;
  },
  ofRevert: (parent) => (parent.ofRevert === '' ? null : globalId('Revert', parent.ofRevert)),
  hash: (parent) => textOrNull(parent.hash),
  counts: (parent) => ({ ...NO_COUNTS, ...parent.counts }),
  createdPolicy: (parent) => (parent.createdPolicy === '' ? null : (parent.createdPolicy as CreatedPolicy)),
  async recordList(parent, { outcome, first, after }, { services, loaders }) {
    const reply = await services.imports.listRevertRecords({
      id: parent.id,
      outcome: outcome ?? '',
      first: pageSize(first),
      after: after ? recordRef(after).id : '',
    });
    const shown = reply.records.map(async (record) => {
      const type = record.target === 'cases' ? 'Case' : 'Contact';
      const id = globalId(type, record.record);
      const diff = await Promise.all(record.changes.map((change) => namedDiff(toFieldDiff(change, new Map(), type), loaders)));
      return { cursor: id, node: { record: id, outcome: record.outcome, reason: textOrNull(record.reason), diff } };
    });
    return connection(await Promise.all(shown), { hasNext: reply.hasNext, hasPrevious: Boolean(after) });
  },
  async builtOnBy(parent, _args, { loaders }) {
    const found = await loaders.imports.loadMany(parent.builtOnBy);
    return found.filter((one): one is importsV1.Import => one !== null && !(one instanceof Error));
  },
  warning: () => CANNOT_TAKE_BACK,
  createdBy: (parent, _args, { loaders }) => (parent.createdBy === '' ? null : loaders.users.load(parent.createdBy)),
  createdAt: (parent) => time(parent.createdAtMs),
  endedAt: (parent) => timeOrNull(parent.endedAtMs),
  code: (parent) => textOrNull(parent.code),
};

function command(act: () => Promise<importsV1.RevertReply>): Promise<Payload> {
  return asPayload<Payload>(
    (userErrors) => ({ revert: null, userErrors }),
    async () => ({ revert: (await act()).revert ?? null, userErrors: [] }),
  );
}

function plain(args: { id: string; idempotencyKey?: string | null | undefined }): importsV1.ImportCommandRequest {
  return { id: localId('Revert', args.id), idempotencyKey: args.idempotencyKey ?? '' };
}

export const revertMutations: Pick<
  MutationResolvers,
  'previewRevert' | 'confirmRevert' | 'pauseRevert' | 'resumeRevert' | 'cancelRevert' | 'restoreRevert'
> = {
  previewRevert: (_root, { importId, input, idempotencyKey }, { services }) =>
    command(() =>
      services.imports.previewRevert(
        requestOf(importsV1.PreviewRevertRequest, {
          importId: localId('Import', importId),
          createdPolicy: input?.createdPolicy ?? 'KEEP',
          recordPolicies: Object.fromEntries(
            (input?.recordPolicies ?? []).map(({ record, policy }) => [recordRef(record).id, policy]),
          ),
          idempotencyKey: idempotencyKey ?? '',
        }),
      ),
    ),
  confirmRevert: (_root, { previewHash, ...args }, { services }) =>
    command(() => services.imports.confirmRevert({ ...plain(args), hash: previewHash })),
  pauseRevert: (_root, args, { services }) => command(() => services.imports.pauseRevert(plain(args))),
  resumeRevert: (_root, args, { services }) => command(() => services.imports.resumeRevert(plain(args))),
  cancelRevert: (_root, args, { services }) => command(() => services.imports.cancelRevert(plain(args))),
  restoreRevert: (_root, args, { services }) => command(() => services.imports.restoreRevert(plain(args))),
};
