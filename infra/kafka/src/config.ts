import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a local broker is told from outside. */
export interface KafkaEnvironment {
  /** The program that runs Java: of `KAFKA_JAVA_HOME`, else of `JAVA_HOME`, else whichever the PATH finds. */
  readonly java: string;
  /** Folder of the brokers' jars, shared by all clones of this user. */
  readonly cache: string;
  /** `CASELEDGER_KAFKA_REQUIRED=on`: tests that need brokers fail where none can be started, instead of being left out. */
  readonly required: boolean;
  /** `CASELEDGER_KAFKA_ALL=on`: with the tests of brokers that take minutes: both versions, faults, switching an installation. */
  readonly all: boolean;
  /** What Maven gets of our environment: enough to run, with the user's own settings. */
  readonly inherited: NodeJS.ProcessEnv;
}

export function readKafkaEnvironment(env: NodeJS.ProcessEnv = process.env): KafkaEnvironment {
  const home = env['KAFKA_JAVA_HOME'] || env['JAVA_HOME'];
  return {
    java: home === undefined || home === '' ? 'java' : join(home, 'bin', 'java'),
    cache: join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'caseledger', 'kafka'),
    all: env['CASELEDGER_KAFKA_ALL'] === 'on',
    required: env['CASELEDGER_KAFKA_REQUIRED'] === 'on',
    inherited: env,
  };
}
