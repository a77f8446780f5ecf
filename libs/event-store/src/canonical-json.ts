/**
 * JSON with the keys of every object in the order of their UTF-16 code units and no white space. What PostgreSQL's
 * jsonb gives back after parsing has the same canonical text, so a hash over it can be computed again from the
 * database. Values follow JSON.stringify: `toJSON` is called, undefined members are left out.
 */
export function canonicalJson(value: unknown): string {
  return write(value) ?? 'null';
}

function write(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return writeArray(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON());
  return isMembers(value) ? writeObject(value) : undefined;
}

function writeArray(items: readonly unknown[]): string {
  let text = '[';
  for (let at = 0; at < items.length; at++) {
    if (at > 0) text += ',';
    text += write(items[at]) ?? 'null';
  }
  return `${text}]`;
}

/** Any object that is no array may be read by its own keys. */
function isMembers(value: object): value is Record<string, unknown> {
  return !Array.isArray(value);
}

function writeObject(members: Readonly<Record<string, unknown>>): string {
  let text = '{';
  for (const key of Object.keys(members).sort()) {
    const member = write(members[key]);
    if (member === undefined) continue;
    text += text.length > 1 ? `,${quoted(key)}:${member}` : `${quoted(key)}:${member}`;
  }
  return `${text}}`;
}

const QUOTED_MAX = 2_000;
const quotedKeys = new Map<string, string>();

/** Keys come again and again; few of them are ever different. */
function quoted(key: string): string {
  const known = quotedKeys.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(key);
  if (quotedKeys.size < QUOTED_MAX && key.length < 100) quotedKeys.set(key, text);
  return text;
}
