import { demoCases, exampleCases } from './demo-cases.js';
import { person } from './demo-data.js';

interface Made {
  readonly caseName: string;
  readonly caseType: string;
  readonly caseStatus: string;
  readonly closedOn?: string;
  readonly openedOn: string;
  readonly externalId: string;
  readonly client: { readonly email: string };
}

describe('the cases of the demo', () => {
  const cases = demoCases(120) as unknown as Made[];
  const clients = cases.map(({ client }) => client.email);

  it('are all different, of every type, some of them closed', () => {
    expect(new Set(cases.map(({ externalId }) => externalId)).size).toBe(120);
    expect(new Set(cases.map(({ caseType }) => caseType)).size).toBe(4);
    expect(new Set(cases.map(({ caseName, caseType, client }) => `${caseName} ${caseType} ${client.email}`)).size).toBe(120);
    for (const { caseStatus, closedOn, openedOn } of cases) {
      expect(closedOn !== undefined).toBe(caseStatus === 'Settled' || caseStatus === 'Closed');
      expect(closedOn === undefined || closedOn > openedOn).toBe(true);
    }
  });

  it('belong to contacts of the demo, one in twelve to a client who has another', () => {
    const known = new Set(Array.from({ length: 200 }, (_, n) => person(n).email));
    expect(clients.every((email) => known.has(email))).toBe(true);
    expect(new Set(clients).size).toBe(110);
  });

  it('are the same at every start, so that a start that was cut off is gone on with', () => {
    expect(demoCases(120)).toEqual(demoCases(120));
    expect(exampleCases()).toBe(exampleCases());
  });
});

describe('the example file of cases', () => {
  const [header = '', ...rows] = exampleCases().trimEnd().split('\r\n');
  const column = (name: string): string[] => rows.map((row) => row.split(',')[header.split(',').indexOf(name)] ?? '');

  it('has known clients and new ones, one twice, a repeat, a blank line, and a client of two', () => {
    const emails = column('Client Email');
    expect(emails.filter((email) => email === person(4).email)).toHaveLength(2);
    expect(emails.filter((email) => email === person(360).email)).toHaveLength(1);
    expect(rows.filter((row) => /^,+$/.test(row))).toHaveLength(1);
    expect(rows.length - new Set(rows).size).toBe(1);
    const two = emails.indexOf(person(6).email);
    expect(column('Client Phone')[two]).toBe(person(7).phone);
  });

  it('repeats no case number but that of the row that comes twice', () => {
    const numbers = column('Case Number').filter((number) => number !== '');
    expect(numbers.length - new Set(numbers).size).toBe(1);
  });
});
