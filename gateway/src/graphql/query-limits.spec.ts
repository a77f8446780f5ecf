import { buildSchema, parse, validate } from 'graphql';
import { schemaText } from '../gen/schema.js';
import { queryLimits } from './query-limits.js';

const schema = buildSchema(schemaText);

function codesOf(query: string): unknown[] {
  return validate(schema, parse(query), [queryLimits]).map((error) => error.extensions['code']);
}

describe('API-006 limits of a query', () => {
  it('lets an ordinary page through', () => {
    expect(codesOf('{ contacts(first: 200) { nodes { id name phones { number } } } }')).toEqual([]);
  });

  it('refuses a query deeper than 12', () => {
    const deep = `{ imports { nodes { ${'reverts { import { '.repeat(6)} id ${'} } '.repeat(6)} } } }`;
    expect(codesOf(deep)).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it('refuses pages in pages whose product is over 10,000', () => {
    expect(codesOf('{ imports(first: 200) { nodes { rows(first: 200) { nodes { row } } } } }')).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it('refuses the same through fragments', () => {
    const query = 'query { imports(first: 200) { nodes { ...r } } } fragment r on Import { rows(first: 200) { nodes { row } } }';
    expect(codesOf(query)).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it('refuses one question asked hundreds of times under other names', () => {
    const asked = (times: number) => Array.from({ length: times }, (_, at) => `a${at}: company { name }`).join(' ');
    expect(codesOf(`{ ${asked(100)} }`)).toEqual([]);
    expect(codesOf(`{ ${asked(200)} }`)).toEqual(['QUERY_TOO_COMPLEX']);
    expect(codesOf(`{ ...q ... { ${asked(100)} } } fragment q on Query { b: company { name } ${asked(100)} }`)).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it('measures a document of many spreads in no time', () => {
    const fragments = Array.from({ length: 40 }, (_, at) => `fragment f${at} on Import { id ...f${at + 1} a: id ...f${at + 1} }`);
    const query = `{ imports(first: 1) { nodes { ...f0 } } } ${fragments.join(' ')} fragment f40 on Import { id }`;
    expect(codesOf(query)).toEqual(['QUERY_TOO_COMPLEX']);
  });
});
