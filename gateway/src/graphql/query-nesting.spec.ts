import { assertNesting } from './query-nesting.js';

const DEEP = '['.repeat(101);

describe('API-006 brackets of a query', () => {
  it.each([
    ['in a text', `{ a(b: "${DEEP}\\"${DEEP}") }`],
    ['in a block of text', `{ a(b: """${DEEP} \\""" ${DEEP} \\\\""" ${DEEP}""") }`],
    ['in a comment', `{ # ${DEEP}\n a }`],
    ['beside each other', `{ ${'a(b: [1]) '.repeat(500)} }`],
  ])('do not count %s', (_, query) => {
    expect(() => assertNesting(query)).not.toThrow();
  });

  it.each([
    ['plainly', DEEP],
    ['behind a text', `"a\\\\" ${DEEP}`],
    ['behind an empty text', `"" ${DEEP}`],
    ['behind a block of text', `"""a \\\\""" b""" ${DEEP}`],
    ['behind a comment that a carriage return ends', `# a\r${DEEP}`],
  ])('count %s', (_, query) => {
    expect(() => assertNesting(query)).toThrow(expect.objectContaining({ code: 'QUERY_TOO_COMPLEX' }));
  });
});
