import { ConfigurationFaults } from './environment.js';
import type { Logger } from './logger.js';

const STOP_MS = 30_000;

/** Something a process started and must stop again. */
export interface Stoppable {
  stop(): Promise<void>;
}

/**
 * The configuration of a process; when it has faults, they are told in one line on standard error and the process ends
 * with 1 (OPS-005).
 */
export function readOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationFaults)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}

/**
 * Runs a process until it is told to end: starts it, says so in a line with `"event":"ready"`, stops it on SIGTERM or SIGINT within 30 s (OPS-005), and ends with
 * 0, or with 1 when start or stop failed or took too long. A second signal ends it at once.
 */
export async function runProcess(logger: Logger, start: () => Promise<Stoppable>, o: { stopMs?: number } = {}): Promise<void> {
  process.once('unhandledRejection', (reason) => fail(logger, reason, 'A rejected promise was not handled'));
  process.once('uncaughtException', (error) => fail(logger, error, 'An error was not caught'));
  let running: Stoppable | undefined;
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping || running === undefined) return end(1);
    isStopping = true;
    logger.info({ signal }, 'Stopping');
    const late = setTimeout(() => fail(logger, new Error('The time to stop is over'), 'Stopped without finishing'), o.stopMs ?? STOP_MS);
    running.stop().then(
      () => {
        clearTimeout(late);
        end(0);
      },
      (error: unknown) => fail(logger, error, 'Stopping failed'),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    running = await start();
    logger.info({ event: 'ready' }, 'Ready');
  } catch (error) {
    fail(logger, error, 'The process cannot start');
  }
}

function fail(logger: Logger, error: unknown, message: string): void {
  logger.fatal({ error }, message);
  end(1);
}

function end(code: number): void {
  process.exitCode = code;
  // Written log lines leave first: standard output may be a pipe.
  process.stdout.write('', () => process.exit(code));
}
