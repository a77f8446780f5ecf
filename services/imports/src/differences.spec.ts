import { differencesByKind, differencesInParts } from './differences.js';

const effect = (kind: string, record: string, fromVersion = 0, toVersion = 1) => ({ kind, record, fromVersion, toVersion });
const answer = (by: string) => async (_: string, records: readonly { record: string; fromVersion: number; toVersion: number }[]) =>
  records.map((asked) => ({ ...asked, changes: [{ record: asked.record, field: by, before: '', after: '', column: 0, keptBecause: '' }] }));

describe('what a row changed, over two services (LED-002)', () => {
  it('asks each for its own records, and for nothing that only names one', async () => {
    const differences = differencesByKind({ contacts: answer('contacts'), cases: answer('cases') });
    const found = await differences('t', [
      effect('CONTACT_CREATED', 'c1'),
      effect('CASE_CREATED', 'k1'),
      effect('LIST_MEMBER_ADDED', 'k2', 3, 4),
      effect('CLIENT_LINKED', 'c2', 0, 0),
      effect('CONTACTS_COMBINED', 'c3'),
    ]);
    expect(found.map(({ record, changes }) => [record, changes[0]?.field])).toEqual([
      ['c1', 'contacts'],
      ['c3', 'contacts'],
      ['k1', 'cases'],
      ['k2', 'cases'],
    ]);
  });

  it('does not ask who has nothing', async () => {
    const never = () => Promise.reject(new Error('asked'));
    await expect(differencesByKind({ contacts: never, cases: never })('t', [effect('CLIENT_LINKED', 'c', 0, 0)])).resolves.toEqual([]);
  });

  it('asks in parts that a request can hold', async () => {
    const sizes: number[] = [];
    const records = Array.from({ length: 1_001 }, (_, at) => ({ record: String(at), fromVersion: 0, toVersion: 1 }));
    await differencesInParts(records, async (part) => {
      sizes.push(part.length);
      return [];
    });
    expect(sizes).toEqual([500, 500, 1]);
  });
});
