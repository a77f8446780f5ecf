import type { importsV1 } from '@caseledger/contracts';
import { CATALOGUE } from './case-choices.fixture.js';
import { assertListNameFree, chooseForCases, type CaseWishes } from './case-choices.js';
import { caseWishesOf } from './import.requests.js';

const WISHES: CaseWishes = { caseType: '', list: '', newList: '', addSkipped: true, clientDuplicatePolicy: 'SKIP' };
const choose = (wishes: Partial<CaseWishes>) => chooseForCases(CATALOGUE, 't', { ...WISHES, ...wishes });

describe('what a case import names of cases (OPT-004 to OPT-006)', () => {
  it.each(['type-1', 'Family Law'])('pins a type by its id, named as %p', async (caseType) => {
    expect(await choose({ caseType })).toMatchObject({ caseType: { id: 'type-1', name: 'Family Law' } });
  });

  it.each(['list-1', 'Crash'])('pins a list by its id, named as %p', async (list) => {
    expect(await choose({ list })).toMatchObject({ list: { id: 'list-1', name: 'Crash' }, newList: '' });
  });

  it('refuses a type that is not there', async () => {
    await expect(choose({ caseType: 'Maritime' })).rejects.toMatchObject({ code: 'VALUE_NOT_ALLOWED', params: { text: 'Maritime', field: 'caseType' } });
  });

  it('refuses a list that is not there', async () => {
    await expect(choose({ list: 'Nobody' })).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
  });

  it('refuses a name that a list has, when it is chosen and when the import starts', async () => {
    await expect(choose({ newList: 'CRASH' })).rejects.toMatchObject({ code: 'LIST_NAME_TAKEN' });
    await expect(assertListNameFree(CATALOGUE, 't', 'CRASH')).rejects.toMatchObject({ code: 'LIST_NAME_TAKEN' });
    await expect(assertListNameFree(CATALOGUE, 't', '')).resolves.toBeUndefined();
  });

  it('takes one list or the other', async () => {
    await expect(choose({ list: 'Crash', newList: 'Other' })).rejects.toMatchObject({ code: 'VALUE_NOT_ALLOWED' });
  });

  it('chooses nothing where nothing is named', async () => {
    const none = { id: '', name: '' };
    expect(await choose({})).toEqual({ caseType: none, list: none, newList: '', addSkipped: true, clientDuplicatePolicy: 'SKIP' });
  });
});

describe('reading the options of a case import', () => {
  const given = (more: Partial<importsV1.ImportOptions>): importsV1.ImportOptions => ({
    defaults: {},
    dateFormat: {},
    defaultCountry: '',
    duplicatePolicy: '',
    blankCells: '',
    invalidOptionalValue: '',
    onReview: '',
    apply: '', keepOriginalDates: '',
    caseType: '',
    caseTypeName: '',
    caseList: '',
    caseListName: '',
    newCaseList: '',
    addSkippedToList: '',
    clientDuplicatePolicy: '',
    ...more,
  });

  it('takes the defaults of the product where nothing is said', () => {
    expect(caseWishesOf(given({}), 'CASES')).toEqual(WISHES);
  });

  it('reads what is said', () => {
    const wishes = caseWishesOf(given({ caseType: ' Family Law ', newCaseList: ' Crash of May ', addSkippedToList: 'OFF', clientDuplicatePolicy: 'MERGE' }), 'CASES');
    expect(wishes).toEqual({ caseType: 'Family Law', list: '', newList: 'Crash of May', addSkipped: false, clientDuplicatePolicy: 'MERGE' });
  });

  it.each([
    ['addSkippedToList', 'PERHAPS'],
    ['clientDuplicatePolicy', 'IGNORE'],
  ])('refuses %s = %s', (field, text) => {
    expect(() => caseWishesOf(given({ [field]: text }), 'CASES')).toThrow(expect.objectContaining({ code: 'VALUE_NOT_ALLOWED' }));
  });

  it('refuses them for an import of contacts, and says nothing where none is given', () => {
    expect(() => caseWishesOf(given({ caseType: 'x' }), 'CLIENTS')).toThrow(expect.objectContaining({ code: 'FIELD_UNKNOWN', params: { field: 'caseType' } }));
    expect(caseWishesOf(given({}), 'CLIENTS')).toBeUndefined();
  });
});
