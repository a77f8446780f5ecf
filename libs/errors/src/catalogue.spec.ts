import { CATALOGUE, isCode, kindOf, messageFor, paramsOf, type Code } from './index.js';

/** The codes of PRODUCT §5, in its order: removing or renaming one breaks every client that knows it. */
const CODES_OF_THE_SPECIFICATION = `
  FILE_FORMAT_UNSUPPORTED FILE_EXTENSION_MISMATCH ONE_FILE_ONLY FILE_TOO_LARGE FILE_TOO_MANY_ROWS
  FILE_TOO_MANY_COLUMNS FILE_UNPACKED_TOO_LARGE FILE_ENCRYPTED FILE_CORRUPT FILE_EMPTY FILE_NO_ROWS QUOTE_UNCLOSED
  UPLOAD_CHECKSUM_MISMATCH FILE_ALREADY_IMPORTED FILE_ROWS_AT_FORMAT_LIMIT FILE_EXPIRED HEADER_NOT_FOUND ROW_SHORT
  ROW_TOO_LONG CELL_TOO_LONG CELL_INVALID_CHAR CELL_ERROR_VALUE FORMULA_NO_VALUE NUMBER_PRECISION_LOST
  SCIENTIFIC_NOTATION TEXT_UNDECODABLE TEXT_MOJIBAKE CELL_SPLIT CSV_GUARD_SUSPECTED MAPPING_REQUIRED_MISSING
  MAPPING_RECOMMENDED_MISSING MAPPING_CONTENT_MISMATCH COLUMN_NOT_IMPORTABLE CASE_TYPE_REQUIRED_FOR_LIST
  LIST_CASE_TYPE_MISMATCH LIST_NAME_TAKEN DEFAULT_INVALID LINK_NOT_FOUND LINK_AMBIGUOUS ATTACHMENT_NOT_FOUND
  ATTACHMENT_PATH_UNSAFE REQUIRED_MISSING RECOMMENDED_MISSING PARTS_DIFFER VALUE_LEFT_OUT VALUE_PLACEHOLDER
  VALUE_NOT_ALLOWED TEXT_TOO_LONG TOO_MANY_VALUES NUMBER_INVALID NUMBER_OUT_OF_RANGE BOOLEAN_INVALID URL_INVALID
  COUNTRY_UNKNOWN CASE_TYPE_MISSING FIELD_NOT_IN_CASE_TYPE SOURCE_NOT_IMPORTABLE ROLE_UNKNOWN EXTERNAL_ID_TAKEN
  RECORD_NOT_FOUND NAME_INCOMPLETE NAME_PLACEHOLDER NAME_MULTIPLE_PEOPLE NAME_LOOKS_BUSINESS ADDRESS_NOT_SPLIT
  ZIP_SUSPECT ZIP_LOST_ZERO EMAIL_INVALID EMAIL_UNDELIVERABLE EMAIL_DOMAIN_TYPO EMAIL_UNCHECKED EMAIL_EXTRACTED
  EMAIL_DISPOSABLE EMAIL_ROLE PHONE_INVALID PHONE_NOT_ASSIGNED PHONE_FORMAT_MISMATCH PHONE_COUNTRY_UNCLEAR
  DATE_INVALID DATE_OUT_OF_RANGE DATE_ORDER_UNPROVEN DATE_ORDER_MIXED DATE_LOOKS_LIKE_SERIAL DATE_TWO_DIGIT_YEAR
  DATE_TIME_DROPPED TIME_DST_ADJUSTED DUPLICATE_IN_FILE DUPLICATE_EXISTING HELD_FOR_REVIEW DUP_NAME_CONFLICT
  DUP_AMBIGUOUS MERGE_KEPT_EXISTING CLIENT_DATA_NOT_APPLIED OPT_OUT_KEPT CASE_MERGE_NOT_SUPPORTED
  CONFIRMATION_REQUIRED PLAN_STALE PLAN_ROW_STALE APPROVAL_SELF ATOMIC_PLAN_HAS_ERRORS STATE_NOT_ALLOWED ROW_BLANK
  EXCLUDED NOT_PROCESSED ROLLED_BACK ROW_ALREADY_APPLIED INTERNAL_ERROR CHUNK_CORRUPT LEDGER_MISMATCH
  REVERT_IMPORT_RUNNING REVERT_ALREADY_RUNNING REVERT_NOTHING_TO_DO REVERT_FORBIDDEN REVERT_PREVIEW_STALE
  REPLAY_MISMATCH LOG_CHAIN_BROKEN LOG_EPOCH_MISMATCH VERSION_CONFLICT DUPLICATE_VALUE ALREADY_LINKED
  MERGE_NOT_POSSIBLE CASE_NEEDS_CLIENT CASE_ARCHIVED FIELD_TYPE_CHANGE_REFUSED AUTOMATION_LOOP MARKUP_REMOVED
  DOCUMENT_INFECTED DOCUMENT_TYPE_BLOCKED DOCUMENT_TOO_LARGE DOCUMENT_EMPTY ARCHIVE_INCOMPLETE OPTED_OUT
  DNC_LISTED PHONE_NOT_TEXTABLE MESSAGE_STALE PORTAL_LINK_EXPIRED PORTAL_LINK_REVOKED LINK_EXPIRED
  DATE_RANGE_INVALID EXPORT_CELL_MOVED EXPORT_TOO_LARGE SCHEDULE_OWNER_INVALID CONNECTOR_AUTH_FAILED
  UNAUTHENTICATED FORBIDDEN FORBIDDEN_FIELD NOT_FOUND FIELD_UNKNOWN DUPLICATE_REVIEW IDEMPOTENCY_KEY_REUSED
  IDEMPOTENCY_IN_PROGRESS PAGE_SIZE_EXCEEDED QUERY_TOO_COMPLEX BODY_TOO_LARGE LIMIT_REACHED RATE_LIMITED
  NOT_CAUGHT_UP ERASURE_LEGAL_HOLD
`
  .trim()
  .split(/\s+/);

