import { contactLines, judgedLines, ledgerLines, oracleLedger, oracleLines } from '../compare.js';
import type { ImportView, RevertView, RowView, Session } from '../company.js';
import { csvOf, randomRows } from '../oracle/random-file.js';
import { predict, type OracleContact, type OracleResult, type Policy } from '../oracle/sequential-oracle.js';

/** What was found, beside what the oracle says; equal when the world is whole. */
export interface Found {
  readonly ledger: readonly string[];
  readonly contacts: readonly string[];
  /** Rows that tell another record or version than the one that came before would have them write. */
  readonly broken: readonly string[];
  /** Rows whose prediction was another one. */
  readonly unplanned: readonly string[];
}

/** Far longer than the leases of those that were killed. */
const END_MS = 75_000;

const POLICIES: readonly Policy[] = ['UPDATE', 'MERGE', 'SKIP', 'CREATE'];

/** A company that imports one random file after the other, and the oracle's contacts beside its own. */
export class KilledWorld {
  /** What was done, for whoever has to read a failure. */
  readonly told: string[] = [];
  private contacts: OracleContact[] = [];
  private expected: OracleResult = { contacts: [], outcomes: [] };
  /** The oracle's ledger and contacts after the last import. */
  private held: Pick<Found, 'ledger' | 'contacts'> = { ledger: [], contacts: [] };
  /** Records that the last import wrote. */
  private readonly written = new Set<string>();
  /** Records by the oracle's name for them. */
  private readonly ids = new Map<string, string>();
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly company: Session,
    private readonly seed: number,
  ) {}

  /** Plans the next file of the world; the import stands before its confirmation. */
  async plan(number: number, count: number): Promise<ImportView> {
    const policy = POLICIES[(this.seed + number) % POLICIES.length] ?? 'UPDATE';
    // Sometimes rows are mostly strangers, in many lanes; sometimes all of them hang together, in one.
    const people = (this.seed + number) % 3 === 0 ? Math.ceil(count / 3) : count * 3;
    const rows = randomRows(this.seed * 10 + number, count, people);
    this.told.push(`import ${number}: ${count} rows of ${people} people, ${policy}`);
    this.expected = predict(this.contacts, rows, policy);
    this.held = { ledger: oracleLedger(this.expected), contacts: oracleLines(this.expected) };
    return this.company.plan(csvOf(rows), { duplicatePolicy: policy });
  }

  async run(planned: ImportView): Promise<void> {
    await this.company.begin(planned);
  }

  /** Waits for the end and looks at everything. */
  async ended(planned: ImportView): Promise<Found> {
    const done = await this.company.until(planned.id, ['COMPLETED', 'PAUSED', 'FAILED'], END_MS);
    if (done.state !== 'COMPLETED') throw new Error(`The import is ${done.state} (${done.code}):\n${this.told.join('\n')}`);
    const predicted = judgedLines(await this.company.rows(planned.id, 'plan'));
    const rows = await this.company.rows(planned.id);
    const lines = judgedLines(rows);
    const broken = this.follow(rows);
    const unplanned = lines.filter((line, at) => line !== predicted[at]);
    return { ...(await this.look(rows)), broken, unplanned };
  }

  /** Looks again at an import that has ended, after whatever was tried on it. */
  async again(planned: ImportView): Promise<Pick<Found, 'ledger' | 'contacts'>> {
    return this.look(await this.company.rows(planned.id));
  }

  /** What the oracle says of the last file. */
  oracle(): Found {
    return { ...this.held, broken: [], unplanned: [] };
  }

  /** What must be so for as long as nobody does anything else. */
  lasting(): Pick<Found, 'ledger' | 'contacts'> {
    return this.held;
  }

  /** Previews that an import is taken back, or, of that revert, that it is put back. */
  async previewBack(planned: ImportView, of: string): Promise<RevertView> {
    const path = of === '' ? `/api/imports/${planned.id}/revert` : `/api/reverts/${of}/restore`;
    this.told.push(of === '' ? 'taken back' : 'put back');
    const asked = await this.company.json<RevertView>('POST', path, {});
    return this.company.untilRevert(asked.id, ['READY']);
  }

  async runBack({ id, hash }: RevertView): Promise<void> {
    await this.company.json('POST', `/api/reverts/${id}/confirm`, { previewHash: hash });
  }

  /** Waits for the end of what takes back or puts back. @returns the contacts as they are listed then */
  async endedBack({ id }: RevertView): Promise<readonly string[]> {
    await this.company.untilRevert(id, ['COMPLETED'], END_MS);
    for (const record of this.written) this.versions.set(record, (this.versions.get(record) ?? 0) + 1);
    return this.listed();
  }

  /** The contacts before the last import, or with it, by the oracle; and how many records it wrote. */
  expectedBack(isTakenBack: boolean): { readonly contacts: readonly string[]; readonly records: number } {
    const contacts = isTakenBack ? oracleLines({ contacts: this.contacts, outcomes: [] }) : this.held.contacts;
    return { contacts, records: this.written.size };
  }

  /** Contacts as lines, and each that is not at the version the ledgers led to. */
  async listed(): Promise<readonly string[]> {
    const contacts = await this.company.contacts({ archived: 'INCLUDE' });
    const lines = contacts.filter(({ id, version }) => this.versions.get(recordOf(id)) !== version).map(({ id, version }) => `${recordOf(id)} is at version ${String(version)}`);
    return [...contactLines(contacts), ...lines];
  }

  /** The oracle's contacts are those of the next file's beginning. */
  goOn(): void {
    const ids = new Map(this.ids);
    this.ids.clear();
    this.contacts = this.expected.contacts.map((contact, at) => {
      const id = ids.get(contact.name);
      if (id !== undefined) this.ids.set(`existing ${at}`, id);
      return { ...contact, name: `existing ${at}` };
    });
  }

  private async look(rows: readonly RowView[]): Promise<Pick<Found, 'ledger' | 'contacts'>> {
    return { ledger: ledgerLines(rows), contacts: await this.listed() };
  }

  /** Each row writes the record that the oracle has it write, on top of the version that the row before left. */
  private follow(rows: readonly RowView[]): string[] {
    const faults: string[] = [];
    this.written.clear();
    const named = new Map([...this.ids].map(([name, id]) => [id, name]));
    const inOrder = [...rows].sort((left, right) => left.row - right.row);
    for (const { row, effects } of inOrder) {
      const name = this.expected.outcomes.find((outcome) => outcome.row === row)?.contact ?? '';
      for (const { record, fromVersion, toVersion } of effects) {
        const known = this.ids.get(name) ?? record;
        if (known !== record || (named.get(record) ?? name) !== name) faults.push(`row ${row} wrote ${record}, which is ${named.get(record) ?? 'unknown'} and not ${name}`);
        if (fromVersion !== (this.versions.get(record) ?? 0) || toVersion <= fromVersion) faults.push(`row ${row}: ${fromVersion} to ${toVersion} on ${this.versions.get(record) ?? 0}`);
        this.ids.set(name, record);
        named.set(record, name);
        this.versions.set(record, toVersion);
        this.written.add(record);
      }
    }
    return faults;
  }
}

/** The record's own id, out of the one that GraphQL shows (`Contact:<id>`, in base64url). */
export function recordOf(id: unknown): string {
  return Buffer.from(String(id), 'base64url').toString('utf8').split(':')[1] ?? '';
}
