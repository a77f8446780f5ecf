import { Network, type Json } from '@caseledger/testing';
import { caseledger } from './command-line.js';
import { newCompany, type Session } from './company.js';
import { csvOf, randomRows } from './oracle/random-file.js';
import { clients, edit } from './people.js';

const HISTORY = `query ($id: ID!) { recordHistory(id: $id, first: 100) { nodes { id version type at reason actor { id } origin { kind run row } changes { field before after column } } }
  fieldProvenance(id: $id) { path value at fileName row line column original } }`;

/** Everything that people read of a company: contacts, their histories and sources, imports, ledgers, reverts. */
async function shown(company: Session, imports: readonly string[], reverts: readonly string[]): Promise<unknown> {
  const { clients: contacts } = await company.json<{ clients: { id: string }[] }>('GET', '/api/clients?limit=500&archived=true');
  const histories = [];
  for (const { id } of contacts.slice(0, 40)) histories.push(await company.graphql(HISTORY, { id }));
  const ledgers = [];
  for (const id of imports) {
    const { progress: _pace, ...item } = (await company.importView(id)) as Json;
    ledgers.push({ item, rows: await company.rows(id), all: await company.rows(id, 'ledger', '&attempts=all'), plan: await company.rows(id, 'plan') });
  }
  const records = [];
  for (const id of reverts) records.push(await company.json('GET', `/api/reverts/${id}`), await company.json('GET', `/api/reverts/${id}/records?limit=500`));
  return { contacts, histories, ledgers, records };
}

describe('the log is the truth', () => {
  const network = new Network();
  beforeAll(() => network.start(), 180_000);
  afterAll(() => network.stop(), 60_000);

  it('decision 27: what is emptied and brought back from the logs is what was there', async () => {
    const company = await newCompany(network);
    const first = await company.import(csvOf(randomRows(21, 150, 60)), { duplicatePolicy: 'UPDATE' });
    const second = await company.import(csvOf(randomRows(22, 120, 60)), { duplicatePolicy: 'MERGE' });
    for (const { id } of (await clients(company)).slice(0, 5)) await edit(company, id, { jobTitle: 'Partner', tags: ['by hand'] });
    const third = await company.import(csvOf(randomRows(23, 80, 60)), { duplicatePolicy: 'UPDATE' });
    const reverts = [await company.revert(second.id), await company.revert(first.id)];
    reverts.push(await company.restore(reverts[0]?.id ?? ''));
    const ids = [[first, second, third].map(({ id }) => id), reverts.map(({ id }) => id)] as const;
    const before = await shown(company, ...ids);

    const intact = await caseledger(network, 'verify');
    expect(intact.length).toBeGreaterThan(0);
    expect(intact.every(({ ok }) => ok === true)).toBe(true);
    const rebuilt = await caseledger(network, 'rebuild', '--all', '--drop');
    // Nobody has opened a case here.
    expect(rebuilt.filter(({ events }) => Number(events) === 0).map(({ service }) => service)).toEqual(['cases']);
    expect(await shown(company, ...ids)).toEqual(before);

    // It goes on as before: matching, the queue and the ledger are there again.
    const next = await company.import(csvOf(randomRows(21, 150, 60)), { duplicatePolicy: 'UPDATE' });
    expect(next.state).toBe('COMPLETED');
    expect((await caseledger(network, 'verify')).every(({ ok }) => ok === true)).toBe(true);
  }, 400_000);
});
