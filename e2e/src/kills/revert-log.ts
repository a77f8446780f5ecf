import type { SourceNetwork } from './source-network.js';

/** What a revert has left in the log of contacts. */
export interface Writes {
  readonly records: number;
  /** How many events the record has of it that has most. */
  readonly most: number;
}

const WRITES = `
select count(*)::int as records, coalesce(max(n), 0)::int as most from (
  select count(*) as n from es.event e join es.batch b on b.id = e.batch
  where b.source_kind = 'revert' and b.source_id = $1 and e.category = 'contact' group by e.stream) written`;

/** Looks into the log itself, for no list tells how often a record was taken back. */
export async function revertLog(network: SourceNetwork): Promise<(revert: string) => Promise<Writes>> {
  const { tail } = await network.database('contacts').open({ poolMax: 2 });
  return async (revert) => {
    const [writes] = (await tail.query(WRITES, [revert])) as Writes[];
    return writes ?? { records: 0, most: 0 };
  };
}
