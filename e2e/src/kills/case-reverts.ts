import type { ImportView, Session } from '../company.js';
import { writtenLine, WrittenValues } from '../oracle/written-values.js';
import { clients, edit } from '../people.js';
import { allCases } from './case-view.js';

/** A matter of the files: known by its external id, with a client known by e-mail. */
interface Matter {
  readonly id: string;
  readonly client: string;
}

const MATTERS: readonly Matter[] = Array.from({ length: 12 }, (_, at) => ({ id: `X-${at}`, client: at === 1 || at === 10 ? `own${at}` : `p${at % 5}` }));
const COLUMNS = ['caseName', 'caseType', 'externalId', 'description', 'clientFirstName', 'clientLastName', 'clientEmail', 'clientJobTitle'];

/**
 * Two imports of the same matters and people, taken back in one order with edits between: the company of the product
 * beside what REV-003 to REV-008 say, cases first, then the contacts that no case needs.
 */
export class CaseReverts {
  readonly told: string[] = [];
  private readonly cases = new WrittenValues();
  private readonly contacts = new WrittenValues();
  private readonly imports = new Map<string, ImportView>();
  private readonly reverts = new Map<string, string>();

  constructor(private readonly company: Session) {}

  /** Applies a file that says `text` of these matters and of their clients. */
  async import(text: string, from: number, to: number): Promise<void> {
    const matters = MATTERS.slice(from, to);
    const lines = matters.map(({ id, client }) => [`Matter ${id}`, 'Family Law', id, `case ${text}`, 'Ana', 'Quinn', `${client}@kestrel-mail.net`, `job ${text}`].join(','));
    const item = await this.company.upload([COLUMNS.join(','), ...lines].join('\r\n'), 'cases.csv', { type: 'CASES' });
    await this.company.json('POST', `/api/imports/${item.id}/mapping`, { columns: COLUMNS.map((target, column) => ({ column, target })) });
    await this.company.json('POST', `/api/imports/${item.id}/options`, { duplicatePolicy: 'UPDATE', clientDuplicatePolicy: 'UPDATE' });
    await this.company.json('POST', `/api/imports/${item.id}/plan`, {});
    await this.company.begin(await this.company.until(item.id, ['AWAITING_CONFIRMATION']));
    const { counts } = await this.company.until(item.id, ['COMPLETED']);
    if (counts.created + counts.updated !== matters.length) throw new Error(`Not every row was applied: ${JSON.stringify(counts)}`);
    for (const { id, client } of matters) {
      this.cases.write(text, id, new Map([['description', `case ${text}`]]));
      this.contacts.write(text, client, new Map([['jobTitle', `job ${text}`]]));
    }
    this.imports.set(text, item);
    this.told.push(`import ${text}: ${matters.map(({ id }) => id).join(' ')}`);
  }

  /** A person says something else of a case and of a client. */
  async edit(text: string, matter: string, client: string): Promise<void> {
    const found = (await allCases(this.company)).find(({ externalIds }) => externalIds.some(({ id }) => id === matter));
    const [person] = await clients(this.company, `${client}@kestrel-mail.net`);
    await this.company.json('PATCH', `/api/cases/${found?.id ?? ''}`, { description: text });
    await edit(this.company, person?.id ?? '', { jobTitle: text });
    this.cases.edit(matter, new Map([['description', text]]));
    this.contacts.edit(client, new Map([['jobTitle', text]]));
    this.told.push(`edit ${matter} and ${client}: ${text}`);
  }

  async revert(text: string): Promise<void> {
    const { id, counts } = await this.company.revert(this.imports.get(text)?.id ?? '');
    this.reverts.set(text, id);
    const ofCases = this.cases.revert(text);
    const ofContacts = this.contacts.revert(text, (client) => MATTERS.some((matter) => matter.client === client && this.cases.has(matter.id) && this.cases.isOpen(matter.id)));
    this.told.push(`revert ${text}: ${JSON.stringify(counts)}`);
    const kept = ofCases.kept + ofContacts.kept;
    if (counts?.['kept'] !== kept) throw new Error(`The oracle keeps ${kept}:\n${this.told.join('\n')}`);
  }

  async restore(text: string): Promise<void> {
    await this.company.restore(this.reverts.get(text) ?? '');
    this.cases.restore(text);
    this.contacts.restore(text);
    this.told.push(`restore ${text}`);
  }

  /** The oracle's lines and the product's, of what no revert has taken out of every list (REV-004). */
  async lines(): Promise<{ expected: string[]; found: string[] }> {
    const cases = (await allCases(this.company)).map(({ externalIds, description, archived }) => lineOf(externalIds[0]?.id, 'description', description, archived));
    const contacts = (await this.company.contacts({ archived: 'INCLUDE' })).map((contact) => {
      const { emails, jobTitle, archived } = contact as { emails?: { address: string }[]; jobTitle?: string | null; archived?: boolean };
      return lineOf(emails?.[0]?.address.split('@')[0], 'jobTitle', jobTitle ?? undefined, archived === true);
    });
    const expected = [...this.cases.lines(), ...this.contacts.lines()].filter((line) => !line.includes(' archived'));
    return { expected, found: [...cases.sort(), ...contacts.sort()] };
  }
}

function lineOf(name = '', key: string, value: string | undefined, isArchived: boolean): string {
  return writtenLine(name, new Map(value === undefined ? [] : [[key, value]]), isArchived);
}
