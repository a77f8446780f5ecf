import { importsV1 } from '@caseledger/contracts';
import { validation } from '@caseledger/errors';
import type { ImportPayload, KeyValueInput, MutationResolvers, OptionsInput, ResolversTypes, UserError } from '../gen/resolvers.js';
import { requestOf } from '../services.js';
import { localId, parseGlobalId, recordRef } from './global-id.js';
import { asPayload } from './user-errors.js';
import { headersOf, toRowIssue } from './values.js';

type Payload = Exclude<Awaited<ResolversTypes['ImportPayload']>, ImportPayload> & { userErrors: UserError[] };
type ImportMutation =
  | 'createImport' | 'completeUpload' | 'setImportAnalysis' | 'setImportMapping' | 'setImportOptions' | 'planImport'
  | 'decideRows' | 'confirmImport' | 'startImport' | 'pauseImport' | 'resumeImport' | 'cancelImport' | 'discardImport'
  | 'continueImport' | 'retryRows';

function answered(reply: importsV1.ImportReply): Payload {
  const headers = headersOf(reply.import?.analysis);
  return {
    import: reply.import ?? null,
    warnings: reply.warnings.map((warning) => toRowIssue(warning, headers)),
    upload: null,
    userErrors: [],
  };
}

function refused(userErrors: UserError[]): Payload {
  return { import: null, warnings: [], upload: null, userErrors };
}

function command(act: () => Promise<importsV1.ImportReply>): Promise<Payload> {
  return asPayload(refused, async () => answered(await act()));
}

/** Id and idempotency key of a command that has no other input. */
function plain(args: { id: string; idempotencyKey?: string | null | undefined }): importsV1.ImportCommandRequest {
  return { id: localId('Import', args.id), idempotencyKey: args.idempotencyKey ?? '' };
}

export const importMutations: Pick<MutationResolvers, ImportMutation> = {
  createImport: (_root, { input, idempotencyKey }, { services }) =>
    asPayload(refused, async () => {
      const reply = await services.imports.createImport({
        type: input.type,
        fileName: input.fileName,
        sizeBytes: bytesOf(input.sizeBytes),
        sha256: input.sha256 ?? '',
        importKey: input.importKey ?? '',
        origin: 'FILE',
        idempotencyKey: idempotencyKey ?? '',
      });
      const { partBytes } = await services.imports.limits({});
      return { ...answered(reply), upload: { address: `/api/imports/${reply.import?.id ?? ''}/file`, partBytes } };
    }),

  completeUpload: (_root, args, { services }) =>
    command(() => services.imports.completeUpload({ ...plain(args), sha256: args.sha256 ?? '' })),

  setImportAnalysis: (_root, { input, ...args }, { services }) =>
    command(() =>
      services.imports.setAnalysis({
        ...plain(args),
        delimiter: input.delimiter ?? '',
        sheet: input.sheet ?? '',
        headerRow: input.headerRow ?? 0,
      }),
    ),

  setImportMapping: (_root, { input, ...args }, { services }) =>
    command(() =>
      services.imports.setMapping({
        ...plain(args),
        columns: input.columns.map(({ column, target }) => ({ column, target: target ?? '' })),
      }),
    ),

  setImportOptions: (_root, { input, ...args }, { services }) =>
    command(() => services.imports.setOptions({ ...plain(args), options: optionsOf(input) })),

  planImport: (_root, args, { services }) => command(() => services.imports.planImport(plain(args))),

  decideRows: (_root, { rows, decision, ...args }, { services }) =>
    command(() =>
      services.imports.decideRows({
        ...plain(args),
        rows: selectionOf(rows),
        action: decision.action ?? '',
        record: decision.record ? recordRef(decision.record).id : '',
      }),
    ),

  confirmImport: (_root, { planHash, ...args }, { services }) =>
    command(() => services.imports.confirmImport({ ...plain(args), hash: planHash })),

  startImport: (_root, { planHash, ...args }, { services }) =>
    command(() => services.imports.startImport({ ...plain(args), hash: planHash })),

  pauseImport: (_root, args, { services }) => command(() => services.imports.pauseImport(plain(args))),
  resumeImport: (_root, args, { services }) => command(() => services.imports.resumeImport(plain(args))),
  cancelImport: (_root, args, { services }) => command(() => services.imports.cancelImport(plain(args))),
  discardImport: (_root, args, { services }) => command(() => services.imports.discardImport(plain(args))),

  continueImport: (_root, args, { services }) =>
    command(() => services.imports.retryRows({ ...plain(args), rows: undefined, continueCancelled: true })),

  retryRows: (_root, { rows, ...args }, { services }) =>
    command(() => services.imports.retryRows({ ...plain(args), rows: selectionOf(rows), continueCancelled: false })),
};

/** @throws DomainError VALUE_NOT_ALLOWED for what cannot be the size of a file */
function bytesOf(size: number): number {
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw validation('VALUE_NOT_ALLOWED', { text: String(size), field: 'sizeBytes' }, 'sizeBytes');
}

function selectionOf(rows: { rows?: number[] | null; outcome?: string | null; reason?: string | null; code?: string | null }): importsV1.RowSelection {
  return { rows: rows.rows ?? [], outcome: rows.outcome ?? '', reason: rows.reason ?? '', code: rows.code ?? '' };
}

/** An empty text or map means "as it is": the service fills it from the present options. */
function optionsOf(input: OptionsInput): importsV1.ImportOptions {
  return requestOf(importsV1.ImportOptions, {
    defaults: mapOf(input.defaults),
    dateFormat: mapOf(input.dateFormat),
    defaultCountry: input.defaultCountry ?? '',
    duplicatePolicy: input.duplicatePolicy ?? '',
    blankCells: input.blankCells ?? '',
    invalidOptionalValue: input.invalidOptionalValue ?? '',
    onReview: input.onReview ?? '',
    apply: input.apply ?? '',
    keepOriginalDates: switchOf(input.keepOriginalDates),
    caseType: idOrName('CaseType', input.caseType),
    caseList: idOrName('CaseList', input.caseList),
    newCaseList: input.newCaseList ?? '',
    addSkippedToList: switchOf(input.addSkippedToList),
    clientDuplicatePolicy: input.clientDuplicatePolicy ?? '',
  });
}

/** What is chosen by its id, global or bare, or by its name. */
function idOrName(type: 'CaseType' | 'CaseList', text: string | null | undefined): string {
  const given = text ?? '';
  const ref = parseGlobalId(given);
  return ref?.type === type ? ref.id : given;
}

function switchOf(value: boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  return value ? 'ON' : 'OFF';
}

function mapOf(pairs: readonly KeyValueInput[] | null | undefined): Record<string, string> {
  return Object.fromEntries((pairs ?? []).map(({ key, value }) => [key, value]));
}
