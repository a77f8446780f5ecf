import { limit, notFound, validation, validationOf, type FieldError } from '@caseledger/errors';
import { isUuid } from '@caseledger/event-store';
import { countryCode, isTimeZone, readEmails, trimText } from '@caseledger/normalise';
import { isPermission, isRole } from '@caseledger/service-kit';

const NAME_CHARACTERS_MAX = 200;
const CONTACT_CHARACTERS_MAX = 500;
const PASSWORD_CHARACTERS_MIN = 10;
const PASSWORD_CHARACTERS_MAX = 200;
const LANGUAGES_MAX = 20;
const PAGE_ROWS_MAX = 500;
const PAGE_ROWS = 50;

/** Collects the faults of one request, so that they are told together. */
export class Checks {
  private readonly faults: FieldError[] = [];

  /** The name, trimmed; at most 200 characters. */
  name(field: string, text: string): string {
    return this.text(field, text, NAME_CHARACTERS_MAX);
  }

  supportContact(field: string, text: string): string {
    return this.text(field, text, CONTACT_CHARACTERS_MAX);
  }

  required(field: string, text: string): string {
    if (text === '') this.faults.push({ field, code: 'REQUIRED_MISSING', params: { field } });
    return text;
  }

  /** One address and nothing else. */
  email(field: string, text: string): string {
    if (trimText(text) === '') return '';
    const { value, findings } = readEmails(text);
    const [address] = value;
    const isOne = value.length === 1 && !findings.some(({ code }) => code === 'EMAIL_INVALID' || code === 'EMAIL_EXTRACTED');
    if (isOne && address !== undefined) return address;
    this.faults.push({ field, code: 'EMAIL_INVALID', params: { text } });
    return '';
  }

  /** The message names the lengths and never the password. */
  password(field: string, text: string): string {
    const characters = [...text].length;
    if (text !== '' && (characters < PASSWORD_CHARACTERS_MIN || characters > PASSWORD_CHARACTERS_MAX)) {
      this.faults.push({ field, code: 'NUMBER_OUT_OF_RANGE', params: { field: 'The number of characters of the password', min: PASSWORD_CHARACTERS_MIN, max: PASSWORD_CHARACTERS_MAX } });
    }
    return text;
  }

  country(field: string, text: string): string {
    const code = countryCode(text);
    if (code === undefined) this.faults.push({ field, code: 'COUNTRY_UNKNOWN', params: { text } });
    return code ?? '';
  }

  timeZone(field: string, text: string): string {
    if (!isTimeZone(text)) this.notAllowed(field, text);
    return text;
  }

  languages(field: string, texts: readonly string[]): string[] {
    if (texts.length > LANGUAGES_MAX) this.faults.push({ field, code: 'TOO_MANY_VALUES', params: { field, limit: LANGUAGES_MAX } });
    return texts.slice(0, LANGUAGES_MAX).flatMap((text) => {
      try {
        return Intl.getCanonicalLocales(text);
      } catch {
        this.notAllowed(field, text);
        return [];
      }
    });
  }

  kind(field: string, text: string): 'STANDARD' | 'DEMO' {
    if (text === 'STANDARD' || text === 'DEMO') return text;
    this.notAllowed(field, text);
    return 'STANDARD';
  }

  roles(field: string, names: readonly string[]): string[] {
    for (const name of names) if (!isRole(name)) this.notAllowed(field, name);
    return [...new Set(names)].sort();
  }

  scopes(field: string, names: readonly string[]): string[] {
    for (const name of names) if (!isPermission(name)) this.notAllowed(field, name);
    return [...new Set(names)].sort();
  }

  /** @throws DomainError with every fault found */
  done(): void {
    const [first, ...rest] = this.faults;
    if (first !== undefined) throw validationOf([first, ...rest]);
  }

  private text(field: string, text: string, charactersMax: number): string {
    const trimmed = trimText(text);
    const characters = [...trimmed].length;
    if (characters > charactersMax) this.faults.push({ field, code: 'TEXT_TOO_LONG', params: { field, n: characters, limit: charactersMax } });
    return trimmed;
  }

  private notAllowed(field: string, text: string): void {
    this.faults.push({ field, code: 'VALUE_NOT_ALLOWED', params: { field, text } });
  }
}

/** How many rows a page holds: 50 when nothing is asked for. @throws DomainError PAGE_SIZE_EXCEEDED over 500 */
export function pageRows(first: number): number {
  if (first > PAGE_ROWS_MAX) throw limit('PAGE_SIZE_EXCEEDED', { limit: PAGE_ROWS_MAX });
  return first > 0 ? first : PAGE_ROWS;
}

/** Where a page begins. @throws DomainError when it is no cursor of ours */
export function pageAfter(after: string): string | undefined {
  if (after === '') return undefined;
  if (!isUuid(after)) throw validation('VALUE_NOT_ALLOWED', { field: 'after', text: after }, 'after');
  return after;
}

/** An id that could be one; anything else does not exist (SEC-001). @throws DomainError NOT_FOUND */
export function knownId(id: string): string {
  if (!isUuid(id)) throw notFound();
  return id;
}
