import { parseMutants, requireDistinct } from './mutant.js';

const entry = { id: 'a', fault: 'b', file: 'c', find: 'd', replace: '', spec: 'f', testName: 'g' };

describe('a list of mutants', () => {
  it('is read with every field as text', () => {
    expect(parseMutants(JSON.stringify([entry]), 'x.mutants.json')).toEqual([entry]);
  });

  it.each([
    ['a list', {}],
    ['entry 1 needs', [{ ...entry, spec: undefined }]],
    ['entry 2 needs', [entry, { ...entry, find: 4 }]],
    ['changes nothing', [{ ...entry, replace: 'd' }]],
    ['changes nothing', [{ ...entry, find: '' }]],
  ])('is refused naming what is wrong: %s', (message, value) => {
    expect(() => parseMutants(JSON.stringify(value), 'x.mutants.json')).toThrow(message);
  });

  it('has no id twice', () => {
    expect(() => requireDistinct([entry, { ...entry, find: 'e' }])).toThrow('called a');
  });
});
