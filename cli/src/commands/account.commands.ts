import type { Command } from 'commander';
import { Api, type Json } from '../api.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import { environment, forgetLogin, saveLogin } from '../config.js';
import { addressOf, type CliContext, type Register } from '../context.js';
import { secret } from '../prompt.js';
import { checked } from '../record.input.js';

/** `caseledger login`, `logout`, `company create`, `user add`, `key create|revoke`. */
export const accountCommands: Register = (program: Command, run) => {
  program
    .command('login')
    .description('Sign in and remember it for this address')
    .requiredOption('--email <email>')
    .option('--password <password>', 'asked for when left out')
    .option('--address <url>', 'of the gateway')
    .action(run(login));
  program.command('logout').description('Forget who signed in at this address').option('--address <url>', 'of the gateway').action(run(logout));
  const company = program.command('company').description('Companies of this installation');
  company
    .command('create')
    .argument('<name>')
    .requiredOption('--owner-email <email>')
    .requiredOption('--owner-name <name>')
    .requiredOption('--owner-password <password>')
    .option('--kind <kind>', 'standard or demo', 'standard')
    .option('--country <code>', 'default country', 'US')
    .option('--time-zone <zone>', 'IANA zone', 'UTC')
    .action(run(createCompany));
  const user = program.command('user').description('Users of your company');
  user
    .command('add')
    .argument('<email>')
    .requiredOption('--name <name>')
    .requiredOption('--role <role>', 'owner, admin, manager, staff, viewer or auditor')
    .requiredOption('--password <password>', 'first password, at least 12 characters')
    .action(run(addUser));
  const key = program.command('key').description('API keys');
  key.command('create').argument('<name>').option('--scopes <list>', 'permissions separated by commas; all of yours when left out').action(run(createKey));
  key.command('revoke').argument('<id>').action(run(revokeKey));
};

async function login(context: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const address = typeof flags['address'] === 'string' ? flags['address'] : addressOf(context.config);
  const password = typeof flags['password'] === 'string' ? flags['password'] : await secret(context, 'Password: ');
  const answer = await new Api({ address, bearer: '' }).post('/api/sign-in', { email: flags['email'], password }).catch((fault: unknown) => {
    throw fault instanceof CliError && fault.code === 'UNAUTHENTICATED' ? new CliError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.') : fault;
  });
  saveLogin(environment(), { address, bearer: String(answer['session']) });
  const { company, user } = answer as { company: { name: string }; user: { name: string } };
  context.output.line({ address, company, user });
  context.output.say(`Signed in at ${address} as ${user.name}, ${company.name}`);
  return EXIT.done;
}

/** The session ends at the gateway too; one that does not answer, or has ended it already, keeps nobody from forgetting it here. */
async function logout(context: CliContext, _args: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const address = typeof flags['address'] === 'string' ? flags['address'] : addressOf(context.config);
  const bearer = forgetLogin(environment(), address);
  if (bearer !== undefined) await new Api({ address, bearer }).post('/api/sign-out').catch(() => undefined);
  context.output.line({ address, signedOut: bearer !== undefined });
  context.output.say(bearer === undefined ? `Nobody was signed in at ${address}` : `Signed out at ${address}`);
  return EXIT.done;
}

async function createCompany({ config, output }: CliContext, [name]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  if (config.installationKey === undefined) throw new CliError('UNAUTHENTICATED', 'Making a company needs the installation key: set CASELEDGER_INSTALLATION_KEY.');
  const address = addressOf(config);
  const made = await new Api({ address, bearer: config.installationKey }).post('/api/companies', {
    name,
    kind: String(flags['kind']).toUpperCase(),
    defaultCountry: flags['country'],
    timeZone: flags['timeZone'],
    ownerName: flags['ownerName'],
    ownerEmail: flags['ownerEmail'],
    ownerPassword: flags['ownerPassword'],
  });
  output.line(made);
  output.say(`Made ${name ?? ''}; sign in with: caseledger login --email ${String(flags['ownerEmail'])}`);
  return EXIT.done;
}

async function addUser({ output, ...context }: CliContext, [email]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const role = String(flags['role']).toLowerCase();
  const payload = await mutate(context.api(), 'saveUser', 'UserInput', 'user { id name email roles active }', {
    email,
    name: flags['name'],
    roles: [role],
    password: flags['password'],
  });
  output.line(payload['user']);
  output.say(`Added ${email ?? ''} as ${role}`);
  return EXIT.done;
}

async function createKey({ output, ...context }: CliContext, [name]: readonly string[], flags: Record<string, unknown>): Promise<ExitCode> {
  const api = context.api();
  const { permissions } = await api.graphql('{ permissions }');
  const scopes = typeof flags['scopes'] === 'string' ? flags['scopes'].split(',').map((scope) => scope.trim()) : permissions;
  const payload = await mutate(api, 'createApiKey', 'ApiKeyInput', 'apiKey { id name scopes } secret', { name, scopes });
  output.line({ ...(payload['apiKey'] as Json), secret: payload['secret'] });
  output.say(`${String(payload['secret'])}\nIt is shown this once. Use it as CASELEDGER_KEY or as bearer.`);
  return EXIT.done;
}

async function revokeKey({ output, ...context }: CliContext, [id]: readonly string[]): Promise<ExitCode> {
  const data = await context.api().graphql('mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id name revokedAt } userErrors { code message field } } }', { id });
  const payload = checked(data['revokeApiKey'] as Json);
  output.line(payload['apiKey']);
  output.say('Revoked');
  return EXIT.done;
}

async function mutate(api: Api, name: string, type: string, fields: string, input: Json): Promise<Json> {
  const data = await api.graphql(`mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code message field } } }`, { input });
  return checked(data[name] as Json);
}
