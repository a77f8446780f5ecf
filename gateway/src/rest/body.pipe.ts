import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { validation, validationOf, type DomainError, type FieldError } from '@caseledger/errors';

/** Bodies by their class: unknown keys are refused (RST-003), every fault is named with its field. */
export function bodyPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
    exceptionFactory: (errors) => faultsOf(errors),
  });
}

function faultsOf(errors: readonly ValidationError[]): DomainError {
  const [first, ...rest] = errors.flatMap((error) => flatten(error, ''));
  return first === undefined ? validation('VALUE_NOT_ALLOWED', { text: 'The body', field: 'request' }, 'body') : validationOf([first, ...rest]);
}

function flatten(error: ValidationError, above: string): FieldError[] {
  const field = above === '' ? error.property : `${above}.${error.property}`;
  const below = (error.children ?? []).flatMap((child) => flatten(child, field));
  return error.constraints === undefined ? below : [faultOf(error, field), ...below];
}

function faultOf(error: ValidationError, field: string): FieldError {
  if (error.constraints?.['whitelistValidation'] !== undefined) return { field, code: 'FIELD_UNKNOWN', params: { field } };
  if (error.value === undefined || error.value === null || error.value === '') return { field, code: 'REQUIRED_MISSING', params: { field } };
  // A password is never told back: answers end up in logs and on shared screens.
  if (/password$/i.test(error.property)) return { field, code: 'VALUE_NOT_ALLOWED', params: { field } };
  return { field, code: 'VALUE_NOT_ALLOWED', params: { field, text: textOf(error.value) } };
}

function textOf(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 100);
}
