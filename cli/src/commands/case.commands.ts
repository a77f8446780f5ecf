import type { Command } from 'commander';
import type { Api, Json } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';
import { showHistory, showProvenance } from '../record.history.js';
import { collect, pairsOf, showFields } from '../record.input.js';

const CASE = `fragment case on Case {
  id version number name type { id name } status { id name } category contacts { contactId role primary contact { name } }
  source description openedOn closedOn keyDates { id label kind at reminderDays } tags externalIds { system id }
  lists { id name } archived archivedReason review import { id file { name } } importRow createdAt changedAt
}`;
const LIST = `query ($filter: CaseFilter, $after: String) {
  cases(filter: $filter, first: 200, after: $after, sort: { by: NUMBER }) { pageInfo { hasNextPage endCursor } nodes { ...case } }
}`;
const NUMBER = /^C-\d{4}-\d{6,}$/i;

interface CaseView extends Json {
  readonly id: string;
  readonly version: number;
  readonly number: string;
  readonly name: string;
  readonly type: { readonly id: string; readonly name: string };
  readonly status: { readonly name: string };
  readonly contacts: { readonly role: string; readonly primary: boolean; readonly contact: { readonly name: string } | null }[];
  readonly openedOn: string | null;
  readonly archived: boolean;
}

/** `caseledger cases …`: a case is named by its id or its number. */
export const caseCommands: Register = (program: Command, run) => {
  const cases = program.command('cases').description('Cases: list, show, history, edit, archive').action(run(list));
  cases
    .command('list')
    .description('Every case')
    .option('--search <text>', 'case name, number or external id, or the client by name, phone or e-mail')
    .option('--type <name>', 'only this case type')
    .option('--open', 'only open ones')
    .option('--closed', 'only closed ones')
    .option('--list <name>', 'only members of this list')
    .option('--archived', 'archived ones too')
    .action(run(list));
  cases.command('show').description('One case, whole').argument('<case>', 'id or number').action(run(show));
  cases.command('history').description('Every event, and where values come from').argument('<case>', 'id or number').option('--provenance', 'the source of every value').action(run(history));
  cases
    .command('edit')
    .description('Change fields, status or type')
    .argument('<case>', 'id or number')
    .option('--set <field=value>', 'a field and its new value, such as caseName or openedOn; an empty value empties it', collect, [])
    .option('--status <name>', 'a status of its type')
    .option('--type <name>', 'another case type; --status names the status there')
    .option('--reason <text>', 'why the status changes')
    .option('--version <n>', 'the version that was read')
    .action(run(edit));
  cases.command('archive').description('Put a case away; nothing is deleted').argument('<case>', 'id or number').option('--reason <text>').action(run(archive));
  cases.command('restore').description('Take a case out of the archive').argument('<case>', 'id or number').action(run(restore));
};

