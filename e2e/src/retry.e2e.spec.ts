import { Network } from '@caseledger/testing';
import { ledgerLines } from './compare.js';
import { newCompany, type ImportView, type Session } from './company.js';
import { clients, sumOf } from './people.js';
import { resultFile, writeCsv } from './result-files.js';

const HEADER = ['First Name', 'Last Name', 'Email', 'Job Title', 'Favourite colour'];
const ROWS = [
  ['Ana', 'Ferrer', 'ana@kestrel-mail.net', 'Welder', '=1+1'],
  ['Noah', 'Hale', 'not an address', '=Nurse', 'two\nlines, "quoted"'],
  ['Omar', '', 'omar@kestrel-mail.net', '', '@green'],
  ['Ingrid', 'Moreau', 'broken', 'Pilot', "'=kept"],
  ['', '', '', '', ''],
  ['Ana', 'Ferrer', 'ANA@kestrel-mail.net', '', '-blue-'],
  ['Boris', 'Zhang', 'boris@kestrel-mail.net', '', ''],
];
const FILE = writeCsv([HEADER, ...ROWS]);

/** What a spreadsheet could run stands behind an apostrophe (LED-006, EXP-011). */
function guarded(cell: string): string {
  return /^'*[=+\-@]/.test(cell) ? `'${cell}` : cell;
}

/** @returns the import that the file goes on as. */
async function uploadFixed(company: Session, rows: readonly (readonly string[])[]): Promise<unknown> {
  const bytes = Buffer.from(writeCsv(rows));
  const { id } = await company.json<ImportView>('POST', '/api/imports', { type: 'CLIENTS', fileName: 'fixed.csv', sizeBytes: bytes.length });
  await company.json('PUT', `/api/imports/${id}/file`, bytes);
  await company.json('POST', `/api/imports/${id}/file/complete`, {});
  const upload = await company.until(id, ['DISCARDED']);
  return upload['continuesAs'];
}

function attemptsOf(item: ImportView): { attempt: number; kind: string; rows: number }[] {
  return item['attempts'] as { attempt: number; kind: string; rows: number }[];
}

describe('rows that failed or were held', () => {
  const network = new Network();
  beforeAll(() => network.start(), 180_000);
  afterAll(() => network.stop(), 60_000);

  it('LED-005, LED-006: the three result files add up to the rows read, with the cells as they were', async () => {
    const company = await newCompany(network);
    const done = await company.import(FILE);
    expect(done.counts).toMatchObject({ read: 7, created: 2, failed: 3, skipped: 2 });
    const files = await Promise.all((['succeeded', 'failed', 'not-applied'] as const).map((name) => resultFile(company, done.id, name)));
    const told = files.flatMap(({ header, rows }) => rows.map((cells) => ({ row: Number(cells[header.indexOf('_row')]), cells: cells.slice(header.indexOf('First Name')) })));
    expect(told.map(({ row }) => row).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const { row, cells } of told) expect(cells).toEqual(ROWS[row - 1]?.map(guarded));
    expect(files[1]?.header).toEqual(['_import', '_row', '_error_code', '_error', '_suggestion', ...HEADER]);
    expect(files[1]?.rows.map(([id, row, code]) => [id, row, code])).toEqual([[done.id, '2', 'EMAIL_INVALID'], [done.id, '3', 'REQUIRED_MISSING'], [done.id, '4', 'EMAIL_INVALID']]);
  }, 120_000);

  it('LED-007: the fixed file goes on as a retry of the same import, and applies no row twice', async () => {
    const company = await newCompany(network);
    const done = await company.import(FILE);
    const { header, rows } = await resultFile(company, done.id, 'failed');
    const [noah = [], omar = [], ingrid = []] = rows;
    const at = (name: string): number => header.indexOf(name);
    const again = [...noah].fill('', 2);
    const fixed = [noah.with(at('Email'), 'noah@kestrel-mail.net'), omar.with(at('Last Name'), 'Byrne'), ingrid];
    const applied = again.with(at('_row'), '1').with(at('First Name'), 'Ana').with(at('Last Name'), 'Ferrer').with(at('Job Title'), 'Thief');
    // Columns in another order, as a spreadsheet program may have left them.
    const continued = await uploadFixed(company, [header, ...fixed, applied].map((cells) => [...cells].reverse()));
    expect(continued).toBe(done.id);
    const retried = await company.until(done.id, ['COMPLETED']);
    expect(retried.counts).toEqual({ ...done.counts, created: 4, failed: 1 });
    expect(sumOf(retried)).toBe(7);
    expect(attemptsOf(retried).map(({ attempt, kind, rows: tried }) => [attempt, kind, tried])).toEqual([[1, 'IMPORT', 7], [2, 'RETRY', 4]]);
    const kept = await company.rows(done.id, 'ledger', '&attempts=all&code=ROW_ALREADY_APPLIED');
    expect(kept.map(({ row, attempt, issues }) => [row, attempt, issues.at(-1)?.message])).toEqual([[1, 2, 'Row 1 was applied before; not applied again.']]);
    const ledger = await company.rows(done.id);
    expect(ledgerLines(ledger)).toEqual([
      '1 CREATED', '2 CREATED', '3 CREATED', '4 FAILED EMAIL_INVALID', '5 SKIPPED ROW_BLANK', '6 SKIPPED DUPLICATE_IN_FILE', '7 CREATED',
    ]);
    expect(ledger.map(({ attempt }) => attempt)).toEqual([1, 2, 2, 2, 1, 1, 1]);
    const [ana, noahNow] = [(await clients(company, 'ferrer'))[0], (await clients(company, 'hale'))[0]];
    expect(ana?.jobTitle).toBe('Welder');
    expect(noahNow?.jobTitle).toBe('=Nurse');
    // The first result stays to be read.
    expect((await company.rows(done.id, 'ledger', '&attempts=all')).filter(({ row }) => row === 2).map(({ outcome }) => outcome).sort()).toEqual(['CREATED', 'FAILED']);
  }, 180_000);

  it('DUP-008, LED-009: held rows are decided and retried, and the totals still add up', async () => {
    const company = await newCompany(network);
    await company.import(FILE);
    const before = await clients(company);
    const [ana] = await clients(company, 'ferrer');
    const done = await company.import(writeCsv([HEADER, ...['Omar', 'Ingrid', 'Noah', 'Maria'].map((name) => [name, 'Okafor', 'ana@kestrel-mail.net', `${name} by trade`, ''])]));
    expect(ledgerLines(await company.rows(done.id))).toEqual([1, 2, 3, 4].map((row) => `${row} SKIPPED HELD_FOR_REVIEW`));
    expect(done.counts).toMatchObject({ read: 4, skipped: 4, held: 4 });
    const decide = (row: number, action: string, record?: string) => company.json('POST', `/api/imports/${done.id}/decisions`, { rows: [row], action, ...(record === undefined ? {} : { record }) });
    await decide(1, 'CREATE');
    await decide(2, 'SKIP');
    await decide(3, 'UPDATE', ana?.id);
    await company.json('POST', `/api/imports/${done.id}/retry`, { reason: 'HELD_FOR_REVIEW' });
    const retried = await company.until(done.id, ['COMPLETED']);
    expect(retried.counts).toMatchObject({ read: 4, created: 1, updated: 1, skipped: 2, held: 1 });
    expect(sumOf(retried)).toBe(4);
    const rows = await company.rows(done.id);
    expect(ledgerLines(rows).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['1 CREATED', '2 SKIPPED', '3 UPDATED', '4 SKIPPED']);
    expect(rows[3]?.reason).toBe('HELD_FOR_REVIEW');
    expect(rows[2]?.effects.map(({ record }) => record)).toEqual([ana?.id]);
    const after = await clients(company);
    expect(after).toHaveLength(before.length + 1);
    expect(after.find(({ id }) => id === ana?.id)?.jobTitle).toBe('Noah by trade');
  }, 180_000);
});
