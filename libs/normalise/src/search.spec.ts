import { searchText } from './index.js';

describe('searchText (CON-009, CAS-008)', () => {
  it('gives the whole and its words, as they are compared', () => {
    expect(searchText('  O’Brien-Lee, Ána ')).toEqual({ whole: 'o’brien-lee, ána', words: ['obrien', 'lee', 'ana'] });
    expect(searchText('(415) 555')).toEqual({ whole: '(415) 555', words: ['415', '555'] });
    expect(searchText('?!')).toEqual({ whole: '?!', words: [] });
    expect(searchText(' \n ')).toBeUndefined();
  });

  it('refuses a text that nobody types', () => {
    expect(searchText('a '.repeat(250))?.words).toHaveLength(250);
    expect(() => searchText('a '.repeat(251))).toThrow(expect.objectContaining({ code: 'TEXT_TOO_LONG', field: 'search' }));
  });
});
