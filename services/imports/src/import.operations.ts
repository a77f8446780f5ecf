import { uuid7, uuid8, type StoreTransaction } from '@caseledger/event-store';
import { countryCode } from '@caseledger/normalise';
import { readDefaults } from '@caseledger/fields';
import { limit, refused, validation, validationOf, type FieldError, type RowIssue } from '@caseledger/errors';
import { assertListNameFree, chooseForCases, type CaseCatalogue, type CaseWishes } from './case-choices.js';
import { checkOverride } from './file/analyse.js';
import { assertReady, checkDateFormats, readMapping } from './file/mapping.js';
import type { Caller, OnceOnly } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import {
  assertPlannable,
  confirmImport,
  decideRows,
  discardImport,
  overrideAnalysis,
  replan,
  requestPlan,
  setMapping,
  setOptions,
  startImport,
} from './import/import.decider.js';
import { hasEnded, type Import } from './import/import.js';
import type { AnalysisOverride, ColumnTarget, DecisionAction, ImportOptions, ImportType, RetrySelection } from './import/import.events.js';
import { startRetry } from './import/run.decider.js';
import { runOf } from './judge.job.js';
import { isMapped, readAnalysis, readinessOf, readingOf } from './plan.inputs.js';
import { changedSince } from './plan.staleness.js';
import { readTies, type Ties } from './plan.ties.js';
import { todayIn } from './projections/company.queries.js';
import { openCounts } from './projections/imports.projection.js';
import { EVERY_ROW, retryable, rowsMatching } from './projections/ledger.queries.js';
import { planRowNumbers, readPlanWork } from './projections/plan.queries.js';

/** Which rows a decision is about: by number, or all of an outcome, reason or code. */
export interface RowChoice {
  readonly rows: readonly number[];
  readonly outcome: string;
  readonly reason: string;
  readonly code: string;
}

type Replayed = Promise<{ replayed: boolean }>;

/** Rows that one decision can name. */
const DECIDED_ROWS_MAX = 10_000;

/** What people do with an import between its upload and its end; each is one command, checked and decided. */
export class ImportOperations {
  constructor(
    private readonly context: ImportContext,
    private readonly catalogue: CaseCatalogue,
  ) {}

  async setAnalysis(caller: Caller, id: string, override: AnalysisOverride, once?: OnceOnly): Replayed {
    return this.context.commands.change(
      caller,
      id,
      async (state) => {
        const events = overrideAnalysis(override, state);
        checkOverride(override, (await readAnalysis(this.context, caller.tenant, state)).facts);
        return events;
      },
      once,
    );
  }

  async setMapping(caller: Caller, id: string, columns: readonly ColumnTarget[], once?: OnceOnly): Replayed {
    return this.context.commands.change(caller, id, (state) => setMapping(readMapping(columns, columnsOf(state), typeOfState(state)), state), once);
  }

  /** `wishes` are a case import's, with types and lists as they were named. @throws DomainError as `chooseForCases` does */
  async setOptions(caller: Caller, id: string, given: ImportOptions, wishes: CaseWishes | undefined, once?: OnceOnly): Replayed {
    const cases = wishes === undefined ? undefined : await chooseForCases(this.catalogue, caller.tenant, wishes);
    const options = cases === undefined ? given : { ...given, cases };
    return this.context.commands.change(
      caller,
      id,
      async (state, tx) => {
        await this.checkOptions(tx, state, options);
        return setOptions(options, state);
      },
      once,
    );
  }

  /** Asks for a plan. @throws DomainError naming everything that keeps it from being made (MAP-007, OPT-002). */
  async plan(caller: Caller, id: string, once?: OnceOnly): Promise<{ replayed: boolean; warnings: readonly RowIssue[] }> {
    const { commands } = this.context;
    const state = await commands.load(caller.tenant, id);
    const plan = uuid7();
    let warnings: readonly RowIssue[] = [];
    if (isMapped(state) && state.file.kept) {
      const readiness = readinessOf(state, await readAnalysis(this.context, caller.tenant, state));
      warnings = readiness.warnings;
      if (state.status === 'MAPPING') assertPlannable(state);
      if (state.status === 'MAPPING') assertReady(readiness);
    }
    const { replayed } = await commands.change(
      caller,
      id,
      async (now, tx) => {
        const isSame = isMapped(now) && isMapped(state) && now.mapping.version === state.mapping.version && JSON.stringify(now.options) === JSON.stringify(state.options);
        if (!isSame && now.status === 'MAPPING' && isMapped(now)) assertReady(readinessOf(now, await readAnalysis(this.context, caller.tenant, now)));
        return requestPlan({ plan, importDay: await todayIn(tx), requestedBy: caller.actor ?? '' }, now);
      },
      once,
    );
    return { replayed, warnings };
  }

  /** Decides rows of the plan, or after the end rows of the ledger (DUP-008). */
  async decide(caller: Caller, id: string, choice: RowChoice, action: DecisionAction, record: string, once?: OnceOnly): Replayed {
    return this.context.commands.change(
      caller,
      id,
      async (state, tx) => {
        const rows = await chosenRows(tx, state, choice);
        if (rows.length > DECIDED_ROWS_MAX) throw limit('LIMIT_REACHED', { limit: DECIDED_ROWS_MAX, things: 'rows at once' });
        return decideRows({ rows, action, record, decidedBy: caller.actor ?? '' }, state);
      },
      once,
    );
  }

  confirm(caller: Caller, id: string, hash: string, once?: OnceOnly): Replayed {
    return this.context.commands.change(caller, id, (state) => confirmImport(hash, caller.actor ?? '', state), once);
  }

