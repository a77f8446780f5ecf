import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine, Network, type CommandEnd, type Json } from '@caseledger/testing';
import { newCompany } from './company.js';

const FILE = [
  'Matter,Case Type,Status,Client First Name,Client Last Name,Client Email,Opened',
  'Ferrer v. Quarry,Personal Injury,Active,Ana,Ferrer,ana@kestrel-mail.net,2026-03-02',
  'In re Ferrer,Family Law,,Ana,Ferrer,ana@kestrel-mail.net,2026-03-03',
  'State v. Hale,,,Noah,Hale,noah@kestrel-mail.net,2026-03-04',
  ',,,,,,',
  'Broken,Personal Injury,,Wei,Novak,wei@kestrel-mail.net,31/02/2026',
  'Ferrer v. Quarry,Personal Injury,,Ana,Ferrer,ana@kestrel-mail.net,',
].join('\r\n');

/** What the command line does with cases, on the product as it is started (OPS-007). */
describe('cases on the command line', () => {
  const network = new Network();
  const folder = mkdtempSync(join(tmpdir(), 'caseledger-cli-cases-'));
  const file = join(folder, 'cases.csv');
  let cli: CommandLine;

  beforeAll(() => {
    writeFileSync(file, FILE);
    return network.start();
  }, 180_000);
  beforeEach(async () => {
    const company = await newCompany(network);
    cli = new CommandLine(network, company.bearer, folder);
  });
  afterAll(async () => {
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const last = ({ lines }: CommandEnd): Json => lines.at(-1) ?? {};
  const importCases = (...options: string[]): Promise<CommandEnd> => cli.run('import', file, '--type', 'cases', ...options, '--yes', '--json');
  const listed = async (...flags: string[]): Promise<Json[]> => [...(await cli.run('cases', 'list', ...flags, '--json')).lines];

  it('imports them with their clients, tells both before it starts, and adds them to the list that was named', async () => {
    await cli.run('lists', 'create', 'Spring');
    const ended = await importCases('--option', 'caseType=Criminal Defense', '--option', 'caseList=spring');
    expect(ended.exit).toBe(3);
    const plan = ended.lines.find(({ event }) => event === 'plan');
    expect(plan).toMatchObject({ counts: { read: 6, created: 3, skipped: 2, failed: 1 }, effects: { CASE_CREATED: 3, CONTACT_CREATED: 2 } });
    expect(last(ended)).toMatchObject({ state: 'COMPLETED', counts: { read: 6, created: 3, skipped: 2, failed: 1 } });
    expect(await listed()).toMatchObject([
      { name: 'Ferrer v. Quarry', type: { name: 'Personal Injury' }, status: { name: 'Active' }, openedOn: '2026-03-02', source: 'IMPORT', importRow: 1, lists: [{ name: 'Spring' }] },
      { name: 'In re Ferrer', status: { name: 'New Lead' }, contacts: [{ role: 'CLIENT', primary: true, contact: { name: 'Ana Ferrer' } }] },
      { name: 'State v. Hale', type: { name: 'Criminal Defense' } },
    ]);
    expect((await cli.run('lists', 'show', 'spring', '--json')).lines).toHaveLength(3);
  }, 120_000);

  it('OPT-005: makes a list for one type, and leaves rows of other types out of it', async () => {
    const ended = await importCases('--option', 'caseType=Family Law', '--option', 'newCaseList=Autumn');
    expect(last(ended)).toMatchObject({ counts: { created: 2, failed: 3 } });
    const rows = await cli.run('imports', 'rows', String(last(ended)['id']), '--outcome', 'failed', '--json');
    expect(rows.lines).toMatchObject([{ row: 1, reason: 'LIST_CASE_TYPE_MISMATCH' }, { row: 5 }, { row: 6, reason: 'LIST_CASE_TYPE_MISMATCH' }]);
    expect((await cli.run('lists', '--json')).lines).toMatchObject([{ name: 'Autumn', members: 2, type: { name: 'Family Law' }, import: { file: { name: 'cases.csv' } } }]);
  }, 120_000);

  it('OPT-004, OPT-005: says what is missing where no type is given, by row and before a list is made', async () => {
    const refused = await importCases('--option', 'newCaseList=Spring');
    expect([refused.exit, last(refused)['error']]).toEqual([1, expect.objectContaining({ code: 'CASE_TYPE_REQUIRED_FOR_LIST' })]);
    const plain = await importCases();
    expect(last(plain)).toMatchObject({ counts: { created: 2, failed: 2 } });
    const rows = await cli.run('imports', 'rows', String(last(plain)['id']), '--outcome', 'failed', '--json');
    expect(rows.lines).toMatchObject([{ row: 3, reason: 'CASE_TYPE_MISSING' }, { row: 5, reason: 'DATE_INVALID' }]);
  }, 120_000);

  it('finds, shows, changes, archives and restores one by its number', async () => {
    await importCases('--option', 'caseType=Family Law');
    const [found] = await listed('--search', 'ana@kestrel-mail.net', '--type', 'personal injury', '--open');
    const number = String(found?.['number']);
    expect((await cli.run('cases', 'show', number.toLowerCase(), '--json')).lines).toMatchObject([{ number, version: 1 }]);
    const edited = await cli.run('cases', 'edit', number, '--set', 'description=Fell on the stairs', '--status', 'Settled', '--json');
    expect(last(edited)).toMatchObject({ number, description: 'Fell on the stairs', status: { name: 'Settled' }, category: 'CLOSED', closedOn: expect.any(String) });
    expect(await listed('--closed')).toHaveLength(1);
    const history = await cli.run('cases', 'history', number, '--json');
    expect(history.lines).toMatchObject([
      { type: 'CaseOpened', origin: { kind: 'IMPORT', row: 1 } },
      { type: 'CaseFieldsChanged', changes: [{ field: 'description', after: 'Fell on the stairs' }] },
      { type: 'CaseStatusChanged', changes: expect.arrayContaining([{ field: 'caseStatus', before: 'Active', after: 'Settled' }]) },
    ]);
    const sources = await cli.run('cases', 'history', number, '--provenance', '--json');
    expect(sources.lines).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'caseName', fileName: 'cases.csv', row: 1, column: 'Matter' })]));
    expect((await cli.run('cases', 'archive', number, '--reason', 'made twice', '--json')).lines).toMatchObject([{ archived: true, archivedReason: 'made twice' }]);
    expect(last(await cli.run('cases', 'edit', number, '--set', 'description=x', '--json'))).toMatchObject({ error: { code: 'CASE_ARCHIVED' } });
    expect((await listed()).map(({ name }) => name)).not.toContain('Ferrer v. Quarry');
    expect(await listed('--archived')).toHaveLength(3);
    expect((await cli.run('cases', 'restore', number, '--json')).exit).toBe(0);
    expect(last(await cli.run('cases', 'show', 'C-1999-000001', '--json'))).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect((await cli.run('cases', 'edit', number)).exit).toBe(2);
  }, 120_000);

  it('takes an import of cases back with its clients, a later edit aside', async () => {
    const { id } = last(await importCases('--option', 'caseType=Family Law'));
    const [found] = await listed('--search', 'State v. Hale');
    await cli.run('cases', 'edit', String(found?.['number']), '--set', 'description=Bail was set');
    expect((await cli.run('revert', String(id), '--yes', '--json')).exit).toBe(0);
    expect((await listed()).map(({ name }) => name)).toEqual(['State v. Hale']);
    const contacts = await cli.run('contacts', 'list', '--json');
    expect(contacts.lines).toMatchObject([{ name: 'Noah Hale' }]);
  }, 120_000);

  it('keeps types and lists', async () => {
    const types = (await cli.run('case-types', '--json')).lines.map(({ name }) => name);
    expect(types).toEqual(['Personal Injury', "Workers' Compensation", 'Family Law', 'Criminal Defense']);
    const made = await cli.run('case-types', 'create', 'Probate', '--status', 'New', '--status', 'Done:closed', '--json');
    expect(made.lines).toMatchObject([{ name: 'Probate', statuses: [{ name: 'New', category: 'OPEN' }, { name: 'Done', category: 'CLOSED' }] }]);
    expect((await cli.run('case-types', 'rename', 'probate', 'Probate & Trusts', '--json')).exit).toBe(0);
    expect((await cli.run('case-types', 'archive', 'Probate & Trusts', '--json')).exit).toBe(0);
    expect((await cli.run('case-types', '--json')).lines).toHaveLength(4);
    await importCases('--option', 'caseType=Family Law');
    const numbers = (await listed()).map(({ number }) => String(number));
    await cli.run('lists', 'create', 'Spring', '--json');
    expect(last(await cli.run('lists', 'create', 'SPRING', '--json'))).toMatchObject({ error: { code: 'LIST_NAME_TAKEN' } });
    expect(last(await cli.run('lists', 'add', 'Spring', ...numbers, '--json'))).toMatchObject({ changed: 3 });
    expect(last(await cli.run('lists', 'remove', 'Spring', numbers[0] ?? '', '--json'))).toMatchObject({ changed: 1 });
    expect((await cli.run('lists', 'rename', 'Spring', 'Summer', '--json')).exit).toBe(0);
    expect(await listed('--list', 'summer')).toHaveLength(2);
    expect((await cli.run('lists', 'archive', 'Summer', '--json')).exit).toBe(0);
    expect((await cli.run('lists', '--json')).lines).toEqual([]);
  }, 120_000);

  it('tells what it takes', async () => {
    const { out } = await cli.run('import', '--help');
    expect(out).toContain('clients, contacts or cases');
    expect((await cli.run('cases', 'list', '--open', '--closed')).exit).toBe(2);
  });
});
