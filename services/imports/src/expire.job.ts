import type { StoreTransaction } from '@caseledger/event-store';
import type { ImportLimits } from './config.js';
import { platform } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { expireDraft } from './import/import.decider.js';
import { evolve } from './import/import.js';
import { expireFile } from './import/run.decider.js';
import type { JobHandler } from './job.runner.js';

/*
 * The leased job that ends what has been kept long enough: drafts nobody came back to (MAP-017) and original files with
 * everything read from them (FIL-006). The key goes with the event, so that nothing can be read from then on; the
 * objects, unreadable already, are deleted afterwards. Hash, ledger and history stay.
 */

/** From when on a draft is too old, and a file. */
export interface Deadlines {
  readonly draftsBefore: Date;
  readonly filesBefore: Date;
}

const DAY_MS = 86_400_000;

export function deadlinesAt(now: Date, { draftDays, fileDays }: Pick<ImportLimits, 'draftDays' | 'fileDays'>): Deadlines {
  return { draftsBefore: new Date(now.getTime() - draftDays * DAY_MS), filesBefore: new Date(now.getTime() - fileDays * DAY_MS) };
}

export function expireJob(context: ImportContext, now: () => Date): JobHandler {
  return {
    kind: 'expire',
    run: async (job) => {
      const { commands, objects, store, limits } = context;
      const at = now();
      const deadlines = deadlinesAt(at, limits);
      await commands.work(platform(job.tenant), { imports: [job.about] }, async ({ tx, imports: [held] }) => {
        if (held === undefined) return;
        const due = await dueOf(tx, job.about, deadlines);
        const draft = due.draft ? expireDraft(held.state) : [];
        const isOver = due.file || draft.length > 0;
        const file = isOver ? expireFile(at.toISOString().slice(0, 10), draft.reduce(evolve, held.state)) : [];
        held.add([...draft, ...file]);
        if (draft.length + file.length > 0) await objects.destroyKey(tx, job.about);
      });
      // A restart comes here again with nothing left to decide: what is deleted follows from the key being gone.
      if (await store.transaction(job.tenant, (tx) => objects.hasKey(tx, job.about))) return store.transaction(job.tenant, (tx) => job.complete(tx));
      await objects.deleteAll(job.tenant, job.about);
      await store.transaction(job.tenant, async (tx) => {
        await tx.query('delete from app.upload_part where tenant = $1 and import_id = $2', [tx.tenant, job.about]);
        await job.complete(tx);
      });
    },
    // What is sealed by a destroyed key may lie where it is.
    giveUp: (job) => context.store.transaction(job.tenant, (tx) => job.complete(tx)),
  };
}

async function dueOf(tx: StoreTransaction, importId: string, { draftsBefore, filesBefore }: Deadlines): Promise<{ draft: boolean; file: boolean }> {
  const { rows } = await tx.query<{ draft: boolean; file: boolean }>(
    `select changed_at < $3 as draft, coalesce(file_kept_since < $4, false) as file
     from app.import where tenant = $1 and id = $2`,
    [tx.tenant, importId, draftsBefore, filesBefore],
  );
  return rows[0] ?? { draft: false, file: false };
}
