const EXCEPTION = /^- exception: `?(?<path>[^`\s]+)`? [–-] (?<why>.+)$/;
const EXCEPTIONS_MAX = 5;

/** A file that may be longer than STYLE §6 allows, and the reason written down for it. */
export interface WrittenException {
  /** From the repository's root. */
  readonly path: string;
  readonly why: string;
}

/**
 * The exceptions listed in ARCHITECTURE.md, one line each: `- exception: <path> – <why>`.
 * @throws Error when a line has no reason, or there are more than five (STYLE §6)
 */
export function readExceptions(architecture: string): WrittenException[] {
  const lines = architecture.split(/\r?\n/).map((line) => line.trim()).filter((line) => line.startsWith('- exception:'));
  const exceptions = lines.map((line) => {
    const { path = '', why = '' } = EXCEPTION.exec(line)?.groups ?? {};
    if (path === '' || why === '') throw new Error(`An exception in ARCHITECTURE.md needs "- exception: <path> – <why>": ${line}`);
    return { path, why };
  });
  if (exceptions.length > EXCEPTIONS_MAX) {
    throw new Error(`ARCHITECTURE.md lists ${exceptions.length} exceptions; at most ${EXCEPTIONS_MAX} are allowed.`);
  }
  return exceptions;
}
