import { factsV1 } from '@caseledger/contracts';
import type { RawEvent } from '@caseledger/event-store';
import { contactRunsTopic, contactsTopic } from './contacts.topic.js';

function raw(category: string, type: string, data: RawEvent['data']): RawEvent {
  return { id: 'e', type, schemaVersion: 1, tenant: 't', stream: 's', category, version: 1, data, meta: {}, at: new Date(0) };
}

describe('what contacts tell others', () => {
  it('keeps records and runs on topics of their own, so that who follows runs does not read every record', () => {
    expect(contactsTopic.categories).toEqual(['contact']);
    expect(contactRunsTopic.categories).not.toContain('contact');
    expect(new Set([...contactsTopic.categories, ...contactRunsTopic.categories]).size).toBe(3);
  });

  it('names the fields of a record that changed, never their values', () => {
    const changed = raw('contact', 'ContactPhoneAdded', { id: 2, source: { columns: { jobTitle: 4 } } });
    const { fields } = factsV1.RecordChanged.decode(contactsTopic.encode(changed));
    expect(fields).toEqual(expect.arrayContaining(['phones/2']));
  });

  it('tells of a chunk what became of each row, and of a run how it was opened', () => {
    const [category = ''] = contactRunsTopic.categories.filter((one) => one.includes('lane'));
    const applied = raw(category, 'ImportChunkApplied', { run: 'r', import: 'i', kind: 'RETRY', attempt: 2, lane: 3, seq: 4, rows: [] });
    expect(factsV1.ImportChunkApplied.decode(contactRunsTopic.encode(applied))).toMatchObject({ run: 'r', importId: 'i', attempt: 2, lane: 3, seq: 4 });
    const opened = raw('run', 'ImportRunOpened', { run: 'r', import: 'i', kind: 'IMPORT', attempt: 1, chunksPerLane: [2, 1] });
    expect(factsV1.ImportRunOpened.decode(contactRunsTopic.encode(opened))).toMatchObject({ run: 'r', chunksPerLane: [2, 1] });
  });

  it('tells of chunks that were written before rows had parts', () => {
    const match = { verdict: 'MATCH', key: 'EMAIL', record: 'c1', score: 1, records: ['c1'], earlierRow: 0 };
    const old = { row: 7, outcome: 'SKIPPED', reason: 'DUPLICATE_EXISTING', effects: [], codes: [] };
    const applied = raw('lane', 'ImportChunkApplied', { run: 'r', import: 'i', kind: 'IMPORT', attempt: 1, lane: 0, seq: 0, rows: [{ ...old, match }, old] });
    const { rows } = factsV1.ImportChunkApplied.decode(contactRunsTopic.encode(applied));
    expect(rows).toMatchObject([{ row: 7, part: 0, record: '', match: { kind: 'CONTACT', record: 'c1' } }, { row: 7, match: undefined }]);
  });
});
