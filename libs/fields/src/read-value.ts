import { kindOf, type Code } from '@caseledger/errors';
import {
  characterCount,
  countryCode,
  emailDomain,
  fold,
  isBlankMark,
  isPlaceholder,
  isReservedDomain,
  isTimeZone,
  readAddress,
  readDate,
  readDateTime,
  readEmails,
  readName,
  readNamePart,
  readPhones,
  readZip,
  stateCode,
  trimText,
  type Address,
  type BusinessName,
  type DateOrder,
  type Finding,
  type PersonName,
} from '@caseledger/normalise';
import { findChoice, nearestChoice } from './choice.js';
import type { FieldDefinition } from './field.js';
import { languageTag } from './language.js';
import type { ReadOptions } from './reading.js';

/** What one text gives: values by field (a stand-in gives several fields), and what was found. */
export interface ValueReading {
  readonly values: readonly { readonly field: string; readonly text: string }[];
  readonly findings: readonly Finding[];
}

/** What else of the row a value is read with. */
export interface ValueContext {
  /** The order of the date column; `AUTOMATIC` when there is none, as for a single value. */
  readonly dateOrder?: DateOrder;
  /** The column's header, for messages. */
  readonly column?: string;
  /** ISO code of the address that a state or a ZIP belongs to. */
  readonly country?: string;
  /** Code of the state that a ZIP belongs to. */
  readonly state?: string;
}

const EARLIEST_BIRTH = '1900-01-01';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

type Texts = { readonly texts: readonly string[]; readonly findings: readonly Finding[] };

/**
 * One text as the field stores it, by the rules every way in shares (VAL-006, NRM). Blank gives nothing and no finding.
 * A finding of kind E means that the text is not valid for the field (`isInvalid`).
 */
export function readValue(
  field: FieldDefinition,
  text: string,
  options: ReadOptions,
  context: ValueContext = {},
): ValueReading {
  const trimmed = trimText(text);
  if (trimmed === '') return { values: [], findings: [] };
  const broken = unstorable(trimmed) ?? tooLong(field, trimmed);
  if (broken !== undefined) return { values: [], findings: [broken] };
  if (field.type === 'fullName') return readFullName(trimmed, options);
  if (field.type === 'fullAddress') return readFullAddress(field, trimmed, options);
  const { texts, findings } = readTexts(field, trimmed, options, context);
  const named =
    findings.length === 0
      ? findings
      : findings.map((finding) => ({ ...finding, params: { field: field.label, ...finding.params } }));
  return { values: texts.map((each) => ({ field: field.key, text: each })), findings: named };
}

/** Whether a reading says that its text is not valid (VAL-004), as opposed to a remark. */
export function isInvalid(reading: { readonly findings: readonly Finding[] }): boolean {
  return reading.findings.some((finding) => isErrorCode(finding.code));
}

/** Codes of kind E stop a row, all others are remarks (VAL-009). */
export function isErrorCode(code: Code): boolean {
  return kindOf(code) === 'E';
}

function readTexts(field: FieldDefinition, text: string, options: ReadOptions, context: ValueContext): Texts {
  const { dateOrder = 'AUTOMATIC', column } = context;
  switch (field.type) {
    case 'givenName':
      return readGivenName(field, text, options);
    case 'phone':
      return fromReading(readPhones(text, options.defaultCountry));
    case 'email':
      return readEmailTexts(text, options);
    case 'date': {
      const hints = { lastDay: options.importDay, ...(column === undefined ? {} : { column }) };
      return inRange(readDate(text, dateOrder, hints), options.importDay);
    }
    case 'day':
      return fromOptional(readDate(text, dateOrder, column === undefined ? {} : { column }));
    case 'dateTime':
      return fromOptional(readDateTime(text, dateOrder, options.timeZone));
    case 'choice':
      return readChoice(field, text);
    case 'tags':
      return readTags(field, text);
    default:
      return isBlankMark(text) || (field.type !== 'text' && isPlaceholder(text))
        ? placeholder(text)
        : readSingle(field, text, options, context);
  }
}

/** What a spreadsheet leaves of a long number; an id in this form has lost its digits (ANA-007). */
const SCIENTIFIC = /^\d(?:[.,]\d{1,20})?e\+\d{1,3}$/i;

