import { readOrExit } from '@caseledger/service-kit';
import { readDatabases, readEventStreams } from './config.js';
import { readPositions } from './stream-positions.js';
import { TOPICS } from './topics.js';

/** Where the logs, the relays and the consumers of the installation stand, as one line of JSON; for `caseledger status`. */
const { databases, streams } = readOrExit(() => ({ databases: readDatabases(), streams: readEventStreams() }));
const { transport } = streams;
const topics = await readPositions(databases, TOPICS);
process.stdout.write(`${JSON.stringify({ transport, ...(streams.transport === 'kafka' ? { brokers: streams.brokers } : {}), topics })}\n`);
