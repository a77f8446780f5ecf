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
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON());
  if (Array.isArray(value)) return writeArray(value);
  return writeObject(value);
}

function writeArray(items: readonly unknown[]): string {
  let text = '[';
  for (let at = 0; at < items.length; at++) {
    if (at > 0) text += ',';
    text += write(items[at]) ?? 'null';
  }
  return `${text}]`;
}

function writeObject(object: object): string {
  const members = new Map<string, unknown>(Object.entries(object));
  let text = '{';
  for (const key of [...members.keys()].sort()) {
    const member = write(members.get(key));
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(key)}:${member}`;
  }
  return `${text}}`;
}
