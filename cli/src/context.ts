import type { Command } from 'commander';
import { Api } from './api.js';
import { CliError, type ExitCode } from './cli-error.js';
import type { CliConfig } from './config.js';
import { Output } from './output.js';

/** What every command gets. */
export interface CliContext {
  readonly config: CliConfig;
  readonly output: Output;
  /** The gateway as the signed-in user; throws UNAUTHENTICATED when nobody has signed in. */
  api(): Api;
  /** Ends when the user presses Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export type Action = (context: CliContext, args: readonly string[], options: Record<string, unknown>) => Promise<ExitCode>;

/** Adds commands to the program; the action's exit code becomes the process's. */
export type Register = (program: Command, run: (action: Action) => (...given: unknown[]) => Promise<void>) => void;

export function makeContext(config: CliConfig, json: boolean, interrupted: AbortSignal): CliContext {
  return {
    config,
    output: new Output(json),
    interrupted,
    api: () => {
      const address = addressOf(config);
      if (config.connection === undefined) throw new CliError('UNAUTHENTICATED', `Nobody is signed in at ${address}: caseledger login, or set CASELEDGER_KEY.`);
      return new Api(config.connection);
    },
  };
}

/** The gateway this command talks to. @throws CliError NOT_FOUND when the installation that is named was never started */
export function addressOf({ address, installation }: CliConfig): string {
  if (address !== undefined) return address;
  throw new CliError('NOT_FOUND', `There is no installation in ${installation ?? 'this folder'}. Run "npm start" for it first.`);
}
