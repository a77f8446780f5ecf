/** One guard taken away, and the test that must notice. */
export interface Mutant {
  /** Short and unique over all areas: `es-no-seal-count`. */
  readonly id: string;
  /** The fault that the change lets in, in words. */
  readonly fault: string;
  /** The file that is changed, from the repository's root. */
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The spec that must fail, from the repository's root. */
  readonly spec: string;
  /** Name of the test, with the names of its chapters or a part of it. */
  readonly testName: string;
}

const FIELDS = ['id', 'fault', 'file', 'find', 'replace', 'spec', 'testName'] as const;

/**
 * Mutants of one area, from the text of its `<area>.mutants.json`.
 * @param source name of the file, for messages
 * @throws Error naming the entry that is not a mutant
 */
export function parseMutants(text: string, source: string): Mutant[] {
  const entries: unknown = JSON.parse(text);
  if (!Array.isArray(entries)) throw new Error(`${source}: a list of mutants is expected`);
  return entries.map((entry: unknown, place) => {
    if (!isMutant(entry)) throw new Error(`${source}: entry ${place + 1} needs the texts ${FIELDS.join(', ')}`);
    if (entry.find === '' || entry.find === entry.replace) throw new Error(`${source}: ${entry.id} changes nothing`);
    return entry;
  });
}

/** @throws Error when two mutants have one id */
export function requireDistinct(mutants: readonly Mutant[]): void {
  const ids = mutants.map(({ id }) => id);
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice !== undefined) throw new Error(`Two mutants are called ${twice}`);
}

function isMutant(entry: unknown): entry is Mutant {
  return typeof entry === 'object' && entry !== null && FIELDS.every((field) => typeof Reflect.get(entry, field) === 'string');
}
