import { casesViews } from '@caseledger/cases';
import { contactsViews } from '@caseledger/contacts';
import { tableChecksum } from '@caseledger/event-store';
import { importsViews } from '@caseledger/imports';
import { openDatabase } from '@caseledger/service-kit';
import { eventually, type Network } from '@caseledger/testing';
import { caseledger } from './command-line.js';

const SERVICES = [['CONTACTS', contactsViews], ['CASES', casesViews], ['IMPORTS', importsViews]] as const;
const SETTLED_MS = 30_000;

/** What a rebuild found and left. */
export interface Rebuilt {
  /** `service table checksum` of each view; equal when the log is the truth. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What ends a long scenario (DESIGN 27): every log is verified, every view is emptied and brought back. Nothing may be under way. */
export async function rebuilt(network: Network): Promise<Rebuilt & { readonly intact: readonly unknown[] }> {
  const intact = (await caseledger(network, 'verify')).map(({ ok }) => ok);
  return { intact, ...(await aroundRebuild(network.environment(), () => caseledger(network, 'rebuild', '--all', '--drop'))) };
}

/** Looks at every view before and after. */
export async function aroundRebuild(environment: Readonly<Record<string, string>>, rebuild: () => Promise<unknown>): Promise<Rebuilt> {
  const before = await settledViews(environment);
  await rebuild();
  return { before, after: await settledViews(environment) };
}

/** Views once they no longer move: whoever has waited for an import has not waited for the notes about its end. */
async function settledViews(environment: Readonly<Record<string, string>>): Promise<string[]> {
  let last = await views(environment);
  return eventually(
    async () => {
      const now = await views(environment);
      const isSettled = now.join() === last.join();
      last = now;
      return isSettled ? now : undefined;
    },
    { deadlineMs: SETTLED_MS, everyMs: 500 },
  );
}

/** `service table checksum` of each view, over all companies. */
async function views(environment: Readonly<Record<string, string>>): Promise<string[]> {
  const sums: string[] = [];
  for (const [service, tables] of SERVICES) {
    const address = (role: string): string => environment[`${service}_DATABASE_${role}URL`] ?? '';
    const database = await openDatabase({ appUrl: address(''), tailUrl: address('TAIL_'), poolMax: 2 }, { migrations: [] });
    try {
      for (const { table, without } of tables) sums.push(`${service} ${table} ${await tableChecksum(database.tail, table, without)}`);
    } finally {
      await database.close();
    }
  }
  return sums;
}
