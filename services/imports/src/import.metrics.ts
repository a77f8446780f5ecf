import { Counter, type Registry } from 'prom-client';

/** What the workers count (CORRECTNESS §10); labels are names of things, never of people or companies. */
export interface ImportMetrics {
  readonly ledgerMismatch: Counter;
  readonly chunks: Counter<'answer'>;
  readonly rows: Counter<'outcome'>;
  readonly redispatched: Counter;
}

export function importMetrics(registry: Registry): ImportMetrics {
  const registers = [registry];
  return {
    ledgerMismatch: new Counter({
      name: 'import_ledger_mismatch',
      help: 'Runs found with outcomes that do not add up to their rows; any is a reason to page',
      registers,
    }),
    chunks: new Counter({ name: 'import_chunks_total', help: 'Chunks by what the target answered', labelNames: ['answer'], registers }),
    rows: new Counter({ name: 'import_rows_total', help: 'Rows by outcome, as this process applied them', labelNames: ['outcome'], registers }),
    redispatched: new Counter({ name: 'import_chunks_redispatched_total', help: 'Chunks dispatched again for want of an outcome', registers }),
  };
}
