import type { Api, Json } from './api.js';
import { EXIT, type ExitCode } from './cli-error.js';
import type { Output } from './output.js';

interface HistoryView {
  readonly version: number;
  readonly type: string;
  readonly at: string;
  readonly actor: { name: string } | null;
  readonly origin: { kind: string; row: number | null; import: { file: { name: string } } | null };
  readonly changes: { field: string; before: unknown; after: unknown }[];
}

/** Every event of a contact or a case. */
export async function showHistory(api: Api, output: Output, id: string | undefined): Promise<ExitCode> {
  for (let after: string | null = null, more = true; more; ) {
    const data = await api.graphql(
      `query ($id: ID!, $after: String) { recordHistory(id: $id, first: 200, after: $after) { pageInfo { hasNextPage endCursor }
        nodes { version type at actor { name } origin { kind row import { id file { name } } } reason changes { field before after } } } }`,
      { id, after },
    );
    const page = data['recordHistory'] as { nodes: HistoryView[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    for (const event of page.nodes) {
      output.line(event);
      output.say(historyLine(event));
    }
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
  }
  return EXIT.done;
}

function historyLine({ version, type, at, actor, origin, changes }: HistoryView): string {
  const source = origin.import === null ? origin.kind.toLowerCase() : `${origin.import.file.name} row ${origin.row ?? '?'}`;
  const what = changes.map(({ field, before, after }) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
  return [`${version}`.padStart(4), at, type, `(${source}${actor === null ? '' : `, ${actor.name}`})`, ...what].join('  ');
}

/** Where each value of a contact or a case comes from. */
export async function showProvenance(api: Api, output: Output, id: string | undefined): Promise<ExitCode> {
  const data = await api.graphql(
    'query ($id: ID!) { fieldProvenance(id: $id) { path value at actor { name } origin { kind } fileName sheet row line column original mappingVersion } }',
    { id },
  );
  for (const entry of data['fieldProvenance'] as Json[]) {
    output.line(entry);
    output.say(`${String(entry['path']).padEnd(26)} ${String(entry['value'])}  ← ${placeOf(entry)}`);
  }
  return EXIT.done;
}

/** File, row, column and the cell's own text, as far as there are any. */
function placeOf({ fileName, row, column, original, origin }: Json): string {
  if (fileName === null) return String((origin as { kind: string }).kind).toLowerCase();
  const parts = [`${String(fileName)}, row ${String(row)}`, column === null ? '' : `column "${String(column)}"`, original === null ? '' : `as "${String(original)}"`];
  return parts.filter((part) => part !== '').join(', ');
}
