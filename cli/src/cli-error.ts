/** OPS-007: 0 done, 1 error or refused, 2 usage, 3 finished with failed rows, 130 interrupted. */
export const EXIT = { done: 0, refused: 1, usage: 2, failedRows: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message for a person and a stable code for a script. */
export class CliError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly exit: ExitCode = EXIT.refused,
    readonly details: readonly { field: string; code: string; message: string }[] = [],
  ) {
    super(message);
    this.name = 'CliError';
  }
}
