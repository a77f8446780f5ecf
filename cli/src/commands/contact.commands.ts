import type { Command } from 'commander';
import type { Api, Json } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';
import { showHistory, showProvenance } from '../record.history.js';
import { collect, pairsOf, showFields } from '../record.input.js';

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
    .option('--set <field=value>', 'a field and its new value; an empty value empties it', collect, [])
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
  showFields(output, contact);
  return EXIT.done;
}

async function history({ output, ...context }: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  return flags['provenance'] === true ? showProvenance(api, output, id) : showHistory(api, output, id);
}

async function edit({ output, ...context }: CliContext, [id]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const input = pairsOf(flags['set'] as string[]);
  if (typeof flags['status'] === 'string') input['status'] = flags['status'].toUpperCase();
  if (Object.keys(input).length === 0) throw new CliError(null, 'Nothing to change: use --set or --status.', EXIT.usage);
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
