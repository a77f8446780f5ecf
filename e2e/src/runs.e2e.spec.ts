import { randomUUID } from 'node:crypto';
import { Network } from '@caseledger/testing';
import { judgedLines, ledgerLines } from './compare.js';
import { newCompany, type ImportView } from './company.js';
import { clients, colleague, contactCount, doneOf, edit, manyClients, setRoles, sumOf, underWay } from './people.js';
import { rebuilt } from './rebuilt.js';

const ROWS = 5_000;
const SMALL = 'First Name,Last Name,Email,Job Title\r\nAna,Ferrer,ana@kestrel-mail.net,Welder\r\nNoah,Hale,noah@kestrel-mail.net,Nurse\r\n';

describe('a run and the people who steer it', () => {
  const network = new Network();
  beforeAll(() => network.start(), 180_000);
  afterAll(() => network.stop(), 60_000);

  it('RUN-005: nothing moves while it is paused; resumed, it ends as if nothing had been', async () => {
    const company = await newCompany(network);
    const planned = await company.plan(manyClients(ROWS));
    await company.begin(planned);
    await underWay(company);
    const paused = await company.json<ImportView>('POST', `/api/imports/${planned.id}/pause`, {});
    expect(paused.state).toBe('PAUSED');
    const written = await contactCount(company);
    expect(written).toBeLessThan(ROWS);
    // Another import goes through the same workers meanwhile: they had every chance to write rows of this one.
    const other = await company.import(SMALL);
    expect(other.counts.created).toBe(2);
    expect(await contactCount(company)).toBe(written + 2);
    expect((await company.importView(planned.id)).state).toBe('PAUSED');
    await company.json('POST', `/api/imports/${planned.id}/resume`, {});
    const done = await company.until(planned.id, ['COMPLETED']);
    expect(done.counts).toMatchObject({ read: ROWS, created: ROWS });
    expect(doneOf(done)).toBe(ROWS);
  }, 180_000);

  it('RUN-005: a cancelled run keeps what was written, names the rest, and can be continued', async () => {
    const company = await newCompany(network);
    const planned = await company.plan(manyClients(ROWS));
    await company.begin(planned);
    await underWay(company);
    await company.json('POST', `/api/imports/${planned.id}/cancel`, {});
    const ended = await company.until(planned.id, ['CANCELLED']);
    expect(ended.counts.read).toBe(ROWS);
    expect(sumOf(ended)).toBe(ROWS);
    expect(ended.counts.skipped).toBeGreaterThan(0);
    const rows = await company.rows(planned.id);
    expect(rows).toHaveLength(ROWS);
    const left = rows.filter(({ reason }) => reason === 'NOT_PROCESSED');
    expect(left.every(({ outcome }) => outcome === 'SKIPPED')).toBe(true);
    expect(left).toHaveLength(ended.counts.skipped);
    expect(await contactCount(company)).toBe(ended.counts.created);

    await company.json('POST', `/api/imports/${planned.id}/retry`, { continueCancelled: true });
    // It goes back to where it was when the attempt ends: that it was cancelled once stays true.
    const whole = await company.until(planned.id, ['CANCELLED']);
    expect(whole['attempts']).toHaveLength(2);
    expect(whole.counts).toMatchObject({ read: ROWS, created: ROWS, skipped: 0 });
    const all = await company.rows(planned.id);
    expect(new Set(all.flatMap(({ effects }) => effects.map(({ record }) => record))).size).toBe(ROWS);
  }, 240_000);

  it('SEC-012: a run stops when its importer may no longer import, and goes on when he may again', async () => {
    const owner = await newCompany(network);
    const { id, session } = await colleague(network, owner, ['manager']);
    const planned = await session.plan(manyClients(ROWS));
    await session.begin(planned);
    await underWay(session);
    await setRoles(owner, id, ['auditor']);
    const paused = await owner.until(planned.id, ['PAUSED_ACCESS']);
    expect(paused.code).toBe('FORBIDDEN');
    expect(await contactCount(owner)).toBeLessThan(ROWS);
    await setRoles(owner, id, ['manager']);
    await owner.json('POST', `/api/imports/${planned.id}/resume`, {});
    const done = await owner.until(planned.id, ['COMPLETED']);
    expect(done.counts).toMatchObject({ read: ROWS, created: ROWS });
  }, 180_000);

  it('PRE-001: nothing starts that was not confirmed, and a second click starts nothing twice', async () => {
    const company = await newCompany(network);
    const planned = await company.plan(SMALL);
    const hash = { planHash: planned.plan?.hash };
    await expect(company.json('POST', `/api/imports/${planned.id}/start`, hash)).rejects.toMatchObject({ status: 409, code: 'CONFIRMATION_REQUIRED' });
    expect(await company.contacts()).toEqual([]);
    await expect(company.json('POST', `/api/imports/${planned.id}/confirm`, { planHash: 'f'.repeat(64) })).rejects.toMatchObject({ code: 'PLAN_STALE' });
    await Promise.all([1, 2].map(() => company.json('POST', `/api/imports/${planned.id}/confirm`, hash)));
    await Promise.all([1, 2, 3].map(() => company.json('POST', `/api/imports/${planned.id}/start`, hash)));
    const done = await company.until(planned.id, ['COMPLETED']);
    expect(done.counts).toMatchObject({ read: 2, created: 2 });
    expect(done['attempts']).toHaveLength(1);
    expect(await company.contacts()).toHaveLength(2);
  }, 120_000);

  it('PRE-005: a record edited since the plan refuses the start, is named, and the new plan works', async () => {
    const company = await newCompany(network);
    await company.import(SMALL);
    const [ana] = await clients(company, 'ferrer');
    const planned = await company.plan(SMALL.replaceAll('Welder', 'Diver'), { duplicatePolicy: 'UPDATE' });
    const hash = { planHash: planned.plan?.hash };
    await company.json('POST', `/api/imports/${planned.id}/confirm`, hash);
    await edit(company, ana?.id ?? '', { jobTitle: 'Pilot' });
    await expect(company.json('POST', `/api/imports/${planned.id}/start`, hash)).rejects.toMatchObject({ status: 409, code: 'PLAN_STALE' });
    expect((await clients(company, 'ferrer'))[0]?.jobTitle).toBe('Pilot');

    const again = await company.until(planned.id, ['AWAITING_CONFIRMATION']);
    expect(again.plan).toMatchObject({ staleCode: 'PLAN_STALE', staleRecords: [ana?.id] });
    expect(again.plan?.hash).not.toBe(hash.planHash);
    const predicted = judgedLines(await company.rows(planned.id, 'plan'));
    expect(predicted[0]).toContain('"Pilot","Diver"');
    await company.begin(again);
    await company.until(planned.id, ['COMPLETED']);
    expect(judgedLines(await company.rows(planned.id))).toEqual(predicted);
    expect((await clients(company, 'ferrer'))[0]?.jobTitle).toBe('Diver');
  }, 120_000);

  it('OPT-001: applied to the current state, a record edited since the plan stops nothing', async () => {
    const company = await newCompany(network);
    await company.import(SMALL);
    const [ana] = await clients(company, 'ferrer');
    const planned = await company.plan(SMALL.replaceAll('Welder', 'Diver'), { duplicatePolicy: 'UPDATE', apply: 'CURRENT_STATE' });
    await company.json('POST', `/api/imports/${planned.id}/confirm`, { planHash: planned.plan?.hash });
    await edit(company, ana?.id ?? '', { jobTitle: 'Diver' });
    await company.json('POST', `/api/imports/${planned.id}/start`, { planHash: planned.plan?.hash });
    await company.until(planned.id, ['COMPLETED']);
    expect(ledgerLines(await company.rows(planned.id, 'plan'))).toEqual(['1 UPDATED', '2 UNCHANGED']);
    expect(ledgerLines(await company.rows(planned.id))).toEqual(['1 UNCHANGED', '2 UNCHANGED']);
  }, 120_000);

  it('FIL-007: the same key is the same import; the same bytes name the earlier one', async () => {
    const company = await newCompany(network);
    const importKey = `night-${randomUUID()}`;
    const body = { type: 'CLIENTS', fileName: 'clients.csv', importKey };
    const [one, other] = await Promise.all([company.json('POST', '/api/imports', body), company.json('POST', '/api/imports', body)]);
    expect(other['id']).toBe(one['id']);

    const first = await company.import(SMALL);
    const second = await company.upload(SMALL, 'again.csv');
    expect(second.id).not.toBe(first.id);
    expect(second['file']).toMatchObject({ earlierImports: [first.id] });
    const completed = await company.json<{ warnings: { code: string }[] }>('POST', `/api/imports/${second.id}/file/complete`, {});
    expect(completed.warnings.map(({ code }) => code)).toEqual(['FILE_ALREADY_IMPORTED']);
  }, 120_000);

  it('decision 27: all of it comes back from the logs', async () => {
    const { intact, before, after } = await rebuilt(network);
    expect(intact).toEqual([true, true, true, true]);
    expect(after).toEqual(before);
  }, 400_000);
});
