import { corruptFile, unsupported } from './file.faults.js';
import type { XlsxArchive } from './xlsx.archive.js';
import { attributeOf, XmlScanner, type XmlHandler } from './xml.scanner.js';

const SHEETS_MAX = 10_000;
const DEFAULT_WORKBOOK = 'xl/workbook.xml';

/** A worksheet of the workbook. */
export interface WorkbookSheet {
  readonly name: string;
  readonly hidden: boolean;
  /** Path of its part in the archive. */
  readonly part: string;
}

/** What the workbook says of itself; charts and macro sheets are left out. */
export interface Workbook {
  readonly sheets: readonly WorkbookSheet[];
  readonly epoch: 1900 | 1904;
  readonly stylesPart?: string;
  readonly stringsPart?: string;
}

interface Relation {
  readonly type: string;
  readonly part: string;
}

/** Reads the list of sheets. Throws `FILE_CORRUPT`, or `FILE_FORMAT_UNSUPPORTED` for an archive of another kind. */
export async function readWorkbook(archive: XlsxArchive): Promise<Workbook> {
  const part = await workbookPart(archive);
  const relations = await readRelations(archive, part);
  const handler = new WorkbookHandler();
  await scan(archive, part, handler);
  const sheets: WorkbookSheet[] = [];
  for (const { name, hidden, relation } of handler.sheets) {
    const target = relations.get(relation);
    if (target?.type === 'worksheet') sheets.push({ name, hidden, part: target.part });
  }
  if (sheets.length === 0) throw corruptFile(part);
  const partOf = (type: string): string | undefined => [...relations.values()].find((relation) => relation.type === type)?.part;
  const [stylesPart, stringsPart] = [partOf('styles'), partOf('sharedStrings')];
  return {
    sheets,
    epoch: handler.epoch,
    ...(stylesPart === undefined ? {} : { stylesPart }),
    ...(stringsPart === undefined ? {} : { stringsPart }),
  };
}

async function workbookPart(archive: XlsxArchive): Promise<string> {
  const relations = archive.has('_rels/.rels') ? await readRelations(archive, '') : new Map<string, Relation>();
  const part = [...relations.values()].find(({ type }) => type === 'officeDocument')?.part ?? DEFAULT_WORKBOOK;
  if (part.endsWith('.bin')) throw unsupported('an Excel binary workbook (.xlsb)');
  if (/^word\//i.test(part)) throw unsupported('a Word document');
  if (/^ppt\//i.test(part)) throw unsupported('a PowerPoint presentation');
  return archive.has(part) ? part : DEFAULT_WORKBOOK;
}

async function readRelations(archive: XlsxArchive, part: string): Promise<Map<string, Relation>> {
  const slash = part.lastIndexOf('/') + 1;
  const path = `${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`;
  const handler = new RelationsHandler(part.slice(0, slash));
  if (archive.has(path)) await scan(archive, path, handler);
  return handler.relations;
}

async function scan(archive: XlsxArchive, part: string, handler: XmlHandler): Promise<void> {
  const scanner = new XmlScanner(handler, part);
  for await (const text of archive.text(part)) scanner.push(text);
  scanner.end();
}

class RelationsHandler implements XmlHandler {
  readonly capturing = false;
  readonly relations = new Map<string, Relation>();

  constructor(private readonly folder: string) {}

  open(name: string, attributes: string): void {
    if (name !== 'Relationship' || this.relations.size >= SHEETS_MAX) return;
    // Links to the outside are never followed.
    if (attributeOf(attributes, 'TargetMode') === 'External') return;
    const type = attributeOf(attributes, 'Type') ?? '';
    const target = attributeOf(attributes, 'Target') ?? '';
    this.relations.set(attributeOf(attributes, 'Id') ?? '', { type: type.slice(type.lastIndexOf('/') + 1), part: resolvePart(this.folder, target) });
  }

  close(): void {
    // Relations hold nothing.
  }

  text(): void {
    // Nor any text.
  }
}

/** Where a relation's target lies in the archive; a target is relative to the folder or begins with `/`. */
function resolvePart(folder: string, target: string): string {
  const clean = target.replaceAll('\\', '/');
  const path: string[] = [];
  for (const step of (clean.startsWith('/') ? clean : folder + clean).split('/')) {
    if (step === '..') path.pop();
    else if (step !== '' && step !== '.') path.push(step);
  }
  return path.join('/');
}

class WorkbookHandler implements XmlHandler {
  readonly capturing = false;
  readonly sheets: { name: string; hidden: boolean; relation: string }[] = [];
  epoch: 1900 | 1904 = 1900;

  open(name: string, attributes: string): void {
    if (name === 'workbookPr') {
      const date1904 = attributeOf(attributes, 'date1904');
      if (date1904 === '1' || date1904 === 'true') this.epoch = 1904;
    }
    if (name !== 'sheet' || this.sheets.length >= SHEETS_MAX) return;
    this.sheets.push({
      name: attributeOf(attributes, 'name') ?? `Sheet${this.sheets.length + 1}`,
      hidden: /hidden/i.test(attributeOf(attributes, 'state') ?? ''),
      relation: attributeOf(attributes, 'id') ?? '',
    });
  }

  close(): void {
    // Sheets hold nothing here.
  }

  text(): void {
    // Nor any text.
  }
}
