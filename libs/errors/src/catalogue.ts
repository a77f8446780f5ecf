/**
 * The kind of a code (PRODUCT §5): F refuses the file or the step, E is a row error, W a row or column warning,
 * A a refused request, O concerns operations, `reason` explains a skipped row.
 */
export type CodeKind = 'F' | 'E' | 'W' | 'A' | 'O' | 'reason';

/** What is known of a code: its kind and its English template, whose `{names}` are filled in by `messageFor`. */
export interface CodeEntry {
  readonly kind: CodeKind;
  readonly template: string;
  /** What is said instead when nobody knows whether the thing was done. */
  readonly unsure?: string;
}

/** Every code the product can show. A code is stable: it is never renamed and never means something else. */
export const CATALOGUE = {
  // File
  FILE_FORMAT_UNSUPPORTED: {
    kind: 'F',
    template: 'This is {found}. Save the file as CSV or XLSX and upload it again.',
  },
  FILE_EXTENSION_MISMATCH: { kind: 'W', template: 'Named {ext}, but the content is {found}; read as {found}.' },
  ONE_FILE_ONLY: { kind: 'F', template: 'Upload one file at a time.' },
  FILE_TOO_LARGE: { kind: 'F', template: '{size} is over the limit of {limit}. Split it into smaller files.' },
  FILE_TOO_MANY_ROWS: { kind: 'F', template: '{rows} rows; the limit is {limit}. Split the file.' },
  FILE_TOO_MANY_COLUMNS: { kind: 'F', template: '{n} columns; the limit is {limit}.' },
  FILE_UNPACKED_TOO_LARGE: { kind: 'F', template: 'Unpacks to more than {limit}.' },
  FILE_ENCRYPTED: { kind: 'F', template: 'The file has a password. Save it without one.' },
  FILE_CORRUPT: { kind: 'F', template: 'The file is damaged near {place}.' },
  FILE_EMPTY: { kind: 'F', template: 'The file is empty.' },
  FILE_NO_ROWS: { kind: 'F', template: 'There is a header but no row below it.' },
  QUOTE_UNCLOSED: { kind: 'F', template: 'A quote opened on line {line} is never closed.' },
  UPLOAD_CHECKSUM_MISMATCH: { kind: 'F', template: 'The upload was damaged on the way. Upload it again.' },
  FILE_ALREADY_IMPORTED: { kind: 'W', template: 'The same file was imported on {date} by {user}.' },
  FILE_ROWS_AT_FORMAT_LIMIT: {
    kind: 'W',
    template: 'The file ends exactly at the limit of its format; rows may be missing.',
  },
  FILE_EXPIRED: { kind: 'A', template: 'The original file was removed on {date}; its hash and ledger remain.' },

  // Analysis, rows, cells
  HEADER_NOT_FOUND: { kind: 'F', template: 'Choose the row that holds the column names.' },
  ROW_SHORT: { kind: 'W', template: '{n} cells missing at the end, taken as blank.' },
  ROW_TOO_LONG: { kind: 'E', template: '{n} more cells than columns.' },
  CELL_TOO_LONG: { kind: 'E', template: '{n} characters; the limit is {limit}.' },
  CELL_INVALID_CHAR: { kind: 'E', template: 'Holds a character that cannot be stored ({code}).' },
  CELL_ERROR_VALUE: { kind: 'E', template: 'Holds the spreadsheet error {value}.' },
  FORMULA_NO_VALUE: { kind: 'E', template: 'Formula without a saved result. Open and save the file in Excel.' },
  NUMBER_PRECISION_LOST: {
    kind: 'E',
    template: 'Excel keeps 15 digits; this number has more. Format the column as text in the source.',
  },
  SCIENTIFIC_NOTATION: { kind: 'E', template: '{value} has lost digits. Format the column as text.' },
  TEXT_UNDECODABLE: { kind: 'E', template: 'Not readable as {encoding}. Save the file as UTF-8.' },
  TEXT_MOJIBAKE: { kind: 'W', template: 'Looks wrongly decoded; {suggestion}?' },
  CELL_SPLIT: { kind: 'W', template: 'Several values in one cell, split into {n}.' },
  CSV_GUARD_SUSPECTED: { kind: 'W', template: 'Starts with an apostrophe that a spreadsheet export may have added.' },

  // Mapping, options, links
  MAPPING_REQUIRED_MISSING: { kind: 'F', template: '{field} needs a column or a default.' },
  MAPPING_RECOMMENDED_MISSING: { kind: 'W', template: '{field} is recommended and has no column.' },
  MAPPING_CONTENT_MISMATCH: { kind: 'W', template: '{share} of the values are not a {type}.' },
  COLUMN_NOT_IMPORTABLE: { kind: 'W', template: '{column} cannot be imported: {why}.' },
  CASE_TYPE_REQUIRED_FOR_LIST: { kind: 'F', template: 'Choose a case type before adding cases to a list.' },
  LIST_CASE_TYPE_MISMATCH: { kind: 'E', template: 'The list takes {listType}; this row is {type}.' },
  LIST_NAME_TAKEN: { kind: 'A', template: 'A list of this name exists. Add to it instead?' },
  DEFAULT_INVALID: { kind: 'A', template: '{value} is not valid for {field}.' },
  LINK_NOT_FOUND: { kind: 'E', template: 'No {type} {value}.' },
  LINK_AMBIGUOUS: { kind: 'E', template: '{n} {type}s match {value}.' },
  ATTACHMENT_NOT_FOUND: { kind: 'E', template: '{path} is not in the ZIP.' },
  ATTACHMENT_PATH_UNSAFE: { kind: 'E', template: '{path} leaves the folder.' },

  // Values
  REQUIRED_MISSING: { kind: 'E', template: '{field} is required.' },
  RECOMMENDED_MISSING: { kind: 'W', template: '{field} is recommended.' },
  PARTS_DIFFER: { kind: 'W', template: '{standIn} and {field} differ; {field} was used.' },
  VALUE_LEFT_OUT: { kind: 'W', template: '{field}: {text} is not valid and was left out.' },
  VALUE_PLACEHOLDER: { kind: 'W', template: '{text} means no value; taken as blank.' },
  VALUE_NOT_ALLOWED: { kind: 'E', template: '{text} is not an allowed {field}. Did you mean {suggestion}?' },
  TEXT_TOO_LONG: { kind: 'E', template: '{n} characters; {field} takes {limit}.' },
  TOO_MANY_VALUES: { kind: 'E', template: 'At most {limit} {field}s.' },
  NUMBER_INVALID: { kind: 'E', template: '{text} is not a number.' },
  NUMBER_OUT_OF_RANGE: { kind: 'E', template: '{field} must be {min} to {max}.' },
  BOOLEAN_INVALID: { kind: 'E', template: '{text} is not yes or no.' },
  URL_INVALID: { kind: 'E', template: '{text} is not a web address.' },
  COUNTRY_UNKNOWN: { kind: 'E', template: '{text} is not a country.' },
  CASE_TYPE_MISSING: { kind: 'E', template: 'No case type in the row and no default.' },
  FIELD_NOT_IN_CASE_TYPE: { kind: 'E', template: '{type} has no field {field}.' },
  SOURCE_NOT_IMPORTABLE: {
    kind: 'E',
    template: 'Cases from {source} cannot be imported. Allowed: form, live hotline, survey.',
  },
  ROLE_UNKNOWN: { kind: 'E', template: '{text} is not a role.' },
  EXTERNAL_ID_TAKEN: { kind: 'E', template: '{id} belongs to {record}.' },
  RECORD_NOT_FOUND: { kind: 'E', template: 'No record {id}.' },

  // Names, addresses
  NAME_INCOMPLETE: { kind: 'E', template: 'First and last name cannot be told from {text}.' },
  NAME_PLACEHOLDER: { kind: 'E', template: '{text} is not a name.' },
  NAME_MULTIPLE_PEOPLE: { kind: 'W', template: 'More than one person in {text}.' },
  NAME_LOOKS_BUSINESS: { kind: 'W', template: '{text} was taken as a business.' },
  ADDRESS_NOT_SPLIT: { kind: 'W', template: 'Kept whole in Street.' },
  ZIP_SUSPECT: { kind: 'W', template: '{zip} does not look right for {country}.' },
  ZIP_LOST_ZERO: { kind: 'W', template: 'Probably {suggestion}.' },

  // E-mail, phone
  EMAIL_INVALID: { kind: 'E', template: '{text} is not an e-mail address.' },
  EMAIL_UNDELIVERABLE: { kind: 'E', template: '{domain} does not take mail.' },
  EMAIL_DOMAIN_TYPO: { kind: 'W', template: '{domain}: did you mean {suggestion}?' },
  EMAIL_UNCHECKED: { kind: 'W', template: '{domain} could not be checked.' },
  EMAIL_EXTRACTED: { kind: 'W', template: 'Address taken out of {text}.' },
  EMAIL_DISPOSABLE: { kind: 'W', template: '{domain} gives throw-away addresses.' },
  EMAIL_ROLE: { kind: 'W', template: '{text} is a shared mailbox.' },
  PHONE_INVALID: { kind: 'E', template: '{text} is not a phone number. Use 10 digits, or + and the country code.' },
  PHONE_NOT_ASSIGNED: { kind: 'W', template: 'Right length, but the range is not in use.' },
  PHONE_FORMAT_MISMATCH: { kind: 'W', template: 'Not in the chosen format; read as {number}.' },
  PHONE_COUNTRY_UNCLEAR: { kind: 'E', template: 'Choose the country for {text}.' },

  // Dates
  DATE_INVALID: { kind: 'E', template: '{text} is not a date{hint}.' },
  DATE_OUT_OF_RANGE: { kind: 'E', template: '{date} is outside {min} to {max}.' },
  DATE_ORDER_UNPROVEN: { kind: 'F', template: 'Nothing in {column} shows whether day or month comes first. Choose.' },
  DATE_ORDER_MIXED: { kind: 'E', template: '{column} is {order}; this row is not.' },
  DATE_LOOKS_LIKE_SERIAL: { kind: 'E', template: '{text} looks like a spreadsheet date number ({suggestion}).' },
  DATE_TWO_DIGIT_YEAR: { kind: 'W', template: 'Read as {date}.' },
  DATE_TIME_DROPPED: { kind: 'W', template: 'The time was left out.' },
  TIME_DST_ADJUSTED: { kind: 'W', template: 'Read as {time} because of a clock change.' },

  // Duplicates
  DUPLICATE_IN_FILE: { kind: 'reason', template: 'Same {key} as row {row}.' },
  DUPLICATE_EXISTING: { kind: 'reason', template: 'Same {key} as {record}.' },
  HELD_FOR_REVIEW: { kind: 'reason', template: 'Needs your decision.' },
  DUP_NAME_CONFLICT: { kind: 'W', template: 'Same {key} as {record}, but another name.' },
  DUP_AMBIGUOUS: { kind: 'W', template: 'Matches {n} records.' },
  MERGE_KEPT_EXISTING: { kind: 'W', template: '{field}: kept {existing}; the file says {text}.' },
  CLIENT_DATA_NOT_APPLIED: { kind: 'W', template: 'Linked to {record}; {n} values of the file not applied.' },
  OPT_OUT_KEPT: { kind: 'W', template: '{person} opted out; opting in was not applied.' },
  CASE_MERGE_NOT_SUPPORTED: { kind: 'A', template: 'Cases cannot be merged.' },

  // Plan, run, ledger
  CONFIRMATION_REQUIRED: { kind: 'A', template: 'Confirm the preview first.' },
  PLAN_STALE: { kind: 'A', template: '{n} records changed since the preview. Look again.' },
  PLAN_ROW_STALE: { kind: 'E', template: '{record} changed since the preview.' },
  APPROVAL_SELF: { kind: 'A', template: 'Another person must approve.' },
  ATOMIC_PLAN_HAS_ERRORS: { kind: 'A', template: '{n} rows have errors or need a decision.' },
  STATE_NOT_ALLOWED: { kind: 'A', template: 'Not possible while {state}.' },
  ROW_BLANK: { kind: 'reason', template: 'Blank.' },
  EXCLUDED: { kind: 'reason', template: 'Excluded by {user}.' },
  NOT_PROCESSED: { kind: 'reason', template: 'Cancelled before its turn.' },
  ROLLED_BACK: { kind: 'reason', template: 'Taken back with the import.' },
  ROW_ALREADY_APPLIED: { kind: 'W', template: 'Row {row} was applied before; not applied again.' },
  INTERNAL_ERROR: {
    kind: 'E',
    template: 'Could not be processed; reference {ref}.',
    unsure: 'This may have been done or not. Look before you repeat it; reference {ref}.',
  },
  CHUNK_CORRUPT: { kind: 'O', template: 'Stored chunk differs from its hash; paused.' },
  LEDGER_MISMATCH: { kind: 'O', template: 'Rows do not add up; not closed.' },

  // Revert, replay
  REVERT_IMPORT_RUNNING: { kind: 'A', template: 'Cancel the import first.' },
  REVERT_ALREADY_RUNNING: { kind: 'A', template: 'A revert is running.' },
  REVERT_NOTHING_TO_DO: { kind: 'A', template: 'Nothing of this import is in force.' },
  REVERT_FORBIDDEN: { kind: 'A', template: 'You may not revert this import.' },
  REVERT_PREVIEW_STALE: { kind: 'A', template: 'Things changed since the preview. Look again.' },
  REPLAY_MISMATCH: { kind: 'O', template: 'Row {row}: recorded {a}, replayed {b}.' },
  LOG_CHAIN_BROKEN: { kind: 'O', template: 'The log differs from its chain at position {pos}.' },
  LOG_EPOCH_MISMATCH: { kind: 'O', template: 'The log is older than its readers; stopped.' },

  // Contacts, cases, documents
  VERSION_CONFLICT: { kind: 'A', template: '{user} changed {fields} meanwhile.' },
  DUPLICATE_VALUE: { kind: 'A', template: '{value} is there already.' },
  ALREADY_LINKED: { kind: 'A', template: 'Already on this case as {role}.' },
  MERGE_NOT_POSSIBLE: { kind: 'A', template: '{why}' },
  CASE_NEEDS_CLIENT: { kind: 'A', template: 'A case keeps at least one client.' },
  CASE_ARCHIVED: { kind: 'A', template: 'Restore the case first.' },
  FIELD_TYPE_CHANGE_REFUSED: { kind: 'A', template: '{n} stored values are not a {type}.' },
  AUTOMATION_LOOP: { kind: 'O', template: 'Rule {rule} stopped after 5 steps.' },
  MARKUP_REMOVED: { kind: 'W', template: 'Some formatting is not allowed and was removed.' },
  DOCUMENT_INFECTED: { kind: 'A', template: '{name}: {why}' },
  DOCUMENT_TYPE_BLOCKED: { kind: 'A', template: '{name}: {why}' },
  DOCUMENT_TOO_LARGE: { kind: 'A', template: '{name}: {why}' },
  DOCUMENT_EMPTY: { kind: 'A', template: '{name}: {why}' },
  ARCHIVE_INCOMPLETE: { kind: 'W', template: '{n} files could not be read; see manifest.' },

  // Messages, portal, exports, connectors
  OPTED_OUT: { kind: 'A', template: '{person} does not want {channel}.' },
  DNC_LISTED: { kind: 'A', template: 'The number is on a do-not-call list.' },
  PHONE_NOT_TEXTABLE: { kind: 'A', template: 'The number cannot get texts.' },
  MESSAGE_STALE: { kind: 'O', template: 'Too old to send.' },
  PORTAL_LINK_EXPIRED: { kind: 'A', template: 'This link is no longer valid.' },
  PORTAL_LINK_REVOKED: { kind: 'A', template: 'This link is no longer valid.' },
  LINK_EXPIRED: { kind: 'A', template: 'The download expired on {date}. Prepare it again.' },
  DATE_RANGE_INVALID: { kind: 'A', template: 'Start is after end.' },
  EXPORT_CELL_MOVED: { kind: 'W', template: "Text over Excel's limit is in {file}." },
  EXPORT_TOO_LARGE: { kind: 'A', template: 'PDF takes {limit} rows. Use CSV or Excel.' },
  SCHEDULE_OWNER_INVALID: { kind: 'A', template: 'The owner may no longer run it; paused.' },
  CONNECTOR_AUTH_FAILED: { kind: 'O', template: '{system} refused the sign-in; paused.' },

  // API, access
  UNAUTHENTICATED: { kind: 'A', template: 'Sign in.' },
  FORBIDDEN: { kind: 'A', template: 'Not allowed.' },
  FORBIDDEN_FIELD: { kind: 'A', template: 'This field is not visible to you.' },
  NOT_FOUND: { kind: 'A', template: 'Not found.' },
  FIELD_UNKNOWN: { kind: 'A', template: 'There is no field {field}.' },
  DUPLICATE_REVIEW: { kind: 'A', template: '{n} similar records; decide.' },
  IDEMPOTENCY_KEY_REUSED: { kind: 'A', template: 'Key used with other data.' },
  IDEMPOTENCY_IN_PROGRESS: { kind: 'A', template: 'Still running; ask again.' },
  PAGE_SIZE_EXCEEDED: { kind: 'A', template: 'Over the limit of {limit}.' },
  QUERY_TOO_COMPLEX: { kind: 'A', template: 'Over the limit of {limit}.' },
  BODY_TOO_LARGE: { kind: 'A', template: 'Over the limit of {limit}.' },
  LIMIT_REACHED: { kind: 'A', template: 'At most {limit} {things}.' },
  RATE_LIMITED: { kind: 'A', template: 'Too many requests; again in {seconds} s.' },
  NOT_CAUGHT_UP: { kind: 'A', template: 'Not yet at the position asked for.' },
  ERASURE_LEGAL_HOLD: { kind: 'A', template: '{record} has an open case or a legal hold.' },
} as const satisfies Record<string, CodeEntry>;

/** One of the codes of PRODUCT §5. */
export type Code = keyof typeof CATALOGUE;

/** Whether a text is one of the codes; names every object has, such as `constructor`, are not. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(CATALOGUE, text);
}

/** The kind of a code. */
export function kindOf(code: Code): CodeKind {
  return CATALOGUE[code].kind;
}
