import { targetsV1 } from '@caseledger/contracts';
import { ChunkDeclined, type JudgeLocked, type RowTarget } from '@caseledger/row-target';
import { partsOfOutcomes, withParts } from './join-parts.js';
import { isSettled, marked } from './judge-jointly.js';
import type { PartedOptions, SplitRow } from './split-row.js';

const { CHUNK_ANSWER_APPLIED } = targetsV1.ChunkAnswer;

/** Rows of a chunk with the options of both services. */
export interface Taken {
  readonly options: PartedOptions;
  readonly split: readonly SplitRow[];
}

export interface TogetherDeps {
  readonly contacts: RowTarget;
  readonly cases: RowTarget;
  /** Called when contacts has stored its part and cases has not. */
  between(): Promise<void>;
}

/**
 * Applies a chunk while the transactions of both services are open, so that each judges it once: cases takes its turn,
 * contacts takes its own and judges the parts, cases judges its rows by what contacts says; where all ends as the plan
 * foresaw contacts commits, then cases. What both write is then what they would after judging jointly, because that has
 * one end only (judge-jointly.ts), and what each was judged by stays locked until it has written.
 *
 * Everybody who needs locks of both takes those of cases' lane, of contacts, and of cases' records in this order, so none
 * waits for another in a circle.
 * @returns undefined when something ends otherwise than foreseen: then nothing was written anywhere.
 */
export async function applyTogether(deps: TogetherDeps, request: targetsV1.ApplyChunkRequest, taken: Taken): Promise<targetsV1.ChunkReply | undefined> {
  const { cases } = deps;
  const ofContacts = new ContactsPart(deps, request, taken);
  const rows = taken.split.map(({ row }) => row);
  try {
    return await cases.apply({ ...request, options: taken.options.cases, rows }, (judge) => ofContacts.write(judge));
  } catch (thrown) {
    if (!(thrown instanceof ChunkDeclined)) throw thrown;
    if (ofContacts.failure !== undefined) throw ofContacts.failure;
    return ofContacts.refusal;
  }
}

/** What contacts does with a chunk inside the transaction of cases. */
class ContactsPart {
  /** What contacts threw; cases is told only that it goes no further. */
  failure: unknown;
  /** Contacts' answer where it is not its turn, or its run does not go on. */
  refusal: targetsV1.ChunkReply | undefined;
  private readonly withheld: ReadonlySet<number>;

  constructor(
    private readonly deps: TogetherDeps,
    private readonly request: targetsV1.ApplyChunkRequest,
    private readonly taken: Taken,
  ) {
    this.withheld = foreseenUnwritten(taken.split);
  }

  async write(judgeCases: JudgeLocked): Promise<void> {
    const { split, options } = this.taken;
    const request = { ...this.request, options: options.contacts, rows: marked(split, this.withheld) };
    let ofCases: unknown;
    const course = async (judgeContacts: JudgeLocked): Promise<void> => {
      const parts = await judgeContacts(request.rows);
      const rows = await this.judgeCases(judgeCases, parts).catch((thrown: unknown) => {
        ofCases = thrown;
        throw new ChunkDeclined('Cases could not judge');
      });
      if (!isSettled(split, this.withheld, parts, rows)) throw new ChunkDeclined('A row ends otherwise than foreseen');
    };
    const reply = await this.deps.contacts.apply(request, course).catch((thrown: unknown) => {
      if (ofCases !== undefined) throw ofCases;
      if (!(thrown instanceof ChunkDeclined)) this.failure = thrown;
      throw new ChunkDeclined('Contacts did not write');
    });
    if (reply.answer !== CHUNK_ANSWER_APPLIED) {
      this.refusal = reply;
      throw new ChunkDeclined('Contacts did not take the chunk');
    }
    // Stored by a worker that died before cases had it too, or by a COMMIT whose end was unknown: that is what counts.
    if (reply.replayed) await this.judgeCases(judgeCases, reply.outcomes);
    await this.deps.between();
  }

  private judgeCases(judge: JudgeLocked, parts: readonly targetsV1.RowOutcome[]): Promise<readonly targetsV1.RowOutcome[]> {
    const { split } = this.taken;
    return judge(withParts(split, partsOfOutcomes(split, parts)));
  }
}

const KEPT_OR_WRITTEN: readonly string[] = ['CREATED', 'UPDATED', 'MERGED', 'UNCHANGED'];

/** Rows whose contacts are not written if all goes as foreseen. */
function foreseenUnwritten(split: readonly SplitRow[]): Set<number> {
  const foreseen = split.map(({ row }) => ({ row: row.row, outcome: row.expected?.outcome ?? 'CREATED' }));
  return new Set(foreseen.filter(({ outcome }) => !KEPT_OR_WRITTEN.includes(outcome)).map(({ row }) => row));
}
