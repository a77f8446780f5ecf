import type { Finding } from './finding.js';

/** First digits of the ZIP codes of each US state; a ZIP outside is doubtful, never refused. */
const ZIP_STARTS: ReadonlyMap<string, string> = new Map(
  `AL 3|AK 9|AZ 8|AR 7|CA 9|CO 8|CT 0|DE 1|DC 25|FL 3|GA 3|HI 9|ID 8|IL 6|IN 4|IA 5|KS 6|KY 4|LA 7|ME 0|MD 2|MA 05|MI 4|
MN 5|MS 3|MO 6|MT 5|NE 6|NV 8|NH 0|NJ 0|NM 8|NY 01|NC 2|ND 5|OH 4|OK 7|OR 9|PA 1|RI 0|SC 2|SD 5|TN 3|TX 78|UT 8|VT 0|
VA 2|WA 9|WV 2|WI 5|WY 8|PR 0|VI 0|GU 9|AS 9|MP 9|AE 0|AP 9|AA 3`
    .split('|')
    .map((entry): [string, string] => [entry.trim().slice(0, 2), entry.trim().slice(3)]),
);

const PATTERNS: ReadonlyMap<string, RegExp> = new Map([
  ['US', /^\d{5}(?:-\d{4})?$/],
  ['CA', /^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d$/],
  ['GB', /^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/],
  ['DE', /^\d{5}$/],
  ['FR', /^\d{5}$/],
  ['ES', /^\d{5}$/],
  ['IT', /^\d{5}$/],
  ['MX', /^\d{5}$/],
  ['AT', /^\d{4}$/],
  ['CH', /^\d{4}$/],
  ['BE', /^\d{4}$/],
  ['DK', /^\d{4}$/],
  ['NO', /^\d{4}$/],
  ['AU', /^\d{4}$/],
  ['NL', /^\d{4} [A-Z]{2}$/],
  ['CZ', /^\d{3} \d{2}$/],
  ['SK', /^\d{3} \d{2}$/],
  ['SE', /^\d{3} \d{2}$/],
  ['PL', /^\d{2}-\d{3}$/],
  ['PT', /^\d{4}-\d{3}$/],
]);

/** Whether a country's postal codes are known well enough to tell one from another word. */
export function knowsPostalCodes(country: string): boolean {
  return PATTERNS.has(country);
}

/** A postal code in its country's form (`h2t2n4` → `H2T 2N4`); undefined when it has not that form. */
export function postalCode(text: string, country: string): string | undefined {
  const pattern = PATTERNS.get(country);
  if (pattern === undefined || text.length > 12) return undefined;
  const plain = text.toUpperCase().replace(/[\s.]/g, '');
  const spaced = withGap(plain, country);
  return [text, plain, spaced].find((form) => pattern.test(form));
}

/**
 * A ZIP as stored and what is doubtful about it (NRM-011): the country's form where it has one, else as given. `state`
 * is the code of a US state, if known.
 */
export function readZip(text: string, country: string, state = ''): { value: string; findings: Finding[] } {
  if (text === '') return { value: '', findings: [] };
  const known = postalCode(text, country);
  if (country === 'US' && /^\d{4}$/.test(text)) {
    return { value: text, findings: [{ code: 'ZIP_LOST_ZERO', suggestion: `0${text}`, params: { zip: text } }] };
  }
  const suspect: Finding = { code: 'ZIP_SUSPECT', params: { zip: text, country } };
  if (known === undefined) return { value: text, findings: knowsPostalCodes(country) ? [suspect] : [] };
  const starts = country === 'US' ? ZIP_STARTS.get(state) : undefined;
  const isElsewhere = starts !== undefined && !starts.includes(known.charAt(0));
  return { value: known, findings: isElsewhere ? [suspect] : [] };
}

function withGap(plain: string, country: string): string {
  if (country === 'CA' || country === 'GB') return `${plain.slice(0, -3)} ${plain.slice(-3)}`;
  if (country === 'NL') return `${plain.slice(0, 4)} ${plain.slice(4)}`;
  if (country === 'CZ' || country === 'SK' || country === 'SE') return `${plain.slice(0, 3)} ${plain.slice(3)}`;
  return plain;
}
