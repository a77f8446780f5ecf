import { Network } from '@caseledger/testing';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { newCompany, type Session } from './company.js';
import { manyClients } from './people.js';

const ROWS = 5_000;
const STEPS_MS = 120_000;
const DROPS = 10;
const QUERY = 'subscription ($id: ID!, $after: String) { importProgress(id: $id, after: $after) { cursor state done total } }';

interface Step {
  readonly cursor: string;
  readonly state: string;
  readonly done: number;
  readonly total: number;
}

/** Steps after a cursor, up to the last one or `most`; then the socket is gone without a word. */
async function stepsAfter(network: Network, company: Session, id: string, after: string | undefined, most: number): Promise<Step[]> {
  const sockets: WebSocket[] = [];
  class Kept extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      sockets.push(this);
    }
  }
  const client = createClient({
    url: `${network.address.replace('http', 'ws')}/graphql`,
    webSocketImpl: Kept,
    connectionParams: { authorization: `Bearer ${company.bearer}` },
    retryAttempts: 0,
  });
  const late = setTimeout(() => sockets.forEach((socket) => socket.terminate()), STEPS_MS);
  const steps: Step[] = [];
  try {
    for await (const { data, errors } of client.iterate<{ importProgress: Step }>({ query: QUERY, variables: { id, after } })) {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      if (data) steps.push(data.importProgress);
      if (steps.length < most) continue;
      for (const socket of sockets) socket.terminate();
      break;
    }
    return steps;
  } finally {
    clearTimeout(late);
    for (const socket of sockets) socket.terminate();
  }
}

const numberOf = ({ cursor }: Step): number => Number(cursor.split('.')[0]);

describe('RUN-003: progress over a socket that breaks', () => {
  const network = new Network();
  beforeAll(() => network.start(), 180_000);
  afterAll(() => network.stop(), 60_000);

  it('tells every step once and in order, whoever drops the line and comes back', async () => {
    const company = await newCompany(network);
    const planned = await company.plan(manyClients(ROWS));
    await company.begin(planned);

    const told: Step[] = [];
    for (let drop = 0; drop < DROPS && told.at(-1)?.state !== 'COMPLETED'; drop += 1) {
      told.push(...(await stepsAfter(network, company, planned.id, told.at(-1)?.cursor, 1)));
    }
    if (told.at(-1)?.state !== 'COMPLETED') told.push(...(await stepsAfter(network, company, planned.id, told.at(-1)?.cursor, Infinity)));
    const whole = await stepsAfter(network, company, planned.id, undefined, Infinity);

    const numbers = told.map(numberOf);
    expect(numbers).toEqual([...numbers].sort((left, right) => left - right));
    expect(new Set(told.map(({ cursor }) => cursor)).size).toBe(told.length);
    expect([...new Set(numbers)].filter((number) => number > 0)).toEqual([...new Set(whole.map(numberOf))].filter((number) => number > 0));
    const done = told.map((step) => step.done);
    expect(done).toEqual([...done].sort((left, right) => left - right));
    // All rows may be done while the ledger is still to be closed: that it is, the state alone says (RUN-002).
    expect(told.filter((step) => step.state === 'COMPLETED')).toEqual([told.at(-1)]);
    expect(told.at(-1)).toMatchObject({ state: 'COMPLETED', total: ROWS });
  }, 240_000);
});
