import { validation, type DomainError } from '@caseledger/errors';

/** The file is damaged (FIL-008). @param place what a user can look for: a part of the archive, a row, a line. */
export function corruptFile(place: string): DomainError {
  return validation('FILE_CORRUPT', { place });
}

/** The file is of a kind that is not read. @param found reads after "This is": `a PDF document`. */
export function unsupported(found: string): DomainError {
  return validation('FILE_FORMAT_UNSUPPORTED', { found });
}
