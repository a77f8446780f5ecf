// Follows the case events of one company: a group of its own, its position in a file, repeats dropped, gaps refilled.
// node examples/case-events/consume.mjs KEY_FILE [GROUP] [INSTALLATION_FOLDER]
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { accountsV1, caseFactsV1, streamsV1 } from '@caseledger/contracts';

const TOPIC = 'caseledger.cases.v1';
const PARTITIONS = 12;
const MESSAGES = {
  CaseOpened: caseFactsV1.CaseOpened,
  CaseStatusChanged: caseFactsV1.CaseStatusChanged,
  CaseTypeChanged: caseFactsV1.CaseTypeChanged,
  CaseContactLinked: caseFactsV1.CaseContactChanged,
  CaseContactUnlinked: caseFactsV1.CaseContactChanged,
  KeyDateSet: caseFactsV1.KeyDateChanged,
  KeyDateRemoved: caseFactsV1.KeyDateChanged,
  CaseAddedToList: caseFactsV1.CaseListChanged,
  CaseRemovedFromList: caseFactsV1.CaseListChanged,
  ImportStarted: caseFactsV1.ImportMarked,
  ImportCompleted: caseFactsV1.ImportMarked,
};

const [keyFile, group = 'example', home = '.caseledger'] = process.argv.slice(2);
if (keyFile === undefined) throw new Error('Name the file of an API key that may read cases; see the README beside this file.');
const key = JSON.parse(readFileSync(keyFile, 'utf8')).secret;
const stateFile = `case-events-${group}.json`;
const state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : { log: '', positions: {}, cases: {}, imports: {} };

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const placeOf = ({ shard, partition }) => `${shard}/${partition}`;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (stopping = true));

/** The effect: which cases there are, of what type, open or closed. Types this program does not know change nothing. */
function apply({ type, stream, streamVersion, payload, originId }) {
  const fact = (MESSAGES[type] ?? caseFactsV1.CaseChanged).decode(payload);
  const known = state.cases[stream] ?? {};
  if (type === 'CaseOpened') state.cases[stream] = { number: fact.number, type: fact.typeId, category: fact.category };
  if (type === 'CaseStatusChanged') state.cases[stream] = { ...known, category: fact.category };
  if (type === 'CaseTypeChanged') state.cases[stream] = { ...known, type: fact.toTypeId, category: fact.category };
  // An import is whole once its end was seen on every partition; only then is it worth counting (EVT-004).
  if (type === 'ImportCompleted') state.imports[fact.importId] = (state.imports[fact.importId] ?? 0) + 1;
  tell({ event: type, case: stream, version: streamVersion, by: originId, ...fact });
}

/** Applies what is new of an answer; tells whether a partition has to be read again from where it stands. */
function take({ events, lookedUpTo }) {
  const broken = new Set();
  for (const event of events) {
    const place = placeOf(event);
    const position = state.positions[place] ?? 0;
    if (event.position <= position || broken.has(place)) continue;
    if (event.prevPosition > position) {
      tell({ gap: place, after: position, missing: event.prevPosition });
      broken.add(place);
      continue;
    }
    apply(event);
    state.positions[place] = event.position;
  }
  for (const searched of lookedUpTo) {
    const place = placeOf(searched);
    if (!broken.has(place)) state.positions[place] = Math.max(searched.position, state.positions[place] ?? 0);
  }
  return broken.size > 0;
}

/** Effect and position in one file, replaced whole: after a crash both are there or neither, so each event counts once. */
function save() {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
}

function call(client, method, request, metadata, deadlineMs) {
  return new Promise((resolve, reject) => {
    const settle = (error, reply) => (error === null ? resolve(reply) : reject(error));
    client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, metadata, { deadline: Date.now() + deadlineMs }, settle);
  });
}

/** Reads from the installation as it runs now; its addresses may be others after a restart. */
async function follow() {
  const { grpc } = JSON.parse(readFileSync(join(home, 'client.json'), 'utf8'));
  const accounts = new Client(grpc.accounts, credentials.createInsecure());
  const cases = new Client(grpc.cases, credentials.createInsecure());
  const { authenticate } = accountsV1.AccountsServiceService;
  const { head, read } = streamsV1.FeedServiceService;
  // The key is shown to accounts alone; what goes to cases is a context that is good for a minute.
  const signed = async () => {
    const { context } = await call(accounts, authenticate, { bearer: key, address: '' }, new Metadata(), 10_000);
    const metadata = new Metadata();
    metadata.set('caseledger-context', context);
    return metadata;
  };
  try {
    const { logId, epoch, heads } = await call(cases, head, { topic: TOPIC }, await signed(), 10_000);
    const log = `${logId}/${epoch}`;
    if (state.log !== '' && state.log !== log) throw new Error(`The log is another one than ${group} has followed. Begin a new group.`);
    state.log = log;
    const places = heads.flatMap(({ shard }) => Array.from({ length: PARTITIONS }, (_, partition) => ({ shard, partition })));
    let hasGap = false;
    while (!stopping) {
      const after = places.map((place) => ({ ...place, position: state.positions[placeOf(place)] ?? 0 }));
      const answer = await call(cases, read, { topic: TOPIC, after, limit: 500, waitMs: 5_000 }, await signed(), 15_000);
      if (`${answer.logId}/${answer.epoch}` !== log) throw new Error(`The log changed while ${group} followed it. Begin a new group.`);
      const hadGap = hasGap;
      hasGap = take(answer);
      if (hadGap) tell({ refilled: !hasGap });
      save();
    }
  } finally {
    accounts.close();
    cases.close();
  }
}

const WAIT_AND_TRY = new Set([4, 13, 14]); // deadline, internal, unavailable: the owner is away and comes back
while (!stopping) {
  await follow().catch(async (fault) => {
    if (!WAIT_AND_TRY.has(fault.code)) throw fault;
    tell({ waiting: fault.details });
    await pause(1_000);
  });
}
