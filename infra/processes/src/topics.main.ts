import { TopicFaults, applyTopics, planTopics } from '@caseledger/event-streams';
import { createLogger, readOrExit } from '@caseledger/service-kit';
import { readEventStreams } from './config.js';
import { TOPICS } from './topics.js';

/**
 * `topics plan` compares the topics with what they have to be, `topics apply` makes the missing ones; ends with 1 while
 * something is missing or wrong. A topic that exists is never changed.
 */
const [command = 'plan'] = process.argv.slice(2);
const json = process.argv.includes('--json');
const streams = readOrExit(() => readEventStreams());
const logger = createLogger({ service: 'topics', level: 'silent' });

function say(facts: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(facts)}\n` : lines.map((line) => `${line}\n`).join(''));
}

async function run(): Promise<boolean> {
  if (streams.transport === 'embedded') {
    say({ transport: 'embedded', missing: [], faults: [] }, ['The transport is embedded: there are no topics.']);
    return true;
  }
  if (command === 'apply') {
    const made = await applyTopics(streams, TOPICS, logger);
    say({ transport: 'kafka', made, missing: [], faults: [] }, [...made.map(({ topic, partitions }) => `made ${topic} with ${partitions} partitions`), `All ${TOPICS.length} topics are as they have to be.`]);
    return true;
  }
  const { missing, faults } = await planTopics(streams, TOPICS, logger);
  const isDone = missing.length + faults.length === 0;
  const lines = [...missing.map(({ topic, partitions }) => `missing: ${topic} with ${partitions} partitions`), ...faults.map((fault) => `wrong: ${fault}`)];
  say({ transport: 'kafka', missing, faults }, isDone ? [`All ${TOPICS.length} topics are as they have to be.`] : lines);
  return isDone;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (json) say({ transport: 'kafka', faults: error instanceof TopicFaults ? error.faults : ['no broker answers'] }, []);
  process.exitCode = 1;
}