/** The types that give one text, none of which is a placeholder any more. */
function readSingle(field: FieldDefinition, text: string, options: ReadOptions, context: ValueContext): Texts {
  const country = context.country ?? options.defaultCountry;
  const refuse = (code: Code): Texts => ({ texts: [], findings: [{ code, params: { text } }] });
  switch (field.type) {
    case 'country':
      return orElse(countryCode(text), refuse('COUNTRY_UNKNOWN'));
    case 'state':
      return { texts: [stateCode(text, country) ?? text], findings: [] };
    case 'zip': {
      const zip = readZip(text, country, context.state);
      return { texts: [zip.value], findings: zip.findings };
    }
    case 'timeZone':
      return isTimeZone(text) ? { texts: [text], findings: [] } : refuse('VALUE_NOT_ALLOWED');
    case 'language':
      return orElse(languageTag(text), refuse('VALUE_NOT_ALLOWED'));
    case 'url':
      return orElse(webAddress(text), refuse('URL_INVALID'));
    case 'wholeNumber':
      return readWholeNumber(field, text);
    case 'recordId':
      return UUID.test(text.toLowerCase())
        ? { texts: [text.toLowerCase()], findings: [] }
        : { texts: [], findings: [{ code: 'RECORD_NOT_FOUND', params: { id: text, text } }] };
    default:
      if (field.key !== 'externalId' || !SCIENTIFIC.test(text)) return { texts: [text], findings: [] };
      return { texts: [], findings: [{ code: 'SCIENTIFIC_NOTATION', params: { value: text, text } }] };
  }
}

/** A name in a column of its own. Only what can be no name is refused: `Test` and `None` are last names too. */
function readGivenName(field: FieldDefinition, text: string, options: ReadOptions): Texts {
  if (isBlankMark(text) || fold(text) === 'unknown') {
    return field.levels[options.importType] === 'REQUIRED'
      ? { texts: [], findings: [{ code: 'NAME_PLACEHOLDER', params: { text } }] }
      : placeholder(text);
  }
  return { texts: [readNamePart(text, options.nameCase)], findings: [] };
}

function readFullName(text: string, options: ReadOptions): ValueReading {
  const { value, findings } = readName(text, options);
  return { values: value === undefined ? [] : nameValues(value), findings };
}

function nameValues(name: PersonName | BusinessName): { field: string; text: string }[] {
  if (name.kind === 'business') {
    return [
      { field: 'contactType', text: 'BUSINESS' },
      { field: 'companyName', text: name.companyName },
    ];
  }
  const keys = ['firstName', 'middleName', 'lastName', 'prefix', 'suffix', 'nickname'] as const;
  return keys.map((key) => ({ field: key, text: name[key] })).filter((value) => value.text !== '');
}

function readFullAddress(field: FieldDefinition, text: string, options: ReadOptions): ValueReading {
  if (isPlaceholder(text)) return { values: [], findings: placeholder(text).findings };
  const { value, findings } = readAddress(text, options.defaultCountry);
  const parts: (keyof Address)[] = ['street', 'unit', 'city', 'state', 'zip', 'country'];
  const keys = field.standsInFor ?? [];
  const values = parts.map((part, at) => ({ field: keys[at] ?? part, text: value?.[part] ?? '' }));
  return { values: values.filter((each) => each.text !== ''), findings };
}

function readEmailTexts(text: string, options: ReadOptions): Texts {
  const { value, findings } = readEmails(text);
  if (options.checkDeliverability !== true) return { texts: value, findings };
  const refused = value.map(emailDomain).filter(isReservedDomain);
  const undeliverable = refused.map((domain): Finding => ({ code: 'EMAIL_UNDELIVERABLE', params: { domain, text } }));
  return {
    texts: value.filter((email) => !isReservedDomain(emailDomain(email))),
    findings: [...findings, ...undeliverable],
  };
}

function inRange(reading: { value: string | undefined; findings: readonly Finding[] }, last: string): Texts {
  const { value } = reading;
  if (value === undefined || (value >= EARLIEST_BIRTH && value <= last)) return fromOptional(reading);
  const range: Finding = { code: 'DATE_OUT_OF_RANGE', params: { date: value, min: EARLIEST_BIRTH, max: last } };
  return { texts: [], findings: [...reading.findings, range] };
}

