import { Network } from '@caseledger/testing';
import { newCompany, type Session } from './company.js';
import { readPlayConfig } from './config.js';
import { randomOf } from './oracle/random-file.js';
import { writtenLine, WrittenValues } from './oracle/written-values.js';
import { clients, edit, type ClientView } from './people.js';
import { rebuilt } from './rebuilt.js';

/** Each world has so many records, each with a history of its own. */
const RECORDS = 12;
/** Worlds played side by side: most of the time each of them waits. */
const AT_ONCE = 5;
const STEPS = 9;
const IMPORTS_MAX = 3;
const SEED = 4_711;

const FIELDS = [['Job Title', 'jobTitle'], ['Nickname', 'nickname'], ['Source Detail', 'sourceDetail']] as const;
const TAGS = ['intake', 'probate', 'vip'];

type Random = (below: number) => number;
type Values = Map<string, string | null>;

interface Played {
  readonly id: string;
  /** Of its last revert that is not taken back. */
  revert: string | undefined;
  kept: number;
  /** Reverted again after records had been kept: nothing more happens to it. */
  closed: boolean;
}

/** A company of the product and what the oracle says of it, moved side by side. */
class World {
  readonly told: string[] = [];
  readonly #oracle = new WrittenValues();
  readonly #imports: Played[] = [];
  readonly #ids = new Map<string, string>();

  constructor(private readonly company: Session, private readonly random: Random) {}

