import type { Command } from 'commander';
import type { Api, Json } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';

const LIST = `query ($filter: ContactFilter, $first: Int, $after: String) {
  contacts(filter: $filter, first: $first, after: $after, sort: { by: CREATED }) {
    pageInfo { hasNextPage endCursor }
    nodes { ...contact }
  }
}`;
const CONTACT = `fragment contact on Contact {
  id version type client name firstName middleName lastName prefix suffix nickname companyName jobTitle website
  preferredContactMethod language timeZone status satisfactionScore source sourceDetail originalCreatedAt
  phones { id label number extension display primary } emails { id label address primary }
  addresses { id label street unit city state zip country primary }
  tags externalIds { system id } preferences { channel state } archived archivedReason review createdAt changedAt
}`;

interface ContactView extends Json {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly status: string;
  readonly client: boolean;
  readonly archived: boolean;
  readonly phones: { display: string; primary: boolean }[];
  readonly emails: { address: string; primary: boolean }[];
}

/** `caseledger contacts …`. */
export const contactCommands: Register = (program: Command, run) => {
  const contacts = program.command('contacts').description('Contacts: list, show, history, edit').action(run(list));
  contacts
    .command('list')
    .description('Every contact')
    .option('--search <text>', 'name, phone, e-mail or external id')
    .option('--archived', 'archived ones too')
    .action(run(list));
  contacts.command('show').argument('<id>').action(run(show));
  contacts.command('history').description('Every event, and where values come from').argument('<id>').option('--provenance', 'the source of every value').action(run(history));
  contacts
    .command('edit')
    .description('Change fields')
    .argument('<id>')
    .option('--set <field=value>', 'a field and its new value; an empty value empties it', (value: string, before: string[]) => [...before, value], [])
    .option('--version <n>', 'the version that was read')
    .option('--status <status>', 'active, inactive, pending or unreachable')
    .action(run(edit));
};

async function list({ output, ...context }: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const rows: string[][] = [];
  const filter = { ...(typeof flags['search'] === 'string' ? { search: flags['search'] } : {}), ...(flags['archived'] === true ? { archived: 'INCLUDE' } : {}) };
  for (let after: string | null = null, more = true; more; ) {
    const data = await api.graphql(`${LIST} ${CONTACT}`, { filter, first: 200, after });
    const page = data['contacts'] as { nodes: ContactView[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    for (const contact of page.nodes) {
      output.line(contact);
      if (!output.json) rows.push(summary(contact));
    }
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
  }
  output.table(['ID', 'NAME', 'STATUS', 'PHONE', 'E-MAIL', ''], rows);
  return EXIT.done;
}

function summary(contact: ContactView): string[] {
  const phone = contact.phones.find(({ primary }) => primary)?.display ?? '';
  const email = contact.emails.find(({ primary }) => primary)?.address ?? '';
  return [contact.id, contact.name, contact.status, phone, email, contact.archived ? 'archived' : ''];
}

async function found(api: Api, id: string | undefined): Promise<ContactView> {
  const data = await api.graphql(`query ($id: ID!) { contact(id: $id) { ...contact } } ${CONTACT}`, { id });
  const contact = data['contact'] as ContactView | null;
  if (contact === null) throw new CliError('NOT_FOUND', `There is no contact ${id ?? ''}.`);
  return contact;
}

async function show({ output, ...context }: CliContext, [id]: readonly string[]): Promise<ExitCode> {
  const contact = await found(context.api(), id);
  output.line(contact);
  for (const [field, value] of Object.entries(contact)) {
    const empty = value === null || (Array.isArray(value) && value.length === 0);
    if (!empty) output.say(`${field.padEnd(22)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  return EXIT.done;
}

async function history({ output, ...context }: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  if (flags['provenance'] === true) return provenance(context.api(), output, id);
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

interface HistoryView {
  readonly version: number;
  readonly type: string;
  readonly at: string;
  readonly actor: { name: string } | null;
  readonly origin: { kind: string; row: number | null; import: { file: { name: string } } | null };
  readonly changes: { field: string; before: unknown; after: unknown }[];
}

function historyLine({ version, type, at, actor, origin, changes }: HistoryView): string {
  const source = origin.import === null ? origin.kind.toLowerCase() : `${origin.import.file.name} row ${origin.row ?? '?'}`;
  const what = changes.map(({ field, before, after }) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
  return [`${version}`.padStart(4), at, type, `(${source}${actor === null ? '' : `, ${actor.name}`})`, ...what].join('  ');
}

async function provenance(api: Api, output: CliContext['output'], id: string | undefined): Promise<ExitCode> {
  const data = await api.graphql(
    'query ($id: ID!) { fieldProvenance(id: $id) { path value at actor { name } origin { kind } fileName sheet row line column original mappingVersion } }',
    { id },
  );
  for (const entry of data['fieldProvenance'] as Json[]) {
    output.line(entry);
    const place = entry['fileName'] === null ? String((entry['origin'] as { kind: string }).kind).toLowerCase() : `${String(entry['fileName'])}, row ${String(entry['row'])}, column "${String(entry['column'])}", as "${String(entry['original'] ?? entry['value'])}"`;
    output.say(`${String(entry['path']).padEnd(26)} ${String(entry['value'])}  ← ${place}`);
  }
  return EXIT.done;
}

async function edit({ output, ...context }: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const input: Json = {};
  for (const text of flags['set'] as string[]) {
    const at = text.indexOf('=');
    if (at < 1) throw new CliError('USAGE', `--set takes field=value, not ${text}.`, EXIT.usage);
    input[text.slice(0, at)] = text.slice(at + 1);
  }
  if (typeof flags['status'] === 'string') input['status'] = flags['status'].toUpperCase();
  if (Object.keys(input).length === 0) throw new CliError('USAGE', 'Nothing to change: use --set or --status.', EXIT.usage);
  const version = flags['version'] === undefined ? (await found(api, id)).version : Number(flags['version']);
  const changed = await change(api, id, version, input);
  output.line(changed);
  output.say(`Changed ${String(changed['name'])}, now version ${String(changed['version'])}`);
  return EXIT.done;
}

/** Over REST, whose fields are those of the catalogue: single fields and slots such as mobilePhone alike. */
function change(api: Api, id: string | undefined, version: number, input: Json): Promise<Json> {
  const uuid = /^[0-9a-f-]{36}$/.test(id ?? '') ? id : Buffer.from(id ?? '', 'base64url').toString('utf8').split(':')[1];
  return api.patch(`/api/clients/${encodeURIComponent(uuid ?? '')}`, input, { 'if-match': `"${version}"` });
}
