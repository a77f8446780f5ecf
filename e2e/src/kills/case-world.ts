import { contactLines, judgedLines, oracleLines } from '../compare.js';
import type { ImportView, RowView, Session } from '../company.js';
import { predictCases, type CaseResult, type CaseWorld, type OracleCase } from '../oracle/case-oracle.js';
import { nextWorld } from '../oracle/next-world.js';
import { CASE_COLUMNS, caseCsvOf, randomCaseRows } from '../oracle/random-cases.js';
import { choicesOf, listNames, makeLists, putChoices } from './case-choices.js';
import { allCases, type CaseView } from './case-view.js';
import { recordOf } from './killed-world.js';

/** What was found, beside what the oracle says; equal when the world is whole. */
export interface FoundCases {
  /** Row, outcome, reason and what was done to which record. */
  readonly ledger: readonly string[];
  readonly contacts: readonly string[];
  readonly cases: readonly string[];
  /** Contacts that are marked as clients. */
  readonly clients: readonly string[];
  /** Rows that wrote another version than the one that came before left. */
  readonly broken: readonly string[];
  /** Rows whose prediction was another one. */
  readonly unplanned: readonly string[];
}

const END_MS = 120_000;
/** An id that no record has. */
const NOBODY = '0190f1c2-7a10-7abc-8def-0123456789ab';

/** A company that imports one random case file after the other, and the oracle's contacts and cases beside its own. */
export class CaseWorldPlayed {
  /** What was done, for whoever has to read a failure. */
  readonly told: string[] = [];
  private world: CaseWorld = { contacts: [], cases: [], clients: [] };
  private expected: CaseResult = { contacts: [], cases: [], clients: [], outcomes: [] };
  private rows = 0;
  /** Names of the oracle by record, and the version that each record is at. */
  private readonly names = new Map<string, string>();
  private readonly versions = new Map<string, number>();
  private lists = new Map<string, string>();

  private constructor(
    private readonly company: Session,
    private readonly seed: number,
  ) {}

  /** A company with the lists that imports find. */
  static async open(company: Session, seed: number): Promise<CaseWorldPlayed> {
    await makeLists(company);
    return new CaseWorldPlayed(company, seed);
  }

  /** Plans the next file of the world with the options of that turn; the import stands before its confirmation. */
  async plan(turn: number, count: number): Promise<ImportView> {
    this.goOn();
    const options = choicesOf(turn, this.rows);
    const { contacts, cases } = this.world;
    // Sometimes rows are mostly strangers; sometimes all of them hang together.
    const people = turn % 3 === 0 ? Math.ceil(count / 4) : count * 2;
    const rows = randomCaseRows(this.seed * 100_000 + turn, count, { people, externalIds: count, contacts: contacts.length, cases: cases.length });
    this.rows += count;
    this.told.push(`turn ${turn}: seed ${this.seed}, ${count} rows of ${people} people, ${JSON.stringify(options)}`);
    this.expected = predictCases(this.world, rows, options);
    const ids = new Map([...this.names].map(([id, name]) => [name, id]));
    const item = await this.company.upload(caseCsvOf(rows, (name) => ids.get(name) ?? NOBODY), `cases-${turn}.csv`, { type: 'CASES' });
    await this.company.json('POST', `/api/imports/${item.id}/mapping`, { columns: CASE_COLUMNS.map((target, column) => ({ column, target })) });
    await putChoices(this.company, item, options);
    await this.company.json('POST', `/api/imports/${item.id}/plan`, {});
    return this.company.until(item.id, ['AWAITING_CONFIRMATION', 'MAPPING']);
  }

  async run(planned: ImportView): Promise<void> {
    await this.company.begin(planned);
  }

  /** Waits for the end and looks at everything. */
  async ended(planned: ImportView): Promise<FoundCases> {
    const done = await this.company.until(planned.id, ['COMPLETED', 'PAUSED', 'FAILED'], END_MS);
    if (done.state !== 'COMPLETED') throw new Error(`The import is ${done.state} (${done.code}):\n${this.told.join('\n')}`);
    const predicted = judgedLines(await this.company.rows(planned.id, 'plan'));
    const rows = await this.company.rows(planned.id);
    const broken = this.follow(rows);
    const unplanned = judgedLines(rows).flatMap((line, at) => (line === predicted[at] ? [] : [`${predicted[at] ?? ''} became ${line}`]));
    return { ...(await this.look(rows)), broken, unplanned };
  }

  /** Looks again at an import that has ended, after whatever was tried on it. */
  async again(planned: ImportView): Promise<Omit<FoundCases, 'broken' | 'unplanned'>> {
    return this.look(await this.company.rows(planned.id));
  }

  /** What the oracle says of the last file. */
  oracle(): FoundCases {
    return { ...this.lasting(), broken: [], unplanned: [] };
  }

