import type { Json } from './api.js';
import { CliError, EXIT } from './cli-error.js';
import type { Output } from './output.js';

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** `field=value`, several of them, as an object. @throws CliError of a slip in the command line */
export function pairsOf(given: readonly string[]): Json {
  const pairs = new Map<string, string>();
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw new CliError(null, `--set takes field=value, not ${text}.`, EXIT.usage);
    pairs.set(text.slice(0, at), text.slice(at + 1));
  }
  return Object.fromEntries(pairs);
}

/** A record field by field; what is empty is left out. */
export function showFields(output: Output, record: Json): void {
  for (const [field, value] of Object.entries(record)) {
    const empty = value === null || (Array.isArray(value) && value.length === 0);
    if (!empty) output.say(`${field.padEnd(22)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
}

/** User errors of a payload as the error of the command. */
export function checked(payload: Json): Json {
  const errors = payload['userErrors'] as { code: string; message: string; field: string | null }[];
  const first = errors[0];
  if (first === undefined) return payload;
  throw new CliError(first.code, first.message, EXIT.refused, errors.map(({ field, code, message }) => ({ field: field ?? '', code, message })));
}
