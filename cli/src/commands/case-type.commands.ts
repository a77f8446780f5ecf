import type { Command } from 'commander';
import type { Json } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import type { CliContext, Register } from '../context.js';
import { checked, collect } from '../record.input.js';
import { typeId } from './case.commands.js';

const FIELDS = 'id version name description practiceArea colour archived cases statuses { id name category clientWording proposesArchiving }';

interface TypeView extends Json {
  readonly id: string;
  readonly name: string;
  readonly practiceArea: string | null;
  readonly archived: boolean;
  readonly cases: number;
  readonly statuses: { readonly name: string; readonly category: string }[];
}

/** `caseledger case-types …`: a type is named by its name. */
export const caseTypeCommands: Register = (program: Command, run) => {
  const types = program.command('case-types').description('Case types and their statuses: list, create, rename, archive').action(run(list));
  types.command('list').description('Every case type').option('--archived', 'archived ones too').action(run(list));
  types
    .command('create')
    .description('Define a case type')
    .argument('<name>')
    .requiredOption('--status <name[:closed]>', 'its statuses in their order; :closed for those that end a case', collect, [])
    .option('--practice-area <text>')
    .option('--description <text>')
    .action(run(create));
  types.command('rename').description('Give a case type another name').argument('<type>').argument('<name>').action(run(rename));
  types.command('archive').description('Offer a case type no more; its cases stay').argument('<type>').action(run(archive));
};

async function list({ output, ...context }: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const data = await context.api().graphql(`query ($archived: Boolean) { caseTypes(includeArchived: $archived) { ${FIELDS} } }`, { archived: flags['archived'] === true });
  const types = data['caseTypes'] as TypeView[];
  for (const type of types) output.line(type);
  output.table(['NAME', 'CASES', 'STATUSES', ''], types.map(({ name, cases, statuses, archived }) => [name, String(cases), statuses.map((status) => status.name).join(', '), archived ? 'archived' : '']));
  return EXIT.done;
}

async function create(context: CliContext, [name]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const statuses = (flags['status'] as string[]).map(statusOf);
  const texts = { practiceArea: flags['practiceArea'], description: flags['description'] };
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === 'string'));
  return save(context, { name, statuses, ...given }, 'Made');
}

function statusOf(text: string): Json {
  const [, name = '', ending] = /^(.*?)(?::(open|closed))?$/i.exec(text) ?? [];
  if (name.trim() === '') throw new CliError(null, `--status takes a name, not ${text}.`, EXIT.usage);
  return { name: name.trim(), category: ending?.toLowerCase() === 'closed' ? 'CLOSED' : 'OPEN' };
}

async function rename(context: CliContext, [type = '', name]: readonly string[]): Promise<ExitCode> {
  return save(context, { id: await typeId(context.api(), type), name }, 'Renamed');
}

async function save({ output, ...context }: CliContext, input: Json, what: string): Promise<ExitCode> {
  const data = await context.api().graphql(`mutation ($input: CaseTypeInput!) { saveCaseType(input: $input) { caseType { ${FIELDS} } userErrors { code message field } } }`, { input });
  return told(output, checked(data['saveCaseType'] as Json), what);
}

async function archive({ output, ...context }: CliContext, [type = '']: readonly string[]): Promise<ExitCode> {
  const api = context.api();
  const data = await api.graphql(`mutation ($id: ID!) { archiveCaseType(id: $id) { caseType { ${FIELDS} } userErrors { code message field } } }`, { id: await typeId(api, type) });
  return told(output, checked(data['archiveCaseType'] as Json), 'Archived');
}

function told(output: CliContext['output'], payload: Json, what: string): ExitCode {
  const type = payload['caseType'] as TypeView;
  output.line(type);
  output.say(`${what} the case type ${type.name}: ${type.statuses.map(({ name }) => name).join(', ')}`);
  return EXIT.done;
}
