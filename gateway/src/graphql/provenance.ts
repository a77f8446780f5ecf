import { importsV1, type contactsV1 } from '@caseledger/contracts';
import type { ResolversTypes } from '../gen/resolvers.js';
import { requestOf, type Services } from '../services.js';
import type { Loaders } from './graphql-context.js';
import { namedValue } from './standing-names.js';
import { headersOf, textOrNull, time } from './values.js';

type OriginObject = Awaited<ResolversTypes['Origin']>;
type ProvenanceObject = Awaited<ResolversTypes['Provenance']>;

/** What caused an event; an import is loaded, so that its file and name can be shown beside the value. */
export async function toOrigin(origin: contactsV1.Origin | undefined, loaders: Loaders): Promise<OriginObject> {
  const fromImport = origin !== undefined && origin.kind === 'import' && origin.id !== '';
  return {
    kind: (origin?.kind ?? 'system').toUpperCase(),
    import: fromImport ? await loaders.imports.load(origin.id) : null,
    run: textOrNull(origin?.run ?? ''),
    row: origin !== undefined && origin.row > 0 ? origin.row : null,
  };
}

/** The full answer to "where does this value come from?" (HIS-006): import, file, sheet, row, line, column and text. */
export async function toProvenance(
  entry: contactsV1.ProvenanceEntry,
  services: Services,
  loaders: Loaders,
): Promise<ProvenanceObject> {
  const origin = await toOrigin(entry.origin, loaders);
  const source = await importOf(entry.origin, loaders);
  const place = source === null || entry.row === 0 ? undefined : await rowPlace(source.id, entry.row, services);
  return {
    path: entry.path,
    value: textOrNull(await namedValue(entry.path, entry.value, loaders)),
    at: time(entry.atMs),
    actor: entry.actor === '' ? null : await loaders.users.load(entry.actor),
    origin,
    fileName: source?.file?.name ?? null,
    sheet: textOrNull(place?.sheet ?? ''),
    row: entry.row === 0 ? null : entry.row,
    line: place?.line ?? null,
    column: headersOf(source?.analysis).get(entry.column) ?? null,
    original: textOrNull(entry.original),
    mappingVersion: source?.mappingVersion ?? null,
  };
}

async function importOf(origin: contactsV1.Origin | undefined, loaders: Loaders): Promise<importsV1.Import | null> {
  return origin?.kind === 'import' && origin.id !== '' ? loaders.imports.load(origin.id) : null;
}

async function rowPlace(id: string, row: number, services: Services): Promise<importsV1.RowEntry | undefined> {
  const reply = await services.imports.listRows(
    requestOf(importsV1.ListRowsRequest, { id, of: 'LEDGER', rows: [row], first: 1 }),
  );
  return reply.rows[0];
}