  /**
   * Starts the confirmed plan. When a matched or newly matching record has changed since, nothing starts: a new plan is
   * being made, and the refusal says so (PRE-005). @throws DomainError PLAN_STALE, CONFIRMATION_REQUIRED.
   */
  async start(caller: Caller, id: string, hash: string, once?: OnceOnly): Replayed {
    const { commands, limits } = this.context;
    const state = await commands.load(caller.tenant, id);
    const run = 'plan' in state ? runOf(state.plan.id) : 'attempt' in state ? state.attempt.run : '';
    const command = { hash, run, startedBy: caller.actor ?? '' };
    // Anything else is for the decider, or for the answer stored under the key of a repeated request.
    const isToCheck = state.status === 'CONFIRMED' && state.plan.hash === hash && state.file?.kept === true;
    if (isToCheck) await assertListNameFree(this.catalogue, caller.tenant, state.options?.cases?.newList ?? '');
    if (isToCheck && isMapped(state) && state.options.apply === 'EXACT_PLAN') {
      const changed = await this.changedSincePlan(caller.tenant, state);
      if (changed.length > 0) {
        await commands.change(caller, id, async (now, tx) => replan({ plan: uuid7(), importDay: await todayIn(tx), requestedBy: caller.actor ?? '' }, changed, now));
        throw refused('PLAN_STALE', { n: changed.length });
      }
    }
    return commands.change(
      caller,
      id,
      async (now, tx) => {
        if ((await openCounts(tx)).waiting >= limits.waiting) throw limit('LIMIT_REACHED', { limit: limits.waiting, things: 'waiting imports' });
        return startImport(command, now);
      },
      once,
    );
  }

  discard(caller: Caller, id: string, once?: OnceOnly): Replayed {
    return this.context.commands.change(caller, id, discardImport, once);
  }

  /** Tries failed and held rows again, or goes on after a cancel (LED-009). */
  async retry(caller: Caller, id: string, selection: RetrySelection, once?: OnceOnly): Replayed {
    if (selection.rows.length > DECIDED_ROWS_MAX) throw limit('LIMIT_REACHED', { limit: DECIDED_ROWS_MAX, things: 'rows at once' });
    return this.context.commands.change(
      caller,
      id,
      async (state, tx) => {
        const number = hasEnded(state) ? state.attempt.number + 1 : 0;
        const run = uuid8('run', id, String(number));
        const rows = hasEnded(state) ? await retryable(tx, id, selection, state.analysis?.rows ?? 0) : [];
        const command = {
          run,
          plan: uuid8('plan', run),
          importDay: await todayIn(tx),
          rows: rows.length,
          source: { kind: 'ROWS' as const },
          selection,
          alreadyApplied: 0,
          startedBy: caller.actor ?? '',
        };
        return startRetry(command, state);
      },
      once,
    );
  }

  /** The records and keys of the plan that have changed since its positions, by record where it is known. */
  private async changedSincePlan(tenant: string, state: Import): Promise<string[]> {
    if (!('plan' in state) || !('positions' in state.plan)) return [];
    const { id: plan, positions } = state.plan;
    const work = await this.context.store.transaction(tenant, (tx) => readPlanWork(tx, plan));
    if (work === undefined) return [];
    const ties = (): Promise<Ties> => readTies(this.context, { tenant, importId: state.importId, plan }, work.rows);
    const marks = await changedSince(this.context.targetOf(state.type), tenant, { positions, ties, run: runOf(plan) });
    return [...new Set([...marks].map((mark) => mark.split(' ')[1] ?? ''))].filter((text) => text !== '');
  }

  private async checkOptions(tx: StoreTransaction, state: Import, options: ImportOptions): Promise<void> {
    checkDateFormats(options.dateFormat, columnsOf(state));
    if (countryCode(options.defaultCountry) !== options.defaultCountry) {
      throw validation('COUNTRY_UNKNOWN', { text: options.defaultCountry }, 'defaultCountry');
    }
    if (!isMapped(state)) return;
    const readiness = readinessOf({ ...state, options }, await readAnalysis(this.context, tx.tenant, state));
    const reading = await readingOf(tx, { ...state, options }, readiness, await todayIn(tx));
    const { issues } = readDefaults(options.defaults, reading);
    const faults = issues.map(({ code, params, field }): FieldError => ({ field: `defaults.${field ?? ''}`, code, ...(params === undefined ? {} : { params }) }));
    const [first, ...others] = faults;
    if (first !== undefined) throw validationOf([first, ...others]);
  }
}

function typeOfState(state: Import): ImportType {
  return state.status === 'NONE' ? 'CLIENTS' : state.type;
}

function columnsOf(state: Import): number {
  return state.status === 'NONE' ? 0 : (state.analysis?.columns ?? 0);
}

async function chosenRows(tx: StoreTransaction, state: Import, choice: RowChoice): Promise<number[]> {
  if (state.status === 'NONE') return [];
  const rowsOfFile = state.analysis?.rows ?? 0;
  if (choice.rows.length > 0) {
    const unknown = choice.rows.find((row) => row < 1 || row > rowsOfFile);
    if (unknown !== undefined) throw validation('RECORD_NOT_FOUND', { id: `row ${unknown}` }, 'rows');
    return [...new Set(choice.rows)].sort((a, b) => a - b);
  }
  if (hasEnded(state)) return rowsMatching(tx, state.importId, { ...EVERY_ROW, ...choice }, DECIDED_ROWS_MAX + 1);
  return 'plan' in state ? planRowNumbers(tx, state.plan.id, choice, DECIDED_ROWS_MAX + 1) : [];
}
