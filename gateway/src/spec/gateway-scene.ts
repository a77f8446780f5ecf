import { accountsV1, casesV1, contactsV1 } from '@caseledger/contracts';
import { createLogger } from '@caseledger/service-kit';
import { startGateway, type RunningGateway } from '../gateway.js';
import { requestOf } from '../services.js';
import { startFakeServices, type FakeServices } from './fake-services.js';

export type Json = Record<string, unknown>;

export const TYPE = requestOf(casesV1.CaseType, {
  id: '00000000-0000-8000-8000-0000000000a1',
  version: 3,
  name: 'Personal Injury',
  statuses: [
    { id: 's1', name: 'New Lead', category: 'OPEN', description: '', clientWording: 'We are looking at it', next: [], proposesArchiving: false },
    { id: 's2', name: 'Closed', category: 'CLOSED', description: '', clientWording: '', next: [], proposesArchiving: true },
  ],
});
export const ANA = requestOf(contactsV1.Contact, { id: '00000000-0000-8000-8000-0000000000c1', version: 1, type: 'INDIVIDUAL', name: 'Ana Ferrer', values: {}, preferences: {} });
export const CASE = requestOf(casesV1.Case, {
  id: '00000000-0000-8000-8000-0000000000b1',
  version: 4,
  number: 'C-2026-000007',
  name: 'Ferrer v. Quarry',
  typeId: TYPE.id,
  typeName: TYPE.name,
  statusId: 's1',
  statusName: 'New Lead',
  category: 'OPEN',
  source: 'MANUAL',
  contacts: [{ contact: ANA.id, role: 'CLIENT', primary: true }],
  openedOn: '2026-03-02',
  keyDates: [{ id: 1, label: 'First hearing', kind: 'COURT_DATE', at: '2027-01-14', reminderDays: 7 }],
  position: '0:9',
});

const BEARER = 'k'.repeat(40);

/** The real gateway over services that answer as a spec says. */
export class GatewayScene {
  private constructor(
    readonly services: FakeServices,
    private readonly gateway: RunningGateway,
  ) {}

  static async start(permissions: readonly string[] = ['cases.read', 'cases.write', 'contacts.read', 'settings.write']): Promise<GatewayScene> {
    const services = await startFakeServices();
    const { address } = services;
    const gateway = await startGateway(
      {
        host: '127.0.0.1',
        port: 0,
        services: { accounts: address, contacts: address, cases: address, imports: address },
        contextSecret: 'x'.repeat(32),
        installationKey: undefined,
        requestsPerMinute: 10_000,
        introspection: true,
      },
      createLogger({ service: 'gateway', level: 'silent' }),
    );
    const scene = new GatewayScene(services, gateway);
    scene.answer({}, permissions);
    return scene;
  }

  get address(): string {
    return this.gateway.address;
  }

  /** From now on; what a page of cases needs is always there. */
  answer(answers: FakeServices['answers'], permissions: readonly string[] = ['cases.read', 'cases.write', 'contacts.read', 'settings.write']): void {
    this.services.asked.length = 0;
    const identity = requestOf(accountsV1.Identity, { tenant: 't', userId: 'u', permissions: [...permissions], context: 'signed' });
    this.services.answers = {
      Authenticate: () => identity,
      ListCaseTypes: () => ({ types: [TYPE] }),
      GetContacts: () => ({ contacts: [ANA] }),
      GetCases: ({ ids }: casesV1.GetCasesRequest) => ({ cases: ids.includes(CASE.id) ? [CASE] : [] }),
      ...answers,
    };
  }

  async graphql(query: string, variables: Json = {}): Promise<{ data: Json | null; errors?: { path?: string[]; extensions: Json }[] }> {
    const answer = await this.send('POST', '/graphql', { query, variables });
    return (await answer.json()) as { data: Json | null };
  }

  send(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(new URL(path, this.gateway.address), {
      method,
      headers: { authorization: `Bearer ${BEARER}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    this.services.stop();
  }
}
