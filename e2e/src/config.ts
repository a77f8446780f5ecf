import { integer, readEnvironment, type Environment } from '@caseledger/service-kit';

/** How long the tests play that could go on for ever; more of it for a night. */
export interface PlayConfig {
  /** Rounds of imports under workers that are killed; one import of two companies each. */
  readonly killRounds: number;
  /** Histories of records that are imported, edited, reverted and restored (R1). */
  readonly histories: number;
}

/** @throws ConfigurationFaults naming every fault at once */
export function readPlayConfig(env: Environment = process.env): PlayConfig {
  return readEnvironment(env, {
    killRounds: integer('CASELEDGER_KILL_ROUNDS', { otherwise: 3, min: 1, max: 10_000 }),
    histories: integer('CASELEDGER_HISTORIES', { otherwise: 300, min: 1, max: 1_000_000 }),
  });
}
