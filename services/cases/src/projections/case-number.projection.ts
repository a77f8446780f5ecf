import type { InlineProjection } from '@caseledger/event-store';
import type { NumbersEvent } from '../numbers/numbers.events.js';

/** The category of the streams of numbers, one per company and year. */
export const NUMBERS_CATEGORY = 'case-numbers';

const NEXT = `
insert into app.case_number (tenant, year, next) values ($1, $2, $3)
on conflict (tenant, year) do update set next = greatest(app.case_number.next, excluded.next)`;

const BLOCK = `
insert into app.case_number_block (tenant, import, year, first, count) values ($1, $2, $3, $4, $5)`;

/** How far the numbers of each year have been given away, and whose block is where. */
export const caseNumberProjection: InlineProjection = {
  name: 'case-number',
  tables: ['app.case_number', 'app.case_number_block'],
  categories: [NUMBERS_CATEGORY],
  apply: async (tx, events) => {
    for (const { data } of events) {
      const { year, first, count, import: importId } = data as object as NumbersEvent['data'];
      await tx.query(NEXT, [tx.tenant, year, first + count]);
      if (importId !== undefined) await tx.query(BLOCK, [tx.tenant, importId, year, first, count]);
    }
  },
};
