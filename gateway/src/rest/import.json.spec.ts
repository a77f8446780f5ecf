import { importsV1 } from '@caseledger/contracts';
import { requestOf } from '../services.js';
import DataLoader from 'dataloader';
import { rowJson } from './import.json.js';

const NO_NAMES = new DataLoader<string, string | null>(async (ids) => ids.map(() => null));

describe('a row in REST', () => {
  it('has its cells in the order of the file, whatever the headers are', async () => {
    const row = requestOf(importsV1.RowEntry, { row: 1, cells: ['a', 'b', 'c', 'd'] });
    const headers = new Map([[0, '2020'], [1, 'Name'], [2, '1999'], [3, 'Name']]);
    expect((await rowJson(row, headers, { standings: NO_NAMES }))['cells']).toEqual([
      { column: 0, header: '2020', text: 'a' },
      { column: 1, header: 'Name', text: 'b' },
      { column: 2, header: '1999', text: 'c' },
      { column: 3, header: 'Name', text: 'd' },
    ]);
  });

  it('tells for which of its contacts it is held, and who each of them may be', async () => {
    const heldFor = [{ who: 'Client', verdict: 'AMBIGUOUS', key: 'EMAIL', records: ['a', 'b'], kind: 'CONTACT' }, { who: 'Contact 2', verdict: 'REVIEW', key: '', records: ['c'], kind: 'CONTACT' }];
    const row = requestOf(importsV1.RowEntry, { row: 1, outcome: 'SKIPPED', reason: 'HELD_FOR_REVIEW', heldFor });
    expect((await rowJson(row, new Map(), { standings: NO_NAMES }))['heldFor']).toEqual([
      { who: 'Client', verdict: 'AMBIGUOUS', key: 'EMAIL', records: ['a', 'b'] },
      { who: 'Contact 2', verdict: 'REVIEW', key: null, records: ['c'] },
    ]);
  });
});
