import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KafkaEnvironment } from './config.js';

/** Broker versions that are tested; the first is the default. */
export const KAFKA_VERSIONS = ['4.4.0', '3.9.2'] as const;

const MAVEN_MS = 300_000;
const COMPLETE = '.complete';

/** One version of the broker, ready to be started. */
export interface BrokerJars {
  readonly classPath: string;
  /** Where a start may leave what makes the next one faster. */
  readonly folder: string;
  /** Names Java and jars together: an archive of classes holds for exactly these. */
  readonly key: string;
}

/** Why no broker can be started here; undefined when one can. Jars that are there already need no Maven. */
export function whyNoBroker({ java, cache, inherited }: KafkaEnvironment, versions: readonly string[] = KAFKA_VERSIONS): string | undefined {
  if (spawnSync(java, ['-version'], { env: inherited, stdio: 'ignore' }).status !== 0) return 'Java 17 is not installed';
  const missing = versions.some((version) => !existsSync(join(cache, version, COMPLETE)));
  return missing && spawnSync('mvn', ['-version'], { env: inherited, stdio: 'ignore' }).status !== 0 ? 'Maven is not installed' : undefined;
}

/** Whether tests that need brokers are left out here: there are none, and nobody insists. */
export function leavesKafkaOut(environment: KafkaEnvironment): boolean {
  return !environment.required && whyNoBroker(environment) !== undefined;
}

/**
 * The jars of a version, fetched from Maven Central the first time.
 * @throws Error with what Maven said
 */
export async function brokerJars(version: string, environment: KafkaEnvironment): Promise<BrokerJars> {
  const folder = join(environment.cache, version);
  if (!existsSync(join(folder, COMPLETE))) await fetchJars(version, folder, environment);
  const jars = readdirSync(folder).filter((name) => name.endsWith('.jar')).sort();
  const classPath = jars.map((name) => join(folder, name)).join(delimiter);
  const said = spawnSync(environment.java, ['-version'], { env: environment.inherited, encoding: 'utf8' }).stderr;
  const key = createHash('sha256').update([environment.java, said, classPath].join('\n')).digest('hex').slice(0, 12);
  return { classPath, folder, key };
}

/** Into a folder of its own first: whoever is killed meanwhile, or fetches the same, leaves no half of a version. */
async function fetchJars(version: string, folder: string, { inherited }: KafkaEnvironment): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const pom = fileURLToPath(new URL('../pom.xml', import.meta.url));
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-Dkafka.version=${version}`, `-DoutputDirectory=${unfinished}`];
  await new Promise<void>((resolve, reject) => {
    execFile('mvn', args, { env: inherited, timeout: MAVEN_MS }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`The jars of Kafka ${version} could not be fetched with Maven. ${(stdout + stderr).slice(-2_000) || error.message}`));
    });
  });
  writeFileSync(join(unfinished, COMPLETE), version);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(join(folder, COMPLETE))) throw error;
  }
}
