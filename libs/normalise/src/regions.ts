import { COUNTRY_NAMES } from './countries.js';
import { fold } from './text.js';

const STATES_US = `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|
OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam|
VI Virgin Islands|AS American Samoa|MP Northern Mariana Islands|AE Armed Forces Europe|AP Armed Forces Pacific|
AA Armed Forces Americas|VI U.S. Virgin Islands`;

const PROVINCES_CA = `AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|
NL Newfoundland|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Québec|
SK Saskatchewan|YT Yukon|YT Yukon Territory|QC PQ|NL NF`;

const STATES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['US', byName(STATES_US.split('|'))],
  ['CA', byName(PROVINCES_CA.split('|'))],
]);

const COUNTRIES: ReadonlyMap<string, string> = byName(
  COUNTRY_NAMES.trim()
    .split('\n')
    .flatMap((line) =>
      line
        .slice(3)
        .split('|')
        .map((name) => `${line.slice(0, 2)} ${name}`),
    ),
);

const ENGLISH_NAMES: ReadonlyMap<string, string> = new Map(
  COUNTRY_NAMES.trim()
    .split('\n')
    .map((line): [string, string] => [line.slice(0, 2), line.slice(3).split('|', 1).join('')]),
);

/** The two-letter code of a US state or Canadian province by code or name (NRM-011); undefined for anything else. */
export function stateCode(text: string, country: string): string | undefined {
  return STATES.get(country)?.get(plain(text));
}

/** Whether states of this country are stored as codes. */
export function hasStateCodes(country: string): boolean {
  return STATES.has(country);
}

/** The ISO 3166 code of a country by its code or name, in any case; undefined when it is none (`COUNTRY_UNKNOWN`). */
export function countryCode(text: string): string | undefined {
  return COUNTRIES.get(plain(text));
}

/** The English name of a country; the code itself when there is none. */
export function countryName(code: string): string {
  return ENGLISH_NAMES.get(code) ?? code;
}

function byName(entries: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const entry of entries.map((text) => text.trim())) {
    const code = entry.slice(0, 2);
    names.set(plain(code), code);
    names.set(plain(entry.slice(3)), code);
  }
  return names;
}

/** `U.S.A.`, `USA` and `u s a` are one. */
function plain(text: string): string {
  return fold(text).replaceAll(' ', '');
}
