import type { Finding, Reading } from './finding.js';
import { fixCase } from './name-case.js';
import {
  BUSINESS_WORDS,
  JOINERS,
  LEGAL_FORMS,
  FOREIGN_WORDS,
  OFFICE_WORDS,
  PARTICLES,
  PREFIXES,
  SHORT_LEGAL_FORMS,
  SMALL_PARTICLES,
  SUFFIXES,
  SUFFIXES_AFTER_COMMA,
} from './name-words.js';
import { isPlaceholder } from './placeholder.js';
import { fold, onOneLine } from './text.js';

/** How doubtful names are read (NRM-003). */
export interface NameOptions {
  readonly nameCase: 'KEEP' | 'FIX';
  readonly singleName: 'FAIL' | 'LAST' | 'FIRST';
  readonly couples: 'KEEP' | 'FAIL';
}

/** The parts of a person's name; blank parts are empty texts. */
export interface PersonName {
  readonly kind: 'person';
  readonly firstName: string;
  readonly middleName: string;
  readonly lastName: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly nickname: string;
}

/** A business, named as typed. */
export interface BusinessName {
  readonly kind: 'business';
  readonly companyName: string;
}

/** More words than this are a sentence. */
const WORDS_MAX = 20;

const NAME_CHARACTERS_MAX = 300;

const NICKNAME =
  /(?:^| )(?:"([^"]{1,60})"|“([^”]{1,60})”|\((\p{Lu}[^()]{0,59})\)|'(\p{L}[^']{0,59})'|‘(\p{L}[^’]{0,59})’)(?= |,|$)/u;

type Given = Omit<PersonName, 'kind'>;

/**
 * A full name in its parts (NRM-001, NRM-002), or a business. Undefined when blank, when it is a placeholder, and when
 * first and last name cannot be told for certain (`NAME_INCOMPLETE`).
 */
