/** OPS-007: 0 done, 1 error or refused, 2 usage, 3 finished with failed rows, 130 interrupted. */
export const EXIT = { done: 0, refused: 1, usage: 2, failedRows: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Ends the command with a message for a person and, for a script, a code of the catalogue; null where there is none, as for
 * a slip in the command line, which its exit code tells.
 */
export class CliError extends Error {
  constructor(
    readonly code: string | null,
    message: string,
    readonly exit: ExitCode = EXIT.refused,
    readonly details: readonly { field: string; code: string; message: string }[] = [],
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/** The gateway did not answer: nobody knows what became of what was asked. */
export class Unreachable extends CliError {
  constructor(message: string) {
    super(null, message);
    this.name = 'Unreachable';
  }
}