function readChoice(field: FieldDefinition, text: string): Texts {
  const choices = field.choices ?? [];
  const found = findChoice(choices, text);
  if (found !== undefined) return { texts: [found], findings: [] };
  if (isPlaceholder(text)) return placeholder(text);
  const suggestion = nearestChoice(choices, text);
  const finding: Finding = { code: field.refusal ?? 'VALUE_NOT_ALLOWED', params: field.refusal === 'SOURCE_NOT_IMPORTABLE' ? { text, source: text } : { text } };
  return { texts: [], findings: [suggestion === undefined ? finding : { ...finding, suggestion }] };
}

function readTags(field: FieldDefinition, text: string): Texts {
  if (isPlaceholder(text)) return placeholder(text);
  const limit = field.lengthMax ?? 0;
  const pieces = text
    .split(/;|:::|[\r\n]/)
    .map(trimText)
    .filter((piece) => piece !== '');
  const tags = new Map<string, string>();
  for (const tag of pieces.filter((piece) => !isPlaceholder(piece))) {
    const key = fold(tag);
    if (!tags.has(key)) tags.set(key, tag);
  }
  const findings = pieces.filter(isPlaceholder).flatMap((piece) => placeholder(piece).findings);
  const long = [...tags.values()].find((tag) => characterCount(tag) > limit);
  if (long === undefined) return { texts: [...tags.values()], findings };
  return { texts: [], findings: [{ code: 'TEXT_TOO_LONG', params: { n: characterCount(long), limit, text: long } }] };
}

function readWholeNumber(field: FieldDefinition, text: string): Texts {
  const match = /^([+-]?\d{1,15})(?:\.0{1,15})?$/.exec(text);
  if (match === null) return { texts: [], findings: [{ code: 'NUMBER_INVALID', params: { text } }] };
  const value = Number(match[1]);
  const [min, max] = field.range ?? [-Infinity, Infinity];
  if (value >= min && value <= max) return { texts: [String(value)], findings: [] };
  return { texts: [], findings: [{ code: 'NUMBER_OUT_OF_RANGE', params: { text, min, max } }] };
}

/** A web address with its scheme; `https` is what a bare host means today. Nothing but http and https is a page. */
function webAddress(text: string): string | undefined {
  const written = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const url = /[\s<>"\\]/.test(written) ? undefined : parseUrl(written);
  if (url === undefined || url.username !== '' || url.password !== '') return undefined;
  return /^[^.]+(?:\.[^.]+)+\.?$/.test(url.hostname) ? written : undefined;
}

/** Not `URL.canParse`: once optimised, Node 20 answers false for hosts with letters such as `é`. */
function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function unstorable(text: string): Finding | undefined {
  // The quick look takes every surrogate for suspect; only the pattern with `u` tells lone ones from pairs.
  if (!/[\0\uD800-\uDFFF]/.test(text)) return undefined;
  const match = /[\0\uD800-\uDFFF]/u.exec(text);
  if (match === null) return undefined;
  const code = `U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  return { code: 'CELL_INVALID_CHAR', params: { code } };
}

function tooLong(field: FieldDefinition, text: string): Finding | undefined {
  const { lengthMax: limit, label } = field;
  if (limit === undefined || field.type === 'tags' || text.length <= limit) return undefined;
  const n = characterCount(text);
  return n <= limit ? undefined : { code: 'TEXT_TOO_LONG', params: { n, field: label, limit } };
}

function placeholder(text: string): Texts {
  return { texts: [], findings: [{ code: 'VALUE_PLACEHOLDER', params: { text } }] };
}

function orElse(text: string | undefined, otherwise: Texts): Texts {
  return text === undefined ? otherwise : { texts: [text], findings: [] };
}

function fromReading(reading: { value: readonly string[]; findings: readonly Finding[] }): Texts {
  return { texts: reading.value, findings: reading.findings };
}

function fromOptional(reading: { value: string | undefined; findings: readonly Finding[] }): Texts {
  return { texts: reading.value === undefined ? [] : [reading.value], findings: reading.findings };
}
