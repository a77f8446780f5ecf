import { Command, CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode } from './cli-error.js';
import type { CliConfig } from './config.js';
import { accountCommands } from './commands/account.commands.js';
import { caseCommands } from './commands/case.commands.js';
import { caseListCommands } from './commands/case-list.commands.js';
import { caseTypeCommands } from './commands/case-type.commands.js';
import { contactCommands } from './commands/contact.commands.js';
import { importCommands } from './commands/import.commands.js';
import { importsCommands } from './commands/imports.commands.js';
import { installationCommands } from './commands/installation.commands.js';
import { revertCommands } from './commands/revert.commands.js';
import { makeContext, type Action } from './context.js';

/** Runs one command line and answers the exit code (OPS-007). */
export async function runProgram(argv: readonly string[], config: CliConfig): Promise<ExitCode> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.once('SIGINT', onSignal);
  const json = argv.includes('--json');
  const context = makeContext(config, json, interrupt.signal);
  let exit: ExitCode = EXIT.done;
  const run =
    (action: Action) =>
    async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1) as Command;
      exit = await action(context, command.args, command.opts());
    };
  const program = new Command('caseledger').description('Imports that can be previewed, explained and reverted').option('--json', 'JSON lines on stdout').exitOverride();
  for (const register of [importCommands, importsCommands, revertCommands, contactCommands, caseCommands, caseListCommands, caseTypeCommands, accountCommands, installationCommands]) register(program, run);
  inherit(program);
  try {
    await program.parseAsync([...argv]);
    return exit;
  } catch (error) {
    return failed(error, interrupt.signal.aborted, context.output.fail.bind(context.output));
  } finally {
    process.off('SIGINT', onSignal);
  }
}

/** Every subcommand takes --json and throws instead of ending the process. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride().option('--json', 'JSON lines on stdout');
    inherit(child);
  }
}

function failed(error: unknown, interrupted: boolean, tell: (error: CliError) => void): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (interrupted) return EXIT.interrupted;
  if (error instanceof CliError) {
    tell(error);
    return error.exit;
  }
  tell(new CliError('INTERNAL_ERROR', error instanceof Error ? error.message : 'Something went wrong.'));
  return EXIT.refused;
}