  /** What must be so for as long as nobody does anything else. */
  lasting(): Omit<FoundCases, 'broken' | 'unplanned'> {
    const { outcomes, contacts, cases, clients } = this.expected;
    return {
      ledger: outcomes.map(({ row, outcome, reason, effects }) => lineOf(row, outcome, reason, effects)),
      contacts: oracleLines({ contacts, outcomes: [] }),
      clients: [...clients].sort(),
      cases: cases.map(oracleCaseLine).sort(),
    };
  }

  /** Somebody puts a case away that the next file may name again. */
  async archiveOne(): Promise<void> {
    const open = this.expected.cases.filter(({ archived }) => !archived);
    const chosen = open[this.seed % Math.max(1, open.length)];
    const id = [...this.names].find(([, name]) => name === chosen?.name)?.[0];
    if (chosen === undefined || id === undefined) return;
    await this.company.json('POST', `/api/cases/${id}/archive`, { reason: 'put away' });
    chosen.archived = true;
    this.versions.set(id, (this.versions.get(id) ?? 0) + 1);
    this.told.push(`archived ${chosen.title} of ${chosen.primary}`);
  }

  /** The oracle's records are those of the next file's beginning. */
  private goOn(): void {
    const { world, now } = nextWorld(this.expected);
    for (const [id, name] of this.names) this.names.set(id, now(name));
    this.world = world;
  }

  private async look(rows: readonly RowView[]): Promise<Omit<FoundCases, 'broken' | 'unplanned'>> {
    const contacts = await this.company.contacts({ archived: 'INCLUDE' });
    const cases = await allCases(this.company);
    this.lists = await listNames(this.company);
    const stray = [...contacts.map(({ id, version }) => [recordOf(id), version] as const), ...cases.map(({ id, version }) => [id, version] as const)];
    return {
      ledger: rows.map(({ row, outcome, reason, effects }) => lineOf(row, outcome, reason ?? '', effects.map(({ kind, record }) => `${kind} ${this.nameOf(record)}`))),
      contacts: [...contactLines(contacts), ...stray.filter(([id, version]) => this.versions.get(id) !== version).map(([id, version]) => `${this.nameOf(id)} is at version ${String(version)}`)],
      clients: contacts.filter(({ client }) => client === true).map(({ id }) => this.nameOf(recordOf(id))).sort(),
      cases: cases.map((one) => this.caseLine(one)).sort(),
    };
  }

  private nameOf(id: string): string {
    return this.names.get(id) ?? `unknown ${id}`;
  }

  private caseLine(found: CaseView): string {
    const { number, caseName, caseType, caseStatus, intakeSource, description, keyDates, tags, externalIds, contacts, lists, archived, closedOn } = found;
    return oracleCaseLine({
      name: this.nameOf(found.id),
      number: Number(number.slice(-6)),
      title: caseName,
      type: caseType,
      status: caseStatus,
      source: intakeSource,
      description: description ?? '',
      deadlines: keyDates.map(({ at }) => at),
      tags: [...tags],
      externalIds: externalIds.map(({ id }) => id),
      contacts: contacts.map(({ id, role }) => ({ contact: this.nameOf(id), role })),
      primary: this.nameOf(contacts.find(({ primary }) => primary)?.id ?? ''),
      lists: lists.map((id) => this.lists.get(id) ?? id),
      archived,
      isDated: closedOn !== undefined,
    });
  }

  /** Each row writes the record that the oracle has it write, on top of the version that the row before left. */
  private follow(rows: readonly RowView[]): string[] {
    const faults: string[] = [];
    for (const { row, effects } of [...rows].sort((left, right) => left.row - right.row)) {
      const told = this.expected.outcomes.find((outcome) => outcome.row === row)?.effects ?? [];
      effects.forEach(({ kind, record, fromVersion, toVersion }, at) => {
        if (kind.endsWith('_CREATED') && !this.names.has(record)) this.names.set(record, told[at]?.slice(kind.length + 1) ?? '');
        if (toVersion === fromVersion) return;
        if (fromVersion !== (this.versions.get(record) ?? 0) || toVersion < fromVersion) faults.push(`row ${row}: ${fromVersion} to ${toVersion} on ${this.versions.get(record) ?? 0}`);
        this.versions.set(record, toVersion);
      });
    }
    return faults;
  }
}

function lineOf(row: number, outcome: string, reason: string, effects: readonly string[]): string {
  return `${row} ${outcome} ${reason} ${effects.join(', ')}`.replaceAll(/ +/g, ' ').trimEnd();
}

function oracleCaseLine({ contacts, deadlines, tags, externalIds, lists, ...one }: OracleCase): string {
  return JSON.stringify({ ...one, contacts: contacts.map(({ contact, role }) => `${contact} ${role}`).sort(), deadlines: [...deadlines].sort(), tags: [...tags].sort(), externalIds: [...externalIds].sort(), lists: [...lists].sort() });
}
