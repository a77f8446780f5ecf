import 'reflect-metadata';
import { casesV1, importsV1, targetsV1 } from '@caseledger/contracts';
import { requestOf } from '../services.js';
import { ANA, CASE, GatewayScene, TYPE } from '../spec/gateway-scene.js';
import { globalId } from './global-id.js';

const IMPORT = '00000000-0000-8000-8000-0000000000e1';
const CASE_ID = globalId('Case', CASE.id);
const ANA_ID = globalId('Contact', ANA.id);
const MAY = ['imports.read', 'imports.run', 'imports.revert', 'cases.read', 'contacts.read'];

describe('what a case import tells of the records of a row', () => {
  let scene: GatewayScene;
  beforeAll(async () => (scene = await GatewayScene.start()));
  afterAll(() => scene.stop());

  const item = (given: Partial<importsV1.Import> = {}) => requestOf(importsV1.Import, { id: IMPORT, type: 'CASES', state: 'AWAITING_CONFIRMATION', startedAtMs: 1, ...given });
  const change = (record: string, field: string) => requestOf(targetsV1.FieldChange, { record, field, before: '"a"', after: '"b"', column: 0 });
  const effect = (kind: string, record: string) => ({ kind, record, fromVersion: 0, toVersion: 1 });

  it('names each by its own kind: the case, its list, and the client', async () => {
    const row = requestOf(importsV1.RowEntry, {
      row: 1,
      outcome: 'UPDATED',
      effects: [effect('CONTACT_UPDATED', ANA.id), effect('CASE_UPDATED', CASE.id), effect('LIST_MEMBER_ADDED', CASE.id)],
      changes: [change(ANA.id, 'phone'), change(CASE.id, 'description')],
      match: requestOf(targetsV1.MatchFound, { verdict: 'MATCH', key: 'CASE_NAME', kind: 'CASE', record: CASE.id, records: [CASE.id] }),
      decision: { action: 'UPDATE', record: CASE.id, decidedBy: '' },
      heldFor: [{ who: 'Client', verdict: 'AMBIGUOUS', key: '', records: [ANA.id], kind: 'CONTACT' }, { who: 'Case', verdict: 'REVIEW', key: 'CASE_NAME', records: [CASE.id], kind: 'CASE' }],
    });
    scene.answer({ GetImports: () => ({ imports: [item()] }), ListRows: () => ({ rows: [row], hasNext: false, total: 1 }) }, MAY);
    const query = `{ import(id: "${IMPORT}") { type rows(first: 5) { nodes { effects { kind record } diff { record field } match { record records } heldFor { who key records } decision { record } } } } }`;
    expect((await scene.graphql(query)).data).toEqual({ import: { type: 'CASES', rows: { nodes: [{
      effects: [{ kind: 'CONTACT_UPDATED', record: ANA_ID }, { kind: 'CASE_UPDATED', record: CASE_ID }, { kind: 'LIST_MEMBER_ADDED', record: CASE_ID }],
      diff: [{ record: ANA_ID, field: 'phone' }, { record: CASE_ID, field: 'description' }],
      match: { record: CASE_ID, records: [CASE_ID] },
      heldFor: [{ who: 'Client', key: null, records: [ANA_ID] }, { who: 'Case', key: 'CASE_NAME', records: [CASE_ID] }],
      decision: { record: CASE_ID },
    }] } } });
  });

  it('names those that made a plan stale, and those of a revert', async () => {
    const positions = [{ log: 'contacts', shard: 0, position: 7 }, { log: 'cases', shard: 0, position: 9 }];
    const plan = requestOf(importsV1.Plan, { hash: 'h', staleRecords: [ANA.id, CASE.id], effects: {}, positions });
    const record = (target: string, id: string) => requestOf(importsV1.RevertRecord, { record: id, outcome: 'ARCHIVED', target, changes: [change(id, 'tags')] });
    const revert = requestOf(importsV1.Revert, { id: IMPORT, importId: IMPORT });
    scene.answer({ GetImports: () => ({ imports: [item({ plan })] }), GetReverts: () => ({ reverts: [revert] }), ListRevertRecords: () => ({ records: [record('cases', CASE.id), record('contacts', ANA.id)], hasNext: false }) }, MAY);
    const query = `{ import(id: "${IMPORT}") { plan { staleRecords positions { log shard position } } } revert(id: "${IMPORT}") { recordList(first: 5, after: "${CASE_ID}") { edges { cursor node { record diff { record } } } } } }`;
    expect((await scene.graphql(query)).data).toEqual({
      import: { plan: { staleRecords: [ANA_ID, CASE_ID], positions } },
      revert: { recordList: { edges: [{ cursor: CASE_ID, node: { record: CASE_ID, diff: [{ record: CASE_ID }] } }, { cursor: ANA_ID, node: { record: ANA_ID, diff: [{ record: ANA_ID }] } }] } },
    });
    expect(scene.services.requests('ListRevertRecords')).toMatchObject([{ after: CASE.id }]);
  });

  it('takes a decision or a policy about either kind, and nothing else', async () => {
    scene.answer({ DecideRows: () => ({ import: item(), warnings: [], replayed: false }), PreviewRevert: () => ({ replayed: false }) }, MAY);
    const decide = (record: string) => scene.graphql(`mutation { decideRows(id: "${IMPORT}", rows: { rows: [1] }, decision: { action: UPDATE, record: "${record}" }) { userErrors { code } } }`);
    await decide(CASE_ID);
    await decide(ANA_ID);
    expect((await decide(globalId('Import', IMPORT))).data).toEqual({ decideRows: { userErrors: [{ code: 'NOT_FOUND' }] } });
    expect(scene.services.requests('DecideRows')).toMatchObject([{ record: CASE.id }, { record: ANA.id }]);
    await scene.graphql(`mutation { previewRevert(importId: "${IMPORT}", input: { recordPolicies: [{ record: "${CASE_ID}", policy: ARCHIVE }] }) { userErrors { code } } }`);
    expect(scene.services.requests('PreviewRevert')).toMatchObject([{ recordPolicies: { [CASE.id]: 'ARCHIVE' } }]);
  });

  it('shows what it was told beside an import of clients, and takes types and lists by id or name', async () => {
    const list = requestOf(casesV1.CaseList, { id: '00000000-0000-8000-8000-0000000000d1', name: 'Spring' });
    const options = requestOf(importsV1.ImportOptions, { caseType: TYPE.id, caseList: list.id, addSkippedToList: 'OFF', clientDuplicatePolicy: 'UPDATE', defaults: {}, dateFormat: {} });
    const lists = { GetCaseLists: () => ({ lists: [list] }) };
    scene.answer({ ...lists, GetImports: () => ({ imports: [item({ options, caseList: list.id })] }), SetOptions: () => ({ import: item(), warnings: [], replayed: false }) }, MAY);
    const query = `{ import(id: "${IMPORT}") { list { name } options { caseType { name } caseList { name } newCaseList addSkippedToList clientDuplicatePolicy } } }`;
    expect((await scene.graphql(query)).data).toEqual({
      import: { list: { name: 'Spring' }, options: { caseType: { name: 'Personal Injury' }, caseList: { name: 'Spring' }, newCaseList: null, addSkippedToList: false, clientDuplicatePolicy: 'UPDATE' } },
    });
    const set = 'mutation ($input: OptionsInput!) { setImportOptions(id: "' + IMPORT + '", input: $input) { userErrors { code } } }';
    await scene.graphql(set, { input: { caseType: globalId('CaseType', TYPE.id), caseList: 'Spring', addSkippedToList: true } });
    await scene.send('POST', `/api/imports/${IMPORT}/options`, { caseType: 'Family Law', newCaseList: 'Autumn', addSkippedToList: 'OFF', clientDuplicatePolicy: 'MERGE' });
    expect(scene.services.requests('SetOptions')).toMatchObject([
      { options: { caseType: TYPE.id, caseList: 'Spring', newCaseList: '', addSkippedToList: 'ON', clientDuplicatePolicy: '' } },
      { options: { caseType: 'Family Law', caseList: '', newCaseList: 'Autumn', addSkippedToList: 'OFF', clientDuplicatePolicy: 'MERGE' } },
    ]);
    scene.answer({ GetImports: () => ({ imports: [item({ type: 'CLIENTS', options })] }) }, MAY);
    expect((await scene.graphql(`{ import(id: "${IMPORT}") { options { caseType { name } addSkippedToList } } }`)).data).toEqual({ import: { options: { caseType: null, addSkippedToList: null } } });
  });
});
