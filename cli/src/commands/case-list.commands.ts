import type { Command } from 'commander';
import type { Api, Json } from '../api.js';
import { EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';
import { checked } from '../record.input.js';
import { foundCase, listId, typeId } from './case.commands.js';

const FIELDS = 'id name description members archived type { name } visibility owner { name } import { id file { name } }';

interface ListView extends Json {
  readonly id: string;
  readonly name: string;
  readonly members: number;
  readonly archived: boolean;
  readonly type: { readonly name: string } | null;
  readonly import: { readonly file: { readonly name: string } } | null;
}

/** `caseledger lists …`: a list is named by its name. */
export const caseListCommands: Register = (program: Command, run) => {
  const lists = program.command('lists').description('Lists of cases: list, show, create, rename, archive, add, remove').action(run(list));
  lists.command('list').description('Every list').option('--archived', 'archived ones too').action(run(list));
  lists.command('show').description('Members of a list').argument('<list>').action(run(show));
  lists
    .command('create')
    .description('Make a list')
    .argument('<name>')
    .option('--description <text>')
    .option('--type <case type>', 'the only type of its members')
    .action(run(create));
  lists.command('rename').description('Give a list another name').argument('<list>').argument('<name>').action(run(rename));
  lists.command('archive').description('Put a list away').argument('<list>').action(run((context, [name]) => act(context, name, 'archiveCaseList')));
  lists.command('add').description('Add cases to a list').argument('<list>').argument('<case...>', 'ids or numbers').action(run((context, args) => members(context, args, 'addToCaseList')));
  lists.command('remove').description('Take cases off a list').argument('<list>').argument('<case...>', 'ids or numbers').action(run((context, args) => members(context, args, 'removeFromCaseList')));
};

async function list({ output, ...context }: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const rows: string[][] = [];
  for (let after: string | null = null, more = true; more; ) {
    const data = await api.graphql(`query ($archived: Boolean, $after: String) { caseLists(includeArchived: $archived, first: 200, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${FIELDS} } } }`, {
      archived: flags['archived'] === true,
      after,
    });
    const page = data['caseLists'] as { nodes: ListView[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    for (const item of page.nodes) {
      output.line(item);
      rows.push([item.name, String(item.members), item.type?.name ?? '', item.import?.file.name ?? '', item.archived ? 'archived' : '']);
    }
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
  }
  output.table(['NAME', 'CASES', 'TYPE', 'MADE BY', ''], rows);
  return EXIT.done;
}

async function show({ output, ...context }: CliContext, [name = '']: readonly string[]): Promise<ExitCode> {
  const api = context.api();
  const id = await listId(api, name);
  const rows: string[][] = [];
  for (let after: string | null = null, more = true; more; ) {
    const data = await api.graphql('query ($id: ID!, $after: String) { caseList(id: $id) { cases(first: 200, after: $after) { pageInfo { hasNextPage endCursor } nodes { id number name archived status { name } } } } }', { id, after });
    const { cases } = data['caseList'] as { cases: { nodes: { number: string; name: string; archived: boolean; status: { name: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } };
    for (const item of cases.nodes) {
      output.line(item);
      rows.push([item.number, item.name, item.status.name, item.archived ? 'archived' : '']);
    }
    after = cases.pageInfo.endCursor;
    more = cases.pageInfo.hasNextPage;
  }
  output.table(['NUMBER', 'NAME', 'STATUS', ''], rows);
  return EXIT.done;
}

async function create(context: CliContext, [name = '']: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const input = {
    name,
    ...(typeof flags['description'] === 'string' ? { description: flags['description'] } : {}),
    ...(typeof flags['type'] === 'string' ? { typeId: await typeId(api, flags['type']) } : {}),
  };
  return told(context, await command(api, 'createCaseList', '$input: CaseListInput!', 'input: $input', { input }), 'Made');
}

async function rename(context: CliContext, [name = '', wanted = '']: readonly string[]): Promise<ExitCode> {
  const api = context.api();
  const given = { id: await listId(api, name), name: wanted };
  return told(context, await command(api, 'renameCaseList', '$id: ID!, $name: String!', 'id: $id, name: $name', given), 'Renamed');
}

async function act(context: CliContext, name = '', mutation: string): Promise<ExitCode> {
  const api = context.api();
  return told(context, await command(api, mutation, '$id: ID!', 'id: $id', { id: await listId(api, name) }), 'Archived');
}

async function members(context: CliContext, [name = '', ...given]: readonly string[], mutation: 'addToCaseList' | 'removeFromCaseList'): Promise<ExitCode> {
  const api = context.api();
  const id = await listId(api, name);
  const ids = [];
  for (const one of given) ids.push((await foundCase(api, one)).id);
  const payload = await command(api, mutation, '$id: ID!, $cases: CaseSelection!', 'listId: $id, cases: $cases', { id, cases: { ids } });
  const changed = Number(payload['changed']);
  context.output.line(payload);
  context.output.say(`${changed} ${changed === 1 ? 'case' : 'cases'} ${mutation === 'addToCaseList' ? 'added to' : 'taken off'} ${name}`);
  return EXIT.done;
}

async function command(api: Api, mutation: string, declared: string, given: string, variables: Json): Promise<Json> {
  const data = await api.graphql(`mutation (${declared}) { ${mutation}(${given}) { caseList { ${FIELDS} } changed userErrors { code message field } } }`, variables);
  return checked(data[mutation] as Json);
}

function told({ output }: CliContext, payload: Json, what: string): ExitCode {
  const item = payload['caseList'] as ListView;
  output.line(item);
  output.say(`${what} the list ${item.name}`);
  return EXIT.done;
}
