import { fold } from '@caseledger/normalise';

/** The name of a row or a record; blank or missing parts are not compared. */
export interface MatchName {
  readonly firstName?: string;
  readonly middleName?: string;
  readonly lastName?: string;
  readonly companyName?: string;
}

/** Legal forms say nothing about who a business is. */
const LEGAL_FORMS = new Set(
  `llc inc incorporated ltd limited llp pllc lllp lp plc corp corporation co company gmbh ag kg bv nv sa srl sarl sas spa
pty kft sro oy ab as pc pa the`.split(/\s+/),
);

/**
 * Whether two names clearly belong to different people (DUP-003, version 1): folded, they share neither the last name
 * nor a whole given name. A side without a name never differs: an update file may leave names out. Two businesses
 * differ unless the words of one, without legal form, are all among the words of the other; a person and a business
 * always differ.
 */
export function namesClearlyDiffer(a: MatchName, b: MatchName): boolean {
  const one = wordsOf(a);
  const other = wordsOf(b);
  if (one.isNameless || other.isNameless) return false;
  if (one.isPerson && other.isPerson) {
    const sharesLast = one.last !== '' && one.last === other.last;
    return !sharesLast && !one.given.some((name) => other.given.includes(name));
  }
  if (one.isPerson !== other.isPerson) return true;
  const [few, many] = one.company.length <= other.company.length ? [one, other] : [other, one];
  return !few.company.every((word) => many.company.includes(word));
}

function wordsOf(name: MatchName): {
  isNameless: boolean;
  isPerson: boolean;
  last: string;
  given: string[];
  company: string[];
} {
  const last = fold(name.lastName ?? '').replaceAll(' ', '');
  const given = splitWords(`${name.firstName ?? ''} ${name.middleName ?? ''}`).filter((word) => [...word].length > 1);
  const allCompany = splitWords(name.companyName ?? '');
  const telling = allCompany.filter((word) => !LEGAL_FORMS.has(word));
  const company = telling.length > 0 ? telling : allCompany;
  const isPerson = last !== '' || given.length > 0;
  return { isNameless: !isPerson && company.length === 0, isPerson, last, given, company };
}

function splitWords(text: string): string[] {
  return fold(text)
    .split(' ')
    .filter((word) => word !== '');
}
