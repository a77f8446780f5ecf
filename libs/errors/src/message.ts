import { CATALOGUE, type Code, type CodeEntry } from './catalogue.js';

/** What fills the `{names}` of a template: texts and numbers, never objects. */
export type Params = Readonly<Record<string, string | number>>;

/** A value longer than this is cut in a message: a cell may hold 100,000 characters. */
const VALUE_CHARACTERS_MAX = 100;

/** The name whose sentence is left out when there is nothing to offer. */
const OFFER = '{suggestion}';

/** What stands in for a name that the caller did not fill in. A name not listed becomes itself: `{rows}` → "rows". */
const STAND_IN = new Map([
  ['field', 'this field'],
  ['standIn', 'the combined field'],
  ['text', 'the value'],
  ['value', 'the value'],
  ['found', 'another kind of file'],
  ['limit', 'what is allowed'],
  ['size', 'the size'],
  ['n', 'some'],
  ['why', 'not possible here'],
  ['date', 'an earlier date'],
  ['user', 'someone'],
  ['person', 'the person'],
  ['record', 'another record'],
  ['column', 'the column'],
  ['number', 'a number'],
  ['suggestion', 'something else'],
  ['hint', ''],
  ['ref', 'not given'],
  ['state', 'in its present state'],
  ['seconds', 'a few'],
  ['things', 'of these'],
  ['fields', 'something'],
  ['type', 'value of this type'],
  ['key', 'key'],
  ['id', 'with this id'],
]);

/** A name in braces; an `s` after it asks for the plural of what fills it. */
const NAME = /\{([A-Za-z]{1,20})\}(s\b)?/g;

/** The names a code's template takes, each once, in the order of the text. */
export function paramsOf(code: Code): string[] {
  const names = [...CATALOGUE[code].template.matchAll(NAME)].map((match) => match[1] ?? '');
  return [...new Set(names)];
}

/**
 * The English message of a code. Names are filled in one pass, so braces inside a value stay text.
 * A name without a value gets words that still make sense; the sentence that only carries a missing suggestion is
 * left out, unless it is the whole message.
 */
export function messageFor(code: Code, params: Params = {}): string {
  const sentences = templateOf(code, params).split(/(?<=[.?!;]) /);
  const told = Object.hasOwn(params, 'suggestion') ? sentences : sentences.filter((part) => !part.includes(OFFER));
  const template = (told.length > 0 ? told : sentences).join(' ').replace(/;$/, '.');
  return template.replace(NAME, (_, name: string, plural: string | undefined, at: number) => {
    const value = valueOf(name, params, at === 0);
    return plural === undefined ? value : pluralOf(value);
  });
}

/** The parameter that asks for the words of a code whose matter has an unknown end. */
export const UNSURE = 'unsure';

function templateOf(code: Code, params: Params): string {
  const entry: CodeEntry = CATALOGUE[code];
  return Object.hasOwn(params, UNSURE) ? (entry.unsure ?? entry.template) : entry.template;
}

/** A given value is never changed in case: it may be the user's own text. */
function valueOf(name: string, params: Params, isFirst: boolean): string {
  const given = Object.hasOwn(params, name) ? params[name] : undefined;
  if (given !== undefined) return shorten(String(given));
  const words = STAND_IN.get(name) ?? name;
  return isFirst ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

/** The plural of an English noun. */
function pluralOf(noun: string): string {
  return /(?:s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

function shorten(text: string): string {
  if (text.length <= VALUE_CHARACTERS_MAX) return text;
  return `${text.slice(0, VALUE_CHARACTERS_MAX).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