  async step(): Promise<void> {
    const dice = this.random(10);
    if (this.#imports.length === 0 || (dice < 3 && this.#imports.length < IMPORTS_MAX)) return this.import();
    if (dice < 6) return this.edit();
    const played = this.#imports[this.random(this.#imports.length)];
    if (played === undefined || played.closed) return this.edit();
    return played.revert !== undefined && (played.kept === 0 || this.random(2) === 0) ? this.restore(played) : this.revert(played);
  }

  /** The oracle's lines and the product's. What a revert took back is out of every list, and there by its link (REV-004). */
  async lines(): Promise<{ expected: string[]; found: string[] }> {
    const found: string[] = [];
    for (const id of this.#ids.values()) found.push(lineOf(await this.company.json<ClientView>('GET', `/api/clients/${id}`)));
    const listed = (await clients(this.company)).map(lineOf).sort();
    const live = found.filter((line) => !line.includes(' archived')).sort();
    return { expected: [...this.#oracle.lines(), '', ...live], found: [...found.sort(), '', ...listed] };
  }

  private async import(): Promise<void> {
    const rows = records().filter((record) => this.#oracle.isOpen(record) && this.random(3) > 0).map((record) => ({ record, values: this.values(), tags: this.tags() }));
    if (rows.length === 0) return;
    const header = ['First Name', 'Last Name', 'Email', ...FIELDS.map(([label]) => label), 'Tags'].join(',');
    const lines = rows.map(({ record, values, tags }) => ['Ana', 'Quinn', `${record}@kestrel-mail.net`, ...FIELDS.map(([, key]) => values.get(key) ?? ''), tags.join('; ')].join(','));
    const done = await this.company.import([header, ...lines].join('\r\n'), { duplicatePolicy: 'UPDATE' });
    if (done.counts.created + done.counts.updated + done.counts.unchanged !== rows.length) throw new Error(`Not every row was applied: ${JSON.stringify(done.counts)}`);
    const applied = await this.company.rows(done.id);
    for (const { row, effects } of applied) if (effects[0]?.kind === 'CONTACT_CREATED') this.#ids.set(rows[row - 1]?.record ?? '', effects[0].record);
    for (const { record, values, tags } of rows) this.#oracle.write(done.id, record, new Map([...values, ...this.replacing(record, tags)]));
    this.#imports.push({ id: done.id, revert: undefined, kept: 0, closed: false });
    this.told.push(`import ${this.#imports.length}: ${lines.join(' | ')}`);
  }

  private async edit(): Promise<void> {
    const open = records().filter((record) => this.#oracle.has(record) && this.#oracle.isOpen(record));
    const record = open[this.random(open.length)];
    if (record === undefined) return;
    const [, key] = FIELDS[this.random(FIELDS.length)] ?? FIELDS[0];
    const value = this.random(4) === 0 ? null : `by hand ${this.random(1_000)}`;
    await edit(this.company, this.#ids.get(record) ?? '', { [key]: value });
    this.#oracle.edit(record, new Map([[key, value]]));
    this.told.push(`edit ${record} ${key}=${value ?? ''}`);
  }

  private async revert(played: Played): Promise<void> {
    const done = await this.company.revert(played.id);
    const tally = this.#oracle.revert(played.id);
    this.told.push(`revert import ${this.#imports.indexOf(played) + 1}: ${JSON.stringify(done.counts)}`);
    played.closed = played.revert !== undefined;
    played.revert = done.id;
    played.kept = tally.kept;
    if (done.counts?.['kept'] !== tally.kept) throw new Error(`The oracle keeps ${tally.kept}:\n${this.told.join('\n')}`);
  }

  private async restore(played: Played): Promise<void> {
    if (played.revert === undefined) return;
    await this.company.restore(played.revert);
    this.#oracle.restore(played.id);
    this.told.push(`restore import ${this.#imports.indexOf(played) + 1}`);
    played.revert = undefined;
  }

  /** A blank cell changes nothing. */
  private values(): Values {
    const chosen = FIELDS.filter(() => this.random(2) === 0);
    return new Map(chosen.map(([, key]) => [key, `from file ${this.random(5)}`]));
  }

  private tags(): string[] {
    return TAGS.filter(() => this.random(3) === 0);
  }

  private replacing(record: string, tags: readonly string[]): Values {
    if (tags.length === 0) return new Map();
    const gone = this.#oracle.tags(record).filter((tag) => !tags.includes(tag));
    return new Map<string, string | null>([...gone.map((tag): [string, null] => [`tag ${tag}`, null]), ...tags.map((tag): [string, string] => [`tag ${tag}`, 'yes'])]);
  }
}

function records(): string[] {
  return Array.from({ length: RECORDS }, (_, at) => `p${at + 10}`);
}

function lineOf(client: ClientView): string {
  const { emails, tags, archived } = client as unknown as { emails: { address: string }[]; tags: string[]; archived: boolean };
  const record = emails[0]?.address.split('@')[0] ?? '';
  const fields = FIELDS.flatMap(([, key]): [string, string][] => (typeof client[key] === 'string' && client[key] !== '' ? [[key, client[key]]] : []));
  return writtenLine(record, new Map([...fields, ...tags.map((tag): [string, string] => [`tag ${tag}`, 'yes'])]), archived);
}

describe('imports, edits, reverts and restores of the same records', () => {
  const network = new Network();
  beforeAll(() => network.start(), 180_000);
  afterAll(() => network.stop(), 60_000);

  it('REV-003: every record has what its last writer in force gave it', async () => {
    const worlds = Math.ceil(readPlayConfig().histories / RECORDS);
    const waiting = Array.from({ length: worlds }, (_, world) => SEED + world);
    const play = async (): Promise<void> => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        const played = new World(await newCompany(network), randomOf(seed));
        for (let step = 0; step < STEPS; step += 1) await played.step();
        const { expected, found } = await played.lines();
        expect({ seed, told: played.told, lines: found }).toEqual({ seed, told: played.told, lines: expected });
      }
    };
    const began = Date.now();
    await Promise.all(Array.from({ length: AT_ONCE }, play));
    process.stdout.write(`${worlds * RECORDS} histories in ${worlds} companies in ${Math.round((Date.now() - began) / 1_000)} s, seeds ${SEED} to ${SEED + worlds - 1}\n`);
  }, 600_000);

  it('REV-013: two imports taken back in either order leave the same', async () => {
    const ends = [];
    for (const order of [[0, 1], [1, 0]]) {
      const company = await newCompany(network);
      const base = ['First Name,Last Name,Email,Job Title,Nickname', ...records().map((record) => `Ana,Quinn,${record}@kestrel-mail.net,Clerk,Annie`)];
      await company.import(base.join('\r\n'));
      const overlapping = (text: string): string => base.map((line, at) => (at % 2 === 0 ? line.replace('Clerk', text) : line.replace('Annie', text))).join('\r\n');
      const imports = [await company.import(overlapping('Welder'), { duplicatePolicy: 'UPDATE' }), await company.import(overlapping('Pilot'), { duplicatePolicy: 'UPDATE' })];
      const between: string[][] = [];
      for (const at of order) {
        await company.revert(imports[at]?.id ?? '');
        between.push((await clients(company)).map(lineOf).sort());
      }
      ends.push(between);
    }
    const [[, one], [, other]] = ends as [string[][], string[][]];
    expect(other).toEqual(one);
    expect(one).toEqual(records().map((record) => writtenLine(record, new Map([['jobTitle', 'Clerk'], ['nickname', 'Annie']]), false)).sort());
  }, 180_000);

  it('decision 27: all of it comes back from the logs', async () => {
    const { intact, before, after } = await rebuilt(network);
    expect(intact).toEqual([true, true, true, true]);
    expect(after).toEqual(before);
  }, 400_000);
});
