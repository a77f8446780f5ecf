import fc from 'fast-check';
import { NORMALISER_VERSION, characterCount, fold, isBlankMark, isPlaceholder, onOneLine, trimText } from './index.js';

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());

describe('trimText (FIL-010)', () => {
  const cases: [string, string][] = [
    ['  Ana  ', 'Ana'],
    ['\u00a0\u200b\ufeffAna\u2060\u202c', 'Ana'],
    ['Ana \u00a0 Lee', 'Ana \u00a0 Lee'],
    ['line one\r\nline two\n', 'line one\r\nline two'],
    ['e\u0301', '\u00e9'],
    ['\u200b', ''],
    ['', ''],
    ['=1+1', '=1+1'],
  ];

  it.each(cases)('%j → %j', (text, trimmed) => {
    expect(trimText(text)).toBe(trimmed);
  });

  it('is idempotent (NRM-031)', () => {
    fc.assert(fc.property(anyText, (text) => expect(trimText(trimText(text))).toBe(trimText(text))));
  });

  it('never touches what stands between two visible characters', () => {
    fc.assert(fc.property(anyText, (text) => expect(trimText(`a${text}b`)).toBe(`a${text}b`.normalize('NFC'))));
  });

  it('takes time in proportion to its text', () => {
    const started = performance.now();
    trimText(`${' \u00a0'.repeat(500_000)}x${' '.repeat(500_000)}`);
    fold(`${'-'.repeat(500_000)}x`);
    onOneLine(`x${' '.repeat(500_000)}x`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('fold', () => {
  const cases: [string, string][] = [
    ['  E-Mail  Address ', 'e mail address'],
    ["O'Neil", 'oneil'],
    ['O’Neil', 'oneil'],
    ['Straße', 'strasse'],
    ['JOSÉ', 'jose'],
    ['Łukasz Øre', 'lukasz ore'],
    ['ﬁne', 'fine'],
    ['東京', '東京'],
    ['नमस्ते', 'नमस्ते'],
    ['?!-', ''],
  ];

  it.each(cases)('%j → %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('is idempotent, and the same for a text and its capitals where they come back', () => {
    fc.assert(fc.property(anyText, (text) => expect(fold(fold(text))).toBe(fold(text))));
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 .'-]*$/), (text) => expect(fold(text.toUpperCase())).toBe(fold(text))),
    );
  });
});

describe('placeholders (NRM-001, NRM-020, NRM-025)', () => {
  it.each(['n/a', 'N/A', 'NA', '-', '--', 'none', 'None.', 'unknown', 'test', 'no email', 'TBD', '???', '(none)'])(
    '%p says nothing',
    (text) => {
      expect(isPlaceholder(text)).toBe(true);
    },
  );

  it.each(['Ana', 'Nona', 'Testa', '0', '', ' ', 'x@kestrel-mail.net', 'none of your business'])(
    '%p says something, or is blank',
    (text) => {
      expect(isPlaceholder(text)).toBe(false);
    },
  );

  it('tells marks from words that may be a name or a place', () => {
    for (const text of ['n/a', '#N/A', '-', '???', '(none)', '<null>']) expect(isBlankMark(text)).toBe(true);
    for (const text of ['None', 'Null', 'Test', 'NA', 'Unknown', '<clear>', '0', 'x'])
      expect(isBlankMark(text)).toBe(false);
  });
});

it('counts code points', () => {
  expect(characterCount('a😀é')).toBe(3);
});

it('has a version that imports can pin', () => {
  expect(NORMALISER_VERSION).toBe(1);
});
