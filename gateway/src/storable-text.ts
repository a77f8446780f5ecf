import { validation } from '@caseledger/errors';
import type { CallOptions, ContextSource, GrpcConnection, UnaryMethods } from '@caseledger/service-kit';

const UNSTORABLE = /[\0\uD800-\uDFFF]/u;
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

type Call = (request: unknown, options?: CallOptions) => Promise<unknown>;

/**
 * Refuses a request that holds text nobody can keep: NUL, which the database does not store, and half of a surrogate
 * pair, which would arrive as another character. Values of a record's fields may hold NUL, because the rules of
 * fields refuse it themselves, value by value.
 * @throws DomainError CELL_INVALID_CHAR with the name of the argument
 */
export function assertStorable(request: unknown, field?: string): void {
  if (typeof request === 'string') return assertText(request, UNSTORABLE, field);
  if (typeof request !== 'object' || request === null || ArrayBuffer.isView(request)) return;
  if ('field' in request && 'text' in request && 'clear' in request) return assertFieldInput(request);
  for (const [key, value] of Object.entries(request)) {
    assertText(key, UNSTORABLE, field);
    assertStorable(value, Array.isArray(request) ? field : key);
  }
}

/** The same connection, whose calls are not made with text that cannot be kept. */
export function storableOnly(connection: GrpcConnection): GrpcConnection {
  return {
    ...connection,
    methods: <Server>(context: ContextSource) => {
      const calls: [string, Call][] = Object.entries(connection.methods<Server>(context));
      return Object.fromEntries(calls.map(([name, call]) => [name, checked(call)])) as UnaryMethods<Server>;
    },
  };
}

function checked(call: Call): Call {
  return async (request, options) => {
    assertStorable(request);
    return call(request, options);
  };
}

function assertFieldInput({ field, text }: { readonly field: unknown; readonly text: unknown }): void {
  const name = String(field);
  assertText(name, UNSTORABLE, 'field');
  assertText(String(text), LONE_SURROGATE, name);
}

function assertText(text: string, refused: RegExp, field: string | undefined): void {
  const found = refused.exec(text);
  if (found === null) return;
  const code = `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  throw validation('CELL_INVALID_CHAR', { code }, field);
}
