import { domainToASCII, domainToUnicode } from 'node:url';
import type { Finding, Reading } from './finding.js';
import { isPlaceholder } from './placeholder.js';
import { suggestDomain } from './email-domains.js';
import { trimText } from './text.js';

const ADDRESS_BYTES_MAX = 254;
const LOCAL_BYTES_MAX = 64;
const LABEL_CHARACTERS_MAX = 63;

/** More text than this is not a list of ten addresses any more. */
const CELL_CHARACTERS_MAX = 4_000;

const LOCAL_PART = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~.-]+$/u;
const LABEL = /^[\p{L}\p{N}\p{M}-]+$/u;
const SEPARATOR = /[;,|\n\r\t]+/;

/** Domains that are reserved and never take mail (RFC 2606, RFC 6761). */
const RESERVED_ENDINGS = [
  'example',
  'invalid',
  'localhost',
  'test',
  'local',
  'example.com',
  'example.net',
  'example.org',
];

/** Local parts that belong to a function, not to a person. */
const ROLES = new Set(
  `abuse accounting accounts admin administrator billing contact enquiries frontdesk hello help helpdesk hostmaster hr info
inquiries intake legal mail marketing newsletter no-reply noreply office orders postmaster reception root sales security
service support team webmaster`.split(/\s+/),
);

/** Well-known givers of throw-away addresses. */
const DISPOSABLE = new Set(
  `10minutemail.com dispostable.com fakeinbox.com getnada.com guerrillamail.com mailcatch.com maildrop.cc mailinator.com
mailnesia.com mintemail.com mohmal.com sharklasers.com spamgourmet.com temp-mail.org tempmail.com throwawaymail.com
trashmail.com yopmail.com`.split(/\s+/),
);

/**
 * The e-mail addresses of a cell, the first one primary (NRM-020): domain in small letters, local part as typed.
 * A part of the cell that is no address is `EMAIL_INVALID`; the other addresses are still returned.
 */
export function readEmails(text: string): Reading<string[]> {
  const trimmed = trimText(text);
  if (trimmed === '') return { value: [], findings: [] };
  if (isPlaceholder(trimmed))
    return { value: [], findings: [{ code: 'VALUE_PLACEHOLDER', params: { text: trimmed } }] };
  if (trimmed.length > CELL_CHARACTERS_MAX) return { value: [], findings: [invalid(trimmed)] };

  const taken = takeFromBrackets(trimmed);
  const pieces = taken.length > 0 ? taken : splitPieces(trimmed);
  const addresses: string[] = [];
  const findings: Finding[] = taken.length > 0 ? [{ code: 'EMAIL_EXTRACTED', params: { text: trimmed } }] : [];
  for (const piece of pieces) {
    const address = readOne(piece);
    if (address === undefined) findings.push(invalid(piece));
    else if (!addresses.some((known) => sameEmail(known, address))) addresses.push(address);
  }
  if (addresses.length > 1) findings.push({ code: 'CELL_SPLIT', params: { n: addresses.length } });
  return { value: addresses, findings: [...findings, ...addresses.flatMap(remarks)] };
}

/** Whether two addresses are the same person's mailbox: compared without regard to case (NRM-020). */
export function sameEmail(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The domain of an address as stored. */
export function emailDomain(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** Whether mail to this domain can never arrive because the domain is reserved (NRM-021). */
export function isReservedDomain(domain: string): boolean {
  return RESERVED_ENDINGS.some((ending) => domain === ending || domain.endsWith(`.${ending}`));
}

function invalid(text: string): Finding {
  const shorter = text.replace(/[.,;:]$/, '');
  const suggestion = shorter === text ? undefined : readOne(shorter);
  return { code: 'EMAIL_INVALID', params: { text }, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** The addresses of `Ana Lee <ana@kestrel-mail.net>`; none when the text has no such form. */
function takeFromBrackets(text: string): string[] {
  if (!text.includes('<')) return [];
  const found: string[] = [];
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open + 1)) {
    const close = text.indexOf('>', open);
    if (close < 0) break;
    const inside = trimText(text.slice(open + 1, close));
    if (inside.includes('@')) found.push(inside);
  }
  return found;
}

/** A blank separates addresses only where each part is an address: `ana@kestrel mail.net` stays one, broken, piece. */
function splitPieces(text: string): string[] {
  const pieces = text
    .split(SEPARATOR)
    .map(trimText)
    .filter((piece) => piece !== '');
  return pieces.flatMap((piece) => {
    const parts = piece.split(/\s+/).filter((part) => !/^(?:\/|&|and|or|und|oder|y|et)$/i.test(part));
    return parts.length > 1 && parts.every((part) => readOne(part) !== undefined) ? parts : [piece];
  });
}

function readOne(text: string): string | undefined {
  const bare = trimText(text.replace(/^mailto:/i, '').replace(/^(["'<])(.*)(["'>])$/s, '$2'));
  const at = bare.lastIndexOf('@');
  if (at <= 0) return undefined;
  const local = bare.slice(0, at);
  const domain = plainDomain(
    bare
      .slice(at + 1)
      .split('?', 1)
      .join('')
      .toLowerCase(),
  );
  return isLocalPart(local) && isDomain(domain) && Buffer.byteLength(local + domain) < ADDRESS_BYTES_MAX
    ? `${local}@${domain}`
    : undefined;
}

/**
 * A domain in other letters than ASCII as its one Unicode form: wide letters become plain ones. Blank when DNS could not
 * carry it.
 */
function plainDomain(domain: string): string {
  if (/^[\x21-\x7e]*$/.test(domain)) return domain;
  const carried = domainToASCII(domain);
  const isShort = carried.split('.').every((label) => label.length <= LABEL_CHARACTERS_MAX);
  return isShort && carried.length < ADDRESS_BYTES_MAX ? domainToUnicode(carried) : '';
}

function isLocalPart(local: string): boolean {
  if (Buffer.byteLength(local) > LOCAL_BYTES_MAX || !LOCAL_PART.test(local)) return false;
  return !local.startsWith('.') && !local.endsWith('.') && !local.includes('..');
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  if (labels.length < 2 || top.length < 2 || /^\p{N}+$/u.test(top)) return false;
  return labels.every(
    (label) =>
      label.length <= LABEL_CHARACTERS_MAX && LABEL.test(label) && !label.startsWith('-') && !label.endsWith('-'),
  );
}

/** What is worth saying about an address that is stored all the same. */
function remarks(address: string): Finding[] {
  const domain = emailDomain(address);
  const local = address.slice(0, address.lastIndexOf('@')).toLowerCase();
  const suggestion = suggestDomain(domain);
  const findings: Finding[] = [];
  if (suggestion !== undefined) findings.push({ code: 'EMAIL_DOMAIN_TYPO', params: { domain }, suggestion });
  if (DISPOSABLE.has(domain)) findings.push({ code: 'EMAIL_DISPOSABLE', params: { domain } });
  if (ROLES.has(local)) findings.push({ code: 'EMAIL_ROLE', params: { text: address } });
  return findings;
}
