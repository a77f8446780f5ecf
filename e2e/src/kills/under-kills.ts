import { existsSync } from 'node:fs';
import { eventually } from '@caseledger/testing';
import type { CrashOrder } from './crash-orders.js';
import type { SourceNetwork } from './source-network.js';

const CARRIED_OUT_MS = 10_000;

/**
 * Lets workers die while this goes on.
 * @throws where an order is not carried out, once, or a worker ends in any other way
 */
export async function underKills(network: SourceNetwork, orders: readonly CrashOrder[], goesOn: () => Promise<void>): Promise<void> {
  const fallen = network.fallen;
  const left = (): CrashOrder[] => orders.filter(({ tally, nth }) => !existsSync(`${tally}.${nth}`));
  await network.order(orders);
  try {
    await goesOn();
    await eventually(async () => left().length === 0 && network.fallen - fallen >= orders.length, { deadlineMs: CARRIED_OUT_MS }).catch(() => undefined);
  } finally {
    await network.order([]);
  }
  const fell = network.fallen - fallen;
  if (left().length === 0 && fell === orders.length && network.faults.length === 0) return;
  throw new Error(`${fell} of ${orders.length} workers fell. Not carried out: ${JSON.stringify(left())}. Said by others: ${network.faults.join('\n')}`);
}