describe('the catalogue (PRODUCT §5)', () => {
  const codes = Object.keys(CATALOGUE).filter(isCode);

  it('holds exactly the codes of the specification', () => {
    expect(codes).toEqual(CODES_OF_THE_SPECIFICATION);
  });

  it.each(['constructor', '__proto__', 'toString', '', 'file_empty'])('does not take %p for a code', (text) => {
    expect(isCode(text)).toBe(false);
  });

  it('gives every code a kind and a template that ends as a sentence', () => {
    for (const code of codes) {
      expect(['F', 'E', 'W', 'A', 'O', 'reason']).toContain(kindOf(code));
      if (code !== 'MERGE_NOT_POSSIBLE' && !code.startsWith('DOCUMENT_')) {
        expect(CATALOGUE[code].template).toMatch(/[.?]$/);
      }
    }
  });

  it('says something sensible for every code without any parameter', () => {
    for (const code of codes) {
      expect(messageFor(code)).not.toMatch(/undefined|null|NaN|[{}]/);
      expect(messageFor(code).length).toBeGreaterThan(4);
    }
  });

  it('uses every parameter its template declares, and no other', () => {
    for (const code of codes) {
      const names = paramsOf(code);
      const params = Object.fromEntries(names.map((name, index) => [name, `<${index}>`]));
      const message = messageFor(code, { ...params, stray: 'never shown' });
      names.forEach((_, index) => expect(message).toContain(`<${index}>`));
      expect(message).not.toContain('never shown');
    }
  });
});

describe('messageFor', () => {
  const cases: [Code, Record<string, string | number>, string][] = [
    ['REQUIRED_MISSING', { field: 'Last name' }, 'Last name is required.'],
    ['DATE_INVALID', { text: '31/02/2024' }, '31/02/2024 is not a date.'],
    [
      'DATE_INVALID',
      { text: '15/01/2024', hint: ' with the month first' },
      '15/01/2024 is not a date with the month first.',
    ],
    [
      'VALUE_NOT_ALLOWED',
      { text: 'Activ', field: 'Status', suggestion: 'ACTIVE' },
      'Activ is not an allowed Status. Did you mean ACTIVE?',
    ],
    ['VALUE_NOT_ALLOWED', { text: 'Zzz', field: 'Status' }, 'Zzz is not an allowed Status.'],
    ['NUMBER_INVALID', { text: 'twelve' }, 'twelve is not a number.'],
    ['NUMBER_INVALID', {}, 'The value is not a number.'],
    ['TEXT_MOJIBAKE', {}, 'Looks wrongly decoded.'],
    ['STATE_NOT_ALLOWED', { state: 'RUNNING' }, 'Not possible while RUNNING.'],
    ['TOO_MANY_VALUES', { limit: 10, field: 'phone' }, 'At most 10 phones.'],
    ['TOO_MANY_VALUES', { limit: 5, field: 'address' }, 'At most 5 addresses.'],
    ['LINK_AMBIGUOUS', { n: 2, type: 'contact', value: 'Ada' }, '2 contacts match Ada.'],
    ['TEXT_TOO_LONG', { n: 120, field: 'City', limit: 100 }, '120 characters; City takes 100.'],
  ];

  it.each(cases)('%s with %j', (code, params, message) => {
    expect(messageFor(code, params)).toBe(message);
  });

  it('leaves braces inside a value alone', () => {
    expect(messageFor('NUMBER_INVALID', { text: '{field}' })).toBe('{field} is not a number.');
  });

  it('cuts a long value', () => {
    expect(messageFor('NAME_PLACEHOLDER', { text: 'x'.repeat(100_000) }).length).toBeLessThan(130);
  });

  it('never reads a name from the prototype of its parameters', () => {
    expect(messageFor('DUP_AMBIGUOUS', Object.create({ n: 'inherited' }))).toBe('Matches some records.');
  });
});
