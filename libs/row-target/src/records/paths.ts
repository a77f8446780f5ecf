/** One value of one path, set by an event; null takes it away. */
export interface Assignment {
  readonly path: string;
  readonly value: unknown;
}

/** One value that changes, by path; null where there is none. */
export interface PathChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The id of a record in another system. */
export interface ExternalIdPair {
  readonly system: string;
  readonly id: string;
}

/** Whether two values of a path are the same; objects are compared part by part, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => sameValue(value, right.get(key)));
}

/** The paths whose values differ, with both values: first those that are gone, then those of `after` in their order. */
export function pathDifferences(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): PathChange[] {
  const changes: PathChange[] = [];
  for (const [path, value] of before) {
    if (!after.has(path)) changes.push({ path, before: value, after: null });
  }
  for (const [path, value] of after) {
    const old = before.get(path) ?? null;
    if (!sameValue(old, value)) changes.push({ path, before: old, after: value });
  }
  return changes;
}

/** The path under which a record has an external id. */
export function externalIdPath({ system, id }: ExternalIdPair): string {
  return `externalIds/${JSON.stringify([system, id])}`;
}

/** A list of texts with one more, or without it; sorted, so that equal records are equal JSON. */
export function withMember(members: readonly string[], member: string, present: boolean): string[] {
  const others = members.filter((other) => other !== member);
  return present ? [...others, member].sort(byText) : others;
}

/** External ids with one more, or without it; `key` is what follows the first slash of its path. */
export function withPair(pairs: readonly ExternalIdPair[], key: string, present: boolean): ExternalIdPair[] {
  const [system = '', id = ''] = JSON.parse(key) as string[];
  const others = pairs.filter((pair) => pair.system !== system || pair.id !== id);
  return present
    ? [...others, { system, id }].sort((a, b) => byText(a.system, b.system) || byText(a.id, b.id))
    : others;
}

/** Orders texts by their code units, whatever the machine's language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
