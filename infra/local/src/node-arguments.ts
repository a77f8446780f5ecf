/**
 * What Node is given beside the program. Import workers get a larger young generation, for the rows of a chunk live as
 * long as its transaction: a tenth less CPU for the same rows, and 40 MB more memory.
 */
const OF_PROGRAM = new Map([['import-worker', ['--max-semi-space-size=32']]]);

/** Arguments of Node for a program of the installation, by its name. */
export function nodeArguments(program: string): string[] {
  return ['--enable-source-maps', ...(OF_PROGRAM.get(program) ?? [])];
}

/** The programs that may join an installation that is up. The launcher leaves their arguments there for whoever starts them. */
export const JOINING = ['import-worker', 'verify', 'rebuild', 'topics', 'positions'] as const;
