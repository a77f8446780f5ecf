import { createInterface } from 'node:readline/promises';
import { CliError, EXIT } from './cli-error.js';
import type { CliContext } from './context.js';

/** Asks yes or no on a terminal; elsewhere the answer has to be a flag. */
export async function confirmed({ config, interrupted }: CliContext, question: string, otherwise: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(config.interactive, interrupted, `${question} [y/N] `, otherwise));
}

/** Asks for a word that has to be typed exactly, such as a number of records (REV-002). */
export async function typed({ config, interrupted }: CliContext, question: string, expected: string): Promise<boolean> {
  return (await ask(config.interactive, interrupted, `${question} `, 'Confirm with --yes or --preview-hash.')).trim() === expected;
}

/** Asks for a free answer; only on a terminal. */
export async function answered({ config, interrupted }: CliContext, question: string): Promise<string> {
  return ask(config.interactive, interrupted, question, '');
}

/** Reads a secret without showing it. */
export async function secret({ config, interrupted }: CliContext, question: string): Promise<string> {
  if (!config.interactive) throw new CliError(null, 'Give the password with --password.', EXIT.usage);
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: true });
  try {
    return await lines.question('', { signal: interrupted });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

async function ask(interactive: boolean, interrupted: AbortSignal, question: string, otherwise: string): Promise<string> {
  if (!interactive) throw new CliError('CONFIRMATION_REQUIRED', `Nobody is there to ask. ${otherwise}`);
  return answerTo(question, { input: process.stdin, output: process.stderr, interrupted });
}

interface Asked {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly interrupted: AbortSignal;
}

/** One line of input; empty when the input ends without one, as when the terminal is closed. */
export async function answerTo(question: string, { input, output, interrupted }: Asked): Promise<string> {
  const lines = createInterface({ input, output });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  // A terminal in line mode takes Ctrl-C for itself; the command is what has to be interrupted.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await Promise.race([lines.question(question, { signal: interrupted }), ended]);
  } finally {
    lines.close();
  }
}
