import { randomBytes } from 'node:crypto';
import type { NamedQuery, QueryRows, StoreTransaction, StoredEvent } from '@caseledger/event-store';
import { KeyHasher, writeKeys } from '@caseledger/row-target';
import { contact, email } from '../rows/row.fixture.js';
import { keysOfRecord } from '../rows/record-keys.js';

const UUID_BYTES = 16;
const ARRAY_HEADER_BYTES = 20;

/** The uuids of a binary array, in the order in which they are sent. */
function uuidsOf(array: unknown): string[] {
  if (!Buffer.isBuffer(array)) throw new Error('Not a binary array');
  const uuids: string[] = [];
  for (let at = ARRAY_HEADER_BYTES; at < array.length; at += 4 + UUID_BYTES)
    uuids.push(array.toString('hex', at + 4, at + 4 + UUID_BYTES));
  return uuids;
}

describe('new match keys', () => {
  it('are inserted in sorted order, so that two writers never wait for each other in a circle (E15)', async () => {
    const sent: string[][] = [];
    const tx = {
      tenant: 't',
      now: new Date(0),
      query: <R>(sql: string | NamedQuery): Promise<QueryRows<R>> => {
        const keys = typeof sql === 'string' ? [] : uuidsOf(sql.values?.[1]);
        if (typeof sql !== 'string' && sql.name === 'match_key_insert') sent.push(keys);
        return Promise.resolve({ rows: [], rowCount: keys.length });
      },
    } as object as StoreTransaction;
    const last = { batch: '1' } as object as StoredEvent;
    const changes = Array.from({ length: 40 }, (_, at) => ({
      id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      before: undefined,
      after: contact({ emails: [email(`k${at}@kestrel.net`)] }),
      version: 1,
      last,
      created: true,
    }));
    await writeKeys(tx, { hasher: new KeyHasher(randomBytes(32)), keysOf: keysOfRecord }, changes, undefined);
    expect(sent[0]).toHaveLength(40);
    expect(sent[0]).toEqual([...(sent[0] ?? [])].sort());
  });
});
