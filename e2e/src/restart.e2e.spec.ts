import { eventually, Network } from '@caseledger/testing';
import { contactLines, ledgerLines, oracleLedger, oracleLines } from './compare.js';
import { newCompany } from './company.js';
import { csvOf, randomRows } from './oracle/random-file.js';
import { predict } from './oracle/sequential-oracle.js';
import { rebuilt } from './rebuilt.js';

const ROWS = 6_000;
const PEOPLE = 2_500;

/** kill -9 of the whole installation in the middle of the work; then it is started again, as a user would. */
describe('a killed installation', () => {
  const network = new Network();
  beforeAll(() => network.start(), 180_000);
  afterAll(() => network.stop(), 60_000);

  it('goes on with plan, run and revert, and ends with the exact ledger', async () => {
    const company = await newCompany(network);
    const rows = randomRows(5, ROWS, PEOPLE);
    const expected = predict([], rows, 'UPDATE');
    const uploaded = await company.upload(csvOf(rows), 'clients.csv');
    const columns = (uploaded.analysis?.columns ?? []).map(({ column, target }) => ({ column, target }));
    await company.json('POST', `/api/imports/${uploaded.id}/mapping`, { columns });
    await company.json('POST', `/api/imports/${uploaded.id}/options`, { duplicatePolicy: 'UPDATE' });

    await company.json('POST', `/api/imports/${uploaded.id}/plan`, {});
    await network.killAll();
    await network.start();
    const planned = await company.until(uploaded.id, ['AWAITING_CONFIRMATION']);

    await company.begin(planned);
    await eventually(
      async () => {
        const { progress } = (await company.importView(planned.id)) as unknown as { progress: { done: number } };
        return progress.done > 0;
      },
      { deadlineMs: 60_000 },
    );
    await network.killAll();
    await network.start();
    const done = await company.until(planned.id, ['COMPLETED']);
    expect(done.counts.read).toBe(ROWS);
    expect(ledgerLines(await company.rows(done.id))).toEqual(oracleLedger(expected));
    expect(contactLines(await company.contacts({ archived: 'INCLUDE' }))).toEqual(oracleLines(expected));

    const asked = await company.json<{ id: string }>('POST', `/api/imports/${done.id}/revert`, {});
    const ready = await company.untilRevert(asked.id, ['READY']);
    await company.json('POST', `/api/reverts/${asked.id}/confirm`, { previewHash: ready.hash });
    await network.killAll();
    await network.start();
    const reverted = await company.untilRevert(asked.id, ['COMPLETED']);
    expect(reverted.counts).toMatchObject({ total: expected.contacts.length, archived: expected.contacts.length });
    expect(await company.contacts()).toEqual([]);
  }, 600_000);

  it('OPS-002: several workers end with what one would', async () => {
    const company = await newCompany(network);
    const rows = randomRows(6, ROWS, PEOPLE);
    const expected = predict([], rows, 'MERGE');
    const workers = [network.addWorker(), network.addWorker(), network.addWorker()];
    const planned = await company.plan(csvOf(rows), { duplicatePolicy: 'MERGE' });
    await company.begin(planned);
    workers[1]?.kill('SIGKILL');
    const done = await company.until(planned.id, ['COMPLETED']);
    expect(ledgerLines(await company.rows(done.id))).toEqual(oracleLedger(expected));
    expect(contactLines(await company.contacts({ archived: 'INCLUDE' }))).toEqual(oracleLines(expected));
    for (const worker of workers) worker.kill('SIGTERM');
  }, 300_000);

  it('decision 27: all of it comes back from the logs', async () => {
    const { intact, before, after } = await rebuilt(network);
    expect(intact).toEqual([true, true, true, true]);
    expect(after).toEqual(before);
  }, 400_000);
});
