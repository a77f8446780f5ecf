import { httpStatus, messageFor, type DomainError } from '@caseledger/errors';

/** application/problem+json, with our stable code and one entry per field at fault (RST-001). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { field: string; code: string; message: string }[];
  readonly requestId: string;
  /** Records that are similar, where somebody has to decide (DUPLICATE_REVIEW). */
  readonly candidates?: readonly string[];
}

export function problemOf(error: DomainError, requestId: string): Problem {
  const fields = error.details ?? (error.field === undefined ? [] : [{ field: error.field, code: error.code, params: error.params }]);
  return {
    type: 'about:blank',
    title: titleOf(error.code),
    status: httpStatus(error.code, error.kind),
    code: error.code,
    detail: error.message,
    errors: fields.map(({ field, code, params }) => ({ field, code, message: messageFor(code, params) })),
    requestId,
    ...(error.code === 'DUPLICATE_REVIEW' && error.params['records'] !== undefined ? { candidates: String(error.params['records']).split(',') } : {}),
  };
}

/** Something unexpected: the reference is in the log, the cause is not in the answer. */
export function internalProblem(requestId: string): Problem {
  return {
    type: 'about:blank',
    title: titleOf('INTERNAL_ERROR'),
    status: 500,
    code: 'INTERNAL_ERROR',
    detail: messageFor('INTERNAL_ERROR', { ref: requestId }),
    errors: [],
    requestId,
  };
}

/** `PLAN_STALE` as "Plan stale": the code in words. */
function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