async function list({ output, ...context }: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const filter = await filterOf(api, flags);
  const rows: string[][] = [];
  for (let after: string | null = null, more = true; more; ) {
    const data = await api.graphql(`${LIST} ${CASE}`, { filter, after });
    const page = data['cases'] as { nodes: CaseView[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    for (const item of page.nodes) {
      output.line(item);
      if (!output.json) rows.push(summary(item));
    }
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
  }
  output.table(['NUMBER', 'NAME', 'CLIENT', 'TYPE', 'STATUS', 'OPENED', ''], rows);
  return EXIT.done;
}

async function filterOf(api: Api, flags: Record<string, unknown>): Promise<Json> {
  if (flags['open'] === true && flags['closed'] === true) throw new CliError(null, 'Say --open or --closed, not both.', EXIT.usage);
  return {
    ...(typeof flags['search'] === 'string' ? { search: flags['search'] } : {}),
    ...(typeof flags['type'] === 'string' ? { types: [await typeId(api, flags['type'])] } : {}),
    ...(typeof flags['list'] === 'string' ? { listId: await listId(api, flags['list']) } : {}),
    ...(flags['open'] === true ? { category: 'OPEN' } : flags['closed'] === true ? { category: 'CLOSED' } : {}),
    ...(flags['archived'] === true ? { archived: 'INCLUDE' } : {}),
  };
}

function summary(item: CaseView): string[] {
  const client = item.contacts.find(({ primary }) => primary)?.contact?.name ?? '';
  return [item.number, item.name, client, item.type.name, item.status.name, item.openedOn ?? '', item.archived ? 'archived' : ''];
}

/** The case with this id or number. @throws CliError NOT_FOUND */
export async function foundCase(api: Api, given: string | undefined): Promise<CaseView> {
  const named = given ?? '';
  const item = NUMBER.test(named) ? await numbered(api, named.toUpperCase()) : await identified(api, named);
  if (item === undefined) throw new CliError('NOT_FOUND', `There is no case ${named}.`);
  return item;
}

async function numbered(api: Api, number: string): Promise<CaseView | undefined> {
  const data = await api.graphql(`${LIST} ${CASE}`, { filter: { search: number, archived: 'INCLUDE' } });
  return (data['cases'] as { nodes: CaseView[] }).nodes.find((item) => item.number === number);
}

async function identified(api: Api, id: string): Promise<CaseView | undefined> {
  const data = await api.graphql(`query ($id: ID!) { case(id: $id) { ...case } } ${CASE}`, { id });
  return (data['case'] as CaseView | null) ?? undefined;
}

async function show({ output, ...context }: CliContext, [given]: readonly string[]): Promise<ExitCode> {
  const item = await foundCase(context.api(), given);
  output.line(item);
  showFields(output, item);
  return EXIT.done;
}

async function history({ output, ...context }: CliContext, [given]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const { id } = await foundCase(api, given);
  return flags['provenance'] === true ? showProvenance(api, output, id) : showHistory(api, output, id);
}

async function edit({ output, ...context }: CliContext, [given]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const fields = pairsOf(flags['set'] as string[]);
  const status = typeof flags['status'] === 'string' ? flags['status'] : undefined;
  const type = typeof flags['type'] === 'string' ? flags['type'] : undefined;
  if (Object.keys(fields).length === 0 && status === undefined && type === undefined) throw new CliError(null, 'Nothing to change: use --set, --status or --type.', EXIT.usage);
  const item = await foundCase(api, given);
  const path = `/api/cases/${localId(item.id)}`;
  const version = flags['version'] === undefined ? item.version : Number(flags['version']);
  if (Object.keys(fields).length > 0) await api.patch(path, fields, { 'if-match': `"${version}"` });
  if (type !== undefined) await api.post(`${path}/type`, { type, ...(status === undefined ? {} : { status }) });
  else if (status !== undefined) await api.post(`${path}/status`, { status, ...(typeof flags['reason'] === 'string' ? { reason: flags['reason'] } : {}) });
  return changed({ output, ...context }, api, item.id, 'Changed');
}

async function archive({ output, ...context }: CliContext, [given]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const { id } = await foundCase(api, given);
  await api.post(`/api/cases/${localId(id)}/archive`, typeof flags['reason'] === 'string' ? { reason: flags['reason'] } : {});
  return changed({ output, ...context }, api, id, 'Archived');
}

async function restore({ output, ...context }: CliContext, [given]: readonly string[]): Promise<ExitCode> {
  const api = context.api();
  const { id } = await foundCase(api, given);
  await api.post(`/api/cases/${localId(id)}/restore`);
  return changed({ output, ...context }, api, id, 'Restored');
}

async function changed({ output }: Pick<CliContext, 'output'>, api: Api, id: string, what: string): Promise<ExitCode> {
  const item = await foundCase(api, id);
  output.line(item);
  output.say(`${what} ${item.number} ${item.name}, now version ${item.version}`);
  return EXIT.done;
}

/** REST knows the id inside a global one. */
function localId(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split(':')[1] ?? id;
}

/** The id of a case type by its name, without regard to case. @throws CliError NOT_FOUND */
export async function typeId(api: Api, name: string): Promise<string> {
  const data = await api.graphql('{ caseTypes(includeArchived: true) { id name } }');
  const types = data['caseTypes'] as { id: string; name: string }[];
  const type = types.find((one) => one.id === name || one.name.toLowerCase() === name.toLowerCase());
  if (type === undefined) throw new CliError('NOT_FOUND', `There is no case type ${name}. There are: ${types.map((one) => one.name).join(', ')}.`);
  return type.id;
}

/** The id of a list by its name, without regard to case. @throws CliError NOT_FOUND */
export async function listId(api: Api, name: string): Promise<string> {
  const data = await api.graphql('query ($name: String!) { caseLists(search: $name, includeArchived: true, first: 200) { nodes { id name } } }', { name });
  const { nodes } = data['caseLists'] as { nodes: { id: string; name: string }[] };
  const list = nodes.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (list === undefined) throw new CliError('NOT_FOUND', `There is no list ${name}.`);
  return list.id;
}
