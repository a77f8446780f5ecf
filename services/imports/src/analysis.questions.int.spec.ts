import { ImportRows } from './import.rows.js';
import { importsHarness, TENANT, type ImportsHarness } from './imports.fixture.js';
import { MemoryTarget } from './target.fixture.js';

let harness: ImportsHarness;

beforeAll(async () => {
  harness = await importsHarness('analysis-questions', async () => {
    const { target, feed } = new MemoryTarget();
    return { target, feed };
  });
  await harness.allow(['contacts.write', 'imports.run']);
  await harness.worker();
});

afterAll(() => harness.close());

const TABLE = 'First name,Last name,Email,City\nAna,Lee,ana@kestrel-mail.net,Eugene\nBo,Hale,bo@kestrel-mail.net,Bend\n';
const TITLED = `Clients of 2024,,,\n\n${TABLE}`;
const nothing = { delimiter: '', sheet: '', headerRow: 0 };

async function overridden(id: string, override: Partial<typeof nothing>) {
  await harness.operations.setAnalysis(harness.caller, id, { ...nothing, ...override });
  return harness.until(id, 'MAPPING');
}

describe('what the analysis asks (ANA-001, ANA-004)', () => {
  it('ANA-004 a title above the header asks for the header row, shows the rows, and goes on once it is chosen', async () => {
    const id = await harness.upload(TITLED);
    const asked = await harness.view(id);
    expect(asked).toMatchObject({ state: 'MAPPING', reason: { code: 'HEADER_NOT_FOUND' }, mapping: { columns: [] } });
    expect(asked.timeline.at(-1)).toMatchObject({ state: 'MAPPING', code: 'HEADER_NOT_FOUND' });
    const query = { of: 'PREVIEW' as const, outcome: '', reason: '', code: '', rows: [], allAttempts: false, afterRow: 0, brief: false, first: 10 };
    const preview = await new ImportRows(harness.context, async () => []).list(TENANT, asked, query);
    expect(preview.rows.map(({ line, cells }) => [line, cells[0]])).toEqual([[1, 'Clients of 2024'], [2, ''], [3, 'First name'], [4, 'Ana'], [5, 'Bo']]);
    await expect(harness.operations.plan(harness.caller, id)).rejects.toMatchObject({ code: 'HEADER_NOT_FOUND' });
    const answered = await overridden(id, { headerRow: 3 });
    expect(answered).toMatchObject({ reason: null, analysis: { rows: 2, columns: 4 } });
    expect(answered.mapping.columns.map(({ target }) => target)).toEqual(['firstName', 'lastName', 'email', expect.stringMatching(/[cC]ity/)]);
    await harness.run(id);
    expect((await harness.until(id, 'COMPLETED')).counts).toMatchObject({ read: 2, created: 2 });
  });

  it('ANA-001 a choice that cannot be read leaves the import open for another one', async () => {
    const id = await harness.upload(TABLE);
    expect(await overridden(id, { headerRow: 99 })).toMatchObject({ reason: { code: 'HEADER_NOT_FOUND' } });
    expect(await overridden(id, { headerRow: 3 })).toMatchObject({ reason: { code: 'FILE_NO_ROWS' } });
    await expect(harness.operations.plan(harness.caller, id)).rejects.toMatchObject({ code: 'FILE_NO_ROWS' });
    expect(await overridden(id, {})).toMatchObject({ reason: null, analysis: { rows: 2, columns: 4 } });
  });

  it('refuses at once a sheet for a file without sheets, and a row that cannot be', async () => {
    const id = await harness.upload(TABLE);
    const refusal = (field: string) => expect.objectContaining({ code: 'VALUE_NOT_ALLOWED', field });
    await expect(harness.operations.setAnalysis(harness.caller, id, { ...nothing, sheet: 'Clients' })).rejects.toEqual(refusal('sheet'));
    await expect(harness.operations.setAnalysis(harness.caller, id, { ...nothing, headerRow: -2 })).rejects.toEqual(refusal('headerRow'));
    await expect(harness.operations.setAnalysis(harness.caller, id, { ...nothing, delimiter: '"' })).rejects.toEqual(refusal('delimiter'));
    expect(await harness.view(id)).toMatchObject({ state: 'MAPPING', reason: null });
  });

  it('LED-007 a corrected file below a title is a retry once its header row is chosen', async () => {
    const first = await harness.upload('First name,Last name,Email,City\nCy,Wu,not a mail,Bend\nDee,Roe,dee@kestrel-mail.net,Bend\n');
    await harness.run(first);
    await harness.until(first, 'COMPLETED');
    const id = await harness.upload(`To be fixed,,,,,\n\n_import,_row,First name,Last name,Email,City\n${first},1,Cy,Wu,cy@kestrel-mail.net,Bend\n`);
    await harness.operations.setAnalysis(harness.caller, id, { ...nothing, headerRow: 3 });
    expect((await harness.until(id, 'DISCARDED')).continuesAs).toBe(first);
    const retried = await harness.until(first, 'COMPLETED');
    expect(retried).toMatchObject({ counts: { read: 2, created: 2, failed: 0 }, attempts: [{ attempt: 1 }, { attempt: 2, rows: 1 }] });
  });
});
