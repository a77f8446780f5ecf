import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { demoCases, exampleCases } from './demo-cases.js';
import { demoContacts, exampleFiles } from './demo-data.js';

export interface Demo {
  readonly company: string;
  readonly password: string;
  /** A key of the owner, for the command line of this clone. */
  readonly bearer: string;
  readonly users: readonly { role: string; email: string }[];
  readonly files: { readonly clean: string; readonly messy: string; readonly duplicates: string; readonly cases: string };
}

interface SeedOptions {
  readonly address: string;
  readonly installationKey: string;
  readonly password: string;
  /** Where the example files go, and the note that the demo is complete. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

const COMPANY = 'Kestrel & Alder LLP (demo)';
const OWNER = 'owner@kestrel-alder.test';
const ROLES = ['admin', 'manager', 'staff', 'viewer', 'auditor'];
const BATCH = 100;
const CASES = 120;
const CASE_BATCH = 60;
const IMPORT_MS = 120_000;
const POLL_MS = 100;

type Json = Record<string, unknown>;

/** A signed-in user of the gateway, as a script would be. */
class Session {
  constructor(
    private readonly address: string,
    private readonly bearer: string,
  ) {}

  async send(method: string, path: string, body?: Json | string, key?: string): Promise<Json> {
    const response = await fetch(new URL(path, this.address), {
      method,
      signal: AbortSignal.timeout(30_000),
      headers: {
        authorization: `Bearer ${this.bearer}`,
        'content-type': typeof body === 'string' ? 'application/octet-stream' : 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The demo could not be made: ${method} ${path} answered ${response.status} ${text.slice(0, 300)}`);
    return text === '' ? {} : (JSON.parse(text) as Json);
  }

  async graphql(query: string, variables: Json): Promise<Json> {
    const answer = await this.send('POST', '/graphql', { query, variables });
    if (answer['errors'] !== undefined) throw new Error(`The demo could not be made: ${JSON.stringify(answer['errors']).slice(0, 300)}`);
    return answer['data'] as Json;
  }
}

/**
 * Makes the demo company: users of each role, 200 contacts, 120 cases with a list of some of them, four example files, one
 * finished import. It goes through the public API with keys that make a second try continue the first, so a start that was
 * cut off is completed by the next one. A demo made before there were cases gets them, and a key that reaches them.
 */
export async function seedDemo(options: SeedOptions): Promise<Demo> {
  const files = writeExamples(options.folder);
  const note = join(options.folder, 'demo.json');
  const users = [{ role: 'owner', email: OWNER }, ...ROLES.map((role) => ({ role, email: `${role}@kestrel-alder.test` }))];
  const made = (bearer: string): Demo => ({ company: COMPANY, password: options.password, bearer, users, files });
  const known = readNote(note);
  if (known?.cases === true) return made(known.bearer);
  const owner = known === undefined ? await people(options, users, files) : await signIn(options.address, OWNER, options.password);
  options.say('Making the cases of the demo …');
  await addCases(owner);
  const bearer = await makeKey(owner);
  writeFileSync(note, JSON.stringify({ bearer, cases: true }), { mode: 0o600 });
  return made(bearer);
}

async function people(options: SeedOptions, users: Demo['users'], files: Demo['files']): Promise<Session> {
  options.say('Making the demo company …');
  await makeCompany(options);
  const owner = await signIn(options.address, OWNER, options.password);
  for (const { role, email } of users.slice(1)) await addUser(owner, role, email, options.password);
  await addContacts(owner);
  await runImport(owner, readFileSync(files.clean, 'utf8'));
  return owner;
}

interface Note {
  readonly bearer: string;
  readonly cases?: boolean;
}

function readNote(note: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function writeExamples(folder: string): Demo['files'] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const examples = exampleFiles();
  for (const [name, content] of Object.entries(examples)) writeFileSync(join(folder, `clients-${name}.csv`), content);
  writeFileSync(join(folder, 'cases.csv'), exampleCases());
  return { cases: join(folder, 'cases.csv'), clean: join(folder, 'clients-clean.csv'), messy: join(folder, 'clients-messy.csv'), duplicates: join(folder, 'clients-duplicates.csv') };
}

async function makeCompany({ address, installationKey, password }: SeedOptions): Promise<void> {
  const body = { name: COMPANY, kind: 'DEMO', defaultCountry: 'US', timeZone: 'America/Los_Angeles', ownerName: 'Dana Owner', ownerEmail: OWNER, ownerPassword: password };
  await new Session(address, installationKey).send('POST', '/api/companies', body, 'demo company');
}

async function signIn(address: string, email: string, password: string): Promise<Session> {
  const { session } = await new Session(address, '').send('POST', '/api/sign-in', { email, password });
  return new Session(address, String(session));
}

async function addUser(owner: Session, role: string, email: string, password: string): Promise<void> {
  const name = `${role.charAt(0).toUpperCase()}${role.slice(1)} User`;
  const mutation = 'mutation ($input: UserInput!, $key: String) { saveUser(input: $input, idempotencyKey: $key) { user { id } userErrors { code message } } }';
  await owner.graphql(mutation, { input: { name, email, roles: [role], password }, key: `demo user ${role}` });
}

async function addContacts(owner: Session): Promise<void> {
  const contacts = demoContacts(200);
  for (let at = 0; at < contacts.length; at += BATCH) {
    await owner.send('POST', '/api/clients/batch', { items: contacts.slice(at, at + BATCH), onDuplicate: 'SKIP' }, `demo contacts ${at}`);
  }
}

/** The cases of the demo, and a list of those that somebody has to look at first. */
async function addCases(owner: Session): Promise<void> {
  const cases = demoCases(CASES);
  const made: string[] = [];
  for (let at = 0; at < cases.length; at += CASE_BATCH) {
    const { results } = await owner.send('POST', '/api/cases/batch', { items: cases.slice(at, at + CASE_BATCH), onDuplicate: 'SKIP' }, `demo cases ${at}`);
    made.push(...(results as { case: { id: string } | null }[]).flatMap((one) => (one.case === null ? [] : [one.case.id])));
  }
  const create = 'mutation ($name: String!) { createCaseList(input: { name: $name }, idempotencyKey: "demo list") { caseList { id } userErrors { code message } } }';
  const list = (await owner.graphql(create, { name: 'Look at first' }))['createCaseList'] as { caseList: { id: string } | null };
  // Made by a start that was cut off longer ago than keys are remembered: its members are there as well.
  if (list.caseList === null) return;
  const add = 'mutation ($id: ID!, $ids: [ID!]!) { addToCaseList(listId: $id, cases: { ids: $ids }) { userErrors { code message } } }';
  await owner.graphql(add, { id: list.caseList.id, ids: made.filter((_, at) => at % 10 === 0) });
}

/** The example import, from upload to its end, as the README shows it. */
async function runImport(owner: Session, content: string): Promise<void> {
  const { id } = await owner.send('POST', '/api/imports', { type: 'CLIENTS', fileName: 'clients-clean.csv', sizeBytes: Buffer.byteLength(content), importKey: 'demo import' });
  const path = `/api/imports/${String(id)}`;
  let now = await owner.send('GET', path);
  if (now['state'] === 'DRAFT' || now['state'] === 'UPLOADING') {
    await owner.send('PUT', `${path}/file`, content);
    await owner.send('POST', `${path}/file/complete`, {});
  }
  const deadline = Date.now() + IMPORT_MS;
  while (now['state'] !== 'COMPLETED') {
    if (Date.now() > deadline) throw new Error(`The demo's import is still ${String(now['state'])} after two minutes.`);
    await advance(owner, path, now);
    await pause(POLL_MS);
    now = await owner.send('GET', path);
  }
}

async function advance(owner: Session, path: string, now: Json): Promise<void> {
  const planHash = (now['plan'] as { hash?: string } | null)?.hash;
  if (now['state'] === 'MAPPING' && now['code'] !== null) throw new Error(`The demo's import stopped: ${String(now['code'])}`);
  if (now['state'] === 'MAPPING') {
    const { columns } = now['analysis'] as { columns: { column: number; target: string }[] };
    await owner.send('POST', `${path}/mapping`, { columns: columns.map(({ column, target }) => ({ column, target })) });
    await owner.send('POST', `${path}/plan`, {});
  }
  if (now['state'] === 'AWAITING_CONFIRMATION') await owner.send('POST', `${path}/confirm`, { planHash });
  if (now['state'] === 'CONFIRMED') await owner.send('POST', `${path}/start`, { planHash });
}

async function makeKey(owner: Session): Promise<string> {
  const data = await owner.graphql('query { permissions }', {});
  const mutation = 'mutation ($input: ApiKeyInput!) { createApiKey(input: $input) { secret userErrors { code message } } }';
  const made = await owner.graphql(mutation, { input: { name: 'command line of this clone', scopes: data['permissions'] } });
  const { secret } = made['createApiKey'] as { secret: string | null };
  if (secret === null) throw new Error('The demo key could not be made.');
  return secret;
}
