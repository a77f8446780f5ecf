import { targetsV1 } from '@caseledger/contracts';
import type { ImportTarget } from '../import.target.js';
import { MemoryCases, MemoryContacts, OPTIONS, TENANT } from './case-rows.fixture.js';
import { caseRows } from './case-rows.js';

export const RUN = '0198c0de-0000-7000-8000-00000000000a';
export const IMPORT = '0198c0de-0000-7000-8000-00000000000b';

/** Both services in memory, asked as one; `crashPoint` is come by between the two. */
export interface World {
  /** What was asked of both, in order. */
  readonly calls: string[];
  readonly contacts: MemoryContacts;
  readonly cases: MemoryCases;
  readonly target: ImportTarget;
}

export function services(crashPoint: () => void = () => undefined): World {
  const calls: string[] = [];
  const contacts = new MemoryContacts(calls);
  const cases = new MemoryCases(calls);
  const target = caseRows({ contacts: contacts.named(), cases: cases.named(), crashPoint });
  return { calls, contacts, cases, target };
}

export async function open({ target, calls }: World, chunksPerLane = [2]): Promise<void> {
  await target.open({ tenant: TENANT, run: RUN, importId: IMPORT, kind: targetsV1.RunKind.RUN_KIND_IMPORT, attempt: 1, actor: '', chunksPerLane, rows: 0, cases: undefined, importDay: '' });
  calls.length = 0;
}

export function chunk(rows: targetsV1.Row[], seq = 0, options: Partial<targetsV1.ApplyOptions> = {}): targetsV1.ApplyChunkRequest {
  return { tenant: TENANT, importId: IMPORT, run: RUN, attempt: 1, lane: 0, seq, actor: '', options: { ...OPTIONS, ...options }, rows, traceparent: '' };
}

/** Row number, outcome and reason of each. */
export function told(rows: readonly { row: number; outcome: string; reason: string }[]): string[] {
  return rows.map(({ row, outcome, reason }) => `${row} ${outcome} ${reason}`.trim());
}

/** The ids of all that both services hold, sorted. */
export function records({ contacts, cases }: World): string[] {
  return [...contacts.records.keys(), ...cases.records.keys()].sort();
}
