import { flag, integer, readEnvironment, text, type Environment } from '@caseledger/service-kit';

/** How long the tests play that could go on for ever; more of it for a night. */
export interface PlayConfig {
  /** Rounds of imports under workers that are killed; one import of each company at work. */
  readonly killRounds: number;
  /** Added to the seeds of those rounds: another number plays other files. */
  readonly killSeed: number;
  /** Histories of records that are imported, edited, reverted and restored (R1). */
  readonly histories: number;
}

/** @throws ConfigurationFaults naming every fault at once */
export function readPlayConfig(env: Environment = process.env): PlayConfig {
  return readEnvironment(env, {
    killRounds: integer('CASELEDGER_KILL_ROUNDS', { otherwise: 3, min: 1, max: 10_000 }),
    killSeed: integer('CASELEDGER_KILL_SEED', { otherwise: 0, min: 0, max: 1_000_000 }),
    histories: integer('CASELEDGER_HISTORIES', { otherwise: 300, min: 1, max: 1_000_000 }),
  });
}

/** The browser in which pages are tried. */
export interface BrowserConfig {
  /** Path of a Chromium. */
  readonly program: string;
  /** A run that has to try the pages fails where there is none; any other leaves those tests out. */
  readonly required: boolean;
}

/** @throws ConfigurationFaults naming every fault at once */
export function readBrowserConfig(env: Environment = process.env): BrowserConfig {
  return readEnvironment(env, {
    program: text('CASELEDGER_CHROMIUM', '/usr/bin/chromium'),
    required: flag('CASELEDGER_CHROMIUM_REQUIRED', false),
  });
}
