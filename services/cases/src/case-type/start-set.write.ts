import { WrongExpectedVersion, type EventStore, type StreamAppend } from '@caseledger/event-store';
import { CASE_TYPE_CATEGORY } from '../projections/case-type.projection.js';
import { startSet } from './start-set.js';

/** Companies remembered as having types: asked of the database once per process. */
const KNOWN_MAX = 10_000;

/**
 * Makes the start set of a company that has no types yet (TYP-001), before the first thing that rests on types is
 * written. Two who come first at once make the same types, and one of them finds them made.
 */
export class StartSet {
  readonly #known = new Set<string>();

  constructor(private readonly store: EventStore) {}

  async ensure(tenant: string): Promise<void> {
    if (this.#known.has(tenant)) return;
    try {
      await this.store.transaction(tenant, async (tx) => {
        const { rows } = await tx.query('select from app.case_type where tenant = $1 limit 1', [tenant]);
        if (rows.length === 0) await tx.append({ tenant, origin: { kind: 'system' }, actor: 'cases' }, appendsOf(tenant));
      });
    } catch (error) {
      if (!(error instanceof WrongExpectedVersion)) throw error;
    }
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.add(tenant);
  }
}

function appendsOf(tenant: string): StreamAppend[] {
  return startSet(tenant).map(({ id, ...data }) => ({
    stream: id,
    category: CASE_TYPE_CATEGORY,
    expected: 'none',
    events: [{ type: 'CaseTypeDefined', data }],
  }));
}