export function readName(text: string, options: NameOptions): Reading<PersonName | BusinessName | undefined> {
  const written = onOneLine(text);
  if (written === '') return { value: undefined, findings: [] };
  if (isPlaceholder(written))
    return { value: undefined, findings: [{ code: 'NAME_PLACEHOLDER', params: { text: written } }] };
  if (written.length > NAME_CHARACTERS_MAX || written.split(' ').length > WORDS_MAX) return incomplete(written);
  if (looksLikeBusiness(written)) {
    const findings: Finding[] = [{ code: 'NAME_LOOKS_BUSINESS', params: { text: written } }];
    return { value: { kind: 'business', companyName: written }, findings };
  }
  const nickname = NICKNAME.exec(written);
  const plain = nickname === null ? written : onOneLine(written.replace(nickname[0], ' '));
  if (/["“”()[\]<>@\d]/u.test(plain) || plain.split(' ').some((word) => FOREIGN_WORDS.has(word.toLowerCase())))
    return incomplete(written);

  const parts = plain.includes(',') ? readWithCommas(plain, options) : readInOrder(plain.split(' '), options);
  const couple = plain.split(' ').some((word) => JOINERS.has(word.toLowerCase()));
  const warnings: Finding[] = couple ? [{ code: 'NAME_MULTIPLE_PEOPLE', params: { text: written } }] : [];
  if (
    parts === undefined ||
    !isGivenName(parts.firstName) ||
    (couple && (options.couples === 'FAIL' || holdsTwoFullNames(plain)))
  ) {
    return incomplete(written, warnings);
  }
  const named = { ...parts, nickname: nickname?.slice(1).find((part) => part !== undefined) ?? '' };
  return { value: { kind: 'person', ...inCase(named, options) }, findings: warnings };
}

/** One part of a name that has a column of its own: on one line, its capitals by the option. */
export function readNamePart(text: string, nameCase: NameOptions['nameCase']): string {
  const written = onOneLine(text);
  return nameCase === 'FIX' ? fixCase(written) : written;
}

/** A name as it is shown and exported; read again, it gives the same parts. */
export function formatName(name: PersonName | BusinessName): string {
  if (name.kind === 'business') return name.companyName;
  const nickname = name.nickname === '' ? '' : `"${name.nickname}"`;
  const given = [name.prefix, name.firstName, name.middleName, nickname].filter((part) => part !== '').join(' ');
  return [name.lastName, given, name.suffix].filter((part) => part !== '').join(', ');
}

function incomplete(text: string, findings: readonly Finding[] = []): Reading<undefined> {
  return { value: undefined, findings: [{ code: 'NAME_INCOMPLETE', params: { text } }, ...findings] };
}

function looksLikeBusiness(text: string): boolean {
  const words = text
    .replaceAll(',', ' ')
    .split(' ')
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  const folded = key(last);
  if (words.length < 2) return false;
  if (LEGAL_FORMS.has(folded)) return true;
  if (text.includes(',')) return false;
  const isAndCompany = folded === 'co' && words.at(-2) === '&';
  const isOffice = words.length > 2 && words.some((word) => OFFICE_WORDS.has(key(word)));
  return BUSINESS_WORDS.has(folded) || isOffice || isAndCompany || (words.length > 2 && SHORT_LEGAL_FORMS.has(last));
}

/** "Last, First" unless what follows the comma is only a suffix (NRM-002). */
function readWithCommas(text: string, options: NameOptions): Given | undefined {
  const [head = '', ...rest] = text
    .split(',')
    .map((part) => onOneLine(part))
    .filter((part) => part !== '');
  if (rest.length === 0) return readInOrder(head.split(' '), options);
  if (rest.every(isSuffixList)) return withSuffix(readInOrder(head.split(' '), options), rest);

  const [given = '', ...suffixes] = rest;
  if (!suffixes.every(isSuffixList)) return undefined;
  const last = takeAffixes(head.split(' '));
  const first = takeAffixes(given.split(' '));
  const [firstName, ...middle] = joinCouple(first.words);
  if (firstName === undefined || last.words.length === 0) return undefined;
  const parts: Given = {
    firstName,
    middleName: middle.join(' '),
    lastName: last.words.join(' '),
    prefix: [...last.prefix, ...first.prefix].join(' '),
    suffix: [...last.suffix, ...first.suffix].join(' '),
    nickname: '',
  };
  return withSuffix(parts, suffixes);
}

function readInOrder(allWords: readonly string[], options: NameOptions): Given | undefined {
  const { prefix, words: plainWords, suffix } = takeAffixes(allWords);
  const words = joinCouple(plainWords);
  const affixes = { prefix: prefix.join(' '), suffix: suffix.join(' '), nickname: '' };
  const [only = ''] = words;
  // `Hale Ana Mr` is written last name first or first name first: nobody can tell.
  if (only === '' || /^(?:mr|mrs|ms|miss)\.?$/i.test(words.at(-1) ?? '')) return undefined;
  if (words.length === 1) {
    if (options.singleName === 'FAIL' || isJoined(only)) return undefined;
    const isLast = options.singleName === 'LAST';
    return { ...affixes, firstName: isLast ? '' : only, middleName: '', lastName: isLast ? only : '' };
  }
  const start = lastNameStart(words);
  return {
    ...affixes,
    firstName: only,
    middleName: words.slice(1, start).join(' '),
    lastName: words.slice(start).join(' '),
  };
}

/** Particles go with the last name; written small, the first of them starts it. */
function lastNameStart(words: readonly string[]): number {
  let start = words.length - 1;
  while (start > 1 && isParticle(words[start - 1] ?? '')) start -= 1;
  const small = words.findIndex((word, at) => at > 0 && word === word.toLowerCase() && isParticle(word));
  return small > 0 && small < start ? small : start;
}

/** `O'` standing alone is one; `O.` is an initial, and `Al` a given name. */
function isParticle(word: string): boolean {
  if (/^o['’]$/iu.test(word)) return true;
  if (word.endsWith('.') && key(word) !== 'st') return false;
  return PARTICLES.has(key(word)) || (word === word.toLowerCase() && SMALL_PARTICLES.has(word));
}

/** Takes titles off the front and suffixes off the end, but never the last word that is left. */
function takeAffixes(words: readonly string[]): { prefix: string[]; words: string[]; suffix: string[] } {
  let start = 0;
  let end = words.length;
  const isTitle = (at: number): boolean => {
    const word = words[at] ?? '';
    return PREFIXES.has(key(word)) || (JOINERS.has(word) && PREFIXES.has(key(words[at + 1] ?? '')) && at > 0);
  };
  while (start < end - 1 && isTitle(start)) start += 1;
  while (end > start + 1 && isSuffixAt(words, end - 1, start)) end -= 1;
  return { prefix: words.slice(0, start), words: words.slice(start, end), suffix: words.slice(end) };
}

/** `Junior` and `Senior` in full are also last names: `Jason Senior`. */
function isSuffixAt(words: readonly string[], at: number, start: number): boolean {
  const word = key(words[at] ?? '');
  const isWord = word === 'junior' || word === 'senior';
  return SUFFIXES.has(word) && !(isWord && at - start < 2);
}

/** `John & Mary` is one first name, as written. */
function joinCouple(words: readonly string[]): string[] {
  const at = words.findIndex((word) => JOINERS.has(word.toLowerCase()));
  if (at <= 0 || at === words.length - 1) return [...words];
  return [words.slice(0, at + 2).join(' '), ...words.slice(at + 2)];
}

function isJoined(name: string): boolean {
  return name.split(' ').some((word) => JOINERS.has(word.toLowerCase()));
}

/** `John Ames and Mary Hale`: two people with a last name each are not one record. */
function holdsTwoFullNames(text: string): boolean {
  const words = text.split(' ').filter((word) => !PREFIXES.has(key(word)));
  const at = words.findIndex((word) => JOINERS.has(word.toLowerCase()));
  return at > 1 && !text.includes(',') && words.slice(0, at).length > 1;
}

/** A particle, a suffix or a joining word alone is nobody's first name: `de la Cruz` lacks one. */
function isGivenName(name: string): boolean {
  const isSmallParticle = name !== '' && name === name.toLowerCase() && isParticle(name);
  return !isSmallParticle && !PREFIXES.has(key(name)) && !SUFFIXES.has(key(name)) && !JOINERS.has(name.toLowerCase());
}

function isSuffixList(text: string): boolean {
  return text.split(' ').every((word) => SUFFIXES.has(key(word)) || SUFFIXES_AFTER_COMMA.has(key(word)));
}

function withSuffix(parts: Given | undefined, suffixes: readonly string[]): Given | undefined {
  if (parts === undefined) return undefined;
  return { ...parts, suffix: [parts.suffix, ...suffixes].filter((part) => part !== '').join(' ') };
}

function inCase(parts: Given, options: NameOptions): Given {
  if (options.nameCase === 'KEEP') return parts;
  const { firstName, middleName, lastName, nickname } = parts;
  return {
    ...parts,
    firstName: fixCase(firstName),
    middleName: fixCase(middleName),
    lastName: fixCase(lastName),
    nickname: fixCase(nickname),
  };
}

function key(word: string): string {
  return fold(word).replaceAll(' ', '');
}
