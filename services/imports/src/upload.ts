import { createHash, type Hash } from 'node:crypto';
import { limit, notFound, refused, validation } from '@caseledger/errors';
import { uuid7, uuid8, type StoreTransaction } from '@caseledger/event-store';
import type { Caller, OnceOnly, Unit } from './import.commands.js';
import type { ImportContext } from './import.context.js';
import { beginUpload, completeUpload, createImport, rejectFile } from './import/import.decider.js';
import type { ImportType } from './import/import.events.js';
import { listParts, placeOfPart, uploadedBytes, type StoredPart } from './objects/file-copy.js';
import { importsOfFile, openCounts } from './projections/imports.projection.js';

/*
 * How a file arrives: in parts or whole, each part checked and sealed as it comes, resumable, complete when the hash of
 * the whole agrees (FIL-002, FIL-004 to FIL-007).
 */

export interface NewImport {
  readonly type: ImportType;
  readonly fileName: string;
  /** 0 when the client does not know. */
  readonly sizeBytes: number;
  /** Chosen by the client; empty for none. */
  readonly importKey: string;
  readonly origin: string;
}

const PARTS_MAX = 10_000;
const FILE_NAME_MAX = 255;
const IMPORT_KEY_MAX = 255;

export class Uploads {
  constructor(private readonly context: ImportContext) {}

  /** Creates an import; the same key answers the same import for ever (FIL-007). @returns its id. */
  async create(caller: Caller, wanted: NewImport, once?: OnceOnly): Promise<{ id: string; replayed: boolean }> {
    const { limits, commands, objects } = this.context;
    if (wanted.sizeBytes > limits.fileBytes) throw tooLarge(wanted.sizeBytes, limits.fileBytes);
    if (wanted.importKey.length > IMPORT_KEY_MAX) throw validation('TEXT_TOO_LONG', { n: wanted.importKey.length, field: 'importKey', limit: IMPORT_KEY_MAX }, 'importKey');
    // The id follows from the import key, so that a repetition finds what the first try made, however it ended.
    const id = wanted.importKey === '' ? uuid7() : uuid8('import', caller.tenant, wanted.importKey);
    const command = {
      importId: id,
      type: wanted.type,
      key: wanted.importKey,
      fileName: cleanName(wanted.fileName),
      sizeBytes: wanted.sizeBytes,
      origin: wanted.origin,
      createdBy: caller.actor ?? '',
    };
    let isKnown = false;
    const create = async ({ tx, imports: [held] }: Unit): Promise<void> => {
      if (held === undefined) return;
      isKnown = held.state.status !== 'NONE';
      if (!isKnown && (await openCounts(tx)).drafts >= limits.drafts) throw limit('LIMIT_REACHED', { limit: limits.drafts, things: 'open imports' });
      if (!isKnown) await objects.createKey(tx, id);
      held.add(createImport(command, held.state));
    };
    const done = await commands.work(caller, { imports: [id] }, create, once === undefined ? undefined : { ...once, answer: id });
    return { id: done.replayed ? done.answer : id, replayed: done.replayed || isKnown };
  }

  /**
   * Stores one part, or the whole file as parts when `part` is 0. Bytes beyond the limit end the import: nothing of it
   * is kept (FIL-004). A part sent again replaces the one before.
   */
  async put(caller: Caller, id: string, part: number, sha256: string, bytes: AsyncIterable<Buffer>): Promise<StoredPart> {
    if (part < 0 || part > PARTS_MAX) throw limit('LIMIT_REACHED', { limit: PARTS_MAX, things: 'parts' });
    await this.context.commands.change(caller, id, beginUpload);
    return part === 0 ? this.putWhole(caller, id, sha256, bytes) : this.putPart(caller, id, part, sha256, bytes);
  }

  async parts(caller: Caller, id: string): Promise<StoredPart[]> {
    const state = await this.context.commands.load(caller.tenant, id);
    if (state.status === 'NONE') throw notFound();
    return this.context.store.transaction(caller.tenant, (tx) => listParts(tx, id));
  }

  /**
   * Ends the upload: the hash of the whole must agree with the one given now or at creation.
   * @returns ids of earlier imports of the same bytes (FILE_ALREADY_IMPORTED).
   */
  async complete(caller: Caller, id: string, sha256: string, once?: OnceOnly): Promise<{ earlier: string[]; replayed: boolean }> {
    const { commands, store } = this.context;
    const state = await commands.load(caller.tenant, id);
    if (state.status === 'NONE') throw notFound();
    const parts = await store.transaction(caller.tenant, (tx) => listParts(tx, id));
    const sizeBytes = parts.reduce((sum, one) => sum + one.sizeBytes, 0);
    if (sizeBytes === 0 && (state.status === 'DRAFT' || state.status === 'UPLOADING')) {
      const { replayed } = await commands.change(caller, id, (now) => rejectFile({ code: 'FILE_EMPTY', params: {} }, now), once);
      return { earlier: [], replayed };
    }
    const found = state.status === 'UPLOADING' ? await this.hashOf(caller.tenant, id, parts) : (state.file?.sha256 ?? '');
    if (sha256 !== '' && sha256.toLowerCase() !== found) throw validation('UPLOAD_CHECKSUM_MISMATCH');
    const file = { name: state.fileName, sizeBytes, sha256: found, parts: parts.length };
    const { replayed } = await commands.change(caller, id, (now) => completeUpload(file, now), once);
    const earlier = await store.transaction(caller.tenant, (tx) => importsOfFile(tx, found, id));
    return { earlier: earlier.map((view) => view.id), replayed };
  }

  private async hashOf(tenant: string, id: string, parts: readonly StoredPart[]): Promise<string> {
    if (parts.some(({ part }, index) => part !== index + 1)) throw validation('UPLOAD_CHECKSUM_MISMATCH');
    const hash = createHash('sha256');
    for await (const bytes of uploadedBytes(this.context, tenant, id)) hash.update(bytes);
    return hash.digest('hex');
  }

  private async putWhole(caller: Caller, id: string, sha256: string, bytes: AsyncIterable<Buffer>): Promise<StoredPart> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    let part = 0;
    await this.forgetParts(caller.tenant, id);
    for await (const piece of inPieces(bytes, this.context.limits.partBytes, hash)) {
      part += 1;
      sizeBytes += piece.length;
      await this.guardSize(caller, id, sizeBytes);
      await this.store(caller.tenant, id, part, piece);
    }
    const found = hash.digest('hex');
    if (sha256 !== '' && sha256.toLowerCase() !== found) {
      await this.forgetParts(caller.tenant, id);
      throw validation('UPLOAD_CHECKSUM_MISMATCH');
    }
    return { part: 0, sizeBytes, sha256: found };
  }

  private async putPart(caller: Caller, id: string, part: number, sha256: string, bytes: AsyncIterable<Buffer>): Promise<StoredPart> {
    const { partBytes } = this.context.limits;
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    for await (const piece of bytes) {
      sizeBytes += piece.length;
      if (sizeBytes > partBytes) throw limit('BODY_TOO_LARGE', { limit: partBytes });
      pieces.push(piece);
    }
    const whole = Buffer.concat(pieces);
    const found = createHash('sha256').update(whole).digest('hex');
    if (sha256 !== '' && sha256.toLowerCase() !== found) throw validation('UPLOAD_CHECKSUM_MISMATCH');
    const others = (await this.parts(caller, id)).filter((one) => one.part !== part);
    await this.guardSize(caller, id, sizeBytes + others.reduce((sum, one) => sum + one.sizeBytes, 0));
    return this.store(caller.tenant, id, part, whole);
  }

  private async guardSize(caller: Caller, id: string, sizeBytes: number): Promise<void> {
    const { fileBytes } = this.context.limits;
    if (sizeBytes <= fileBytes) return;
    await this.forgetParts(caller.tenant, id);
    const error = tooLarge(sizeBytes, fileBytes);
    await this.context.commands.change(caller, id, (state) => rejectFile({ code: error.code, params: { ...error.params } }, state));
    throw error;
  }

  private async store(tenant: string, id: string, part: number, bytes: Buffer): Promise<StoredPart> {
    const { sha256 } = await this.context.objects.put(tenant, id, placeOfPart(part), bytes);
    await this.context.store.transaction(tenant, async (tx) => {
      await stillUploading(this.context, tx, id);
      await tx.query(
        `insert into app.upload_part (tenant, import_id, part, size_bytes, sha256) values ($1, $2, $3, $4, $5)
         on conflict (tenant, import_id, part) do update set size_bytes = excluded.size_bytes, sha256 = excluded.sha256`,
        [tenant, id, part, bytes.length, sha256],
      );
    });
    return { part, sizeBytes: bytes.length, sha256 };
  }

  private async forgetParts(tenant: string, id: string): Promise<void> {
    const parts = await this.context.store.transaction(tenant, async (tx) => {
      await stillUploading(this.context, tx, id);
      const known = await listParts(tx, id);
      await tx.query('delete from app.upload_part where tenant = $1 and import_id = $2', [tenant, id]);
      return known;
    });
    for (const { part, sha256 } of parts) await this.context.objects.delete(tenant, id, placeOfPart(part), sha256);
  }
}

/** Parts of a completed file never change: the check and the change are one transaction with the stream locked. */
async function stillUploading(context: ImportContext, tx: StoreTransaction, id: string): Promise<void> {
  await tx.lockStreams([id]);
  const state = await context.commands.loadIn(tx, id);
  if (state.status !== 'UPLOADING') throw refused('STATE_NOT_ALLOWED', { state: state.status });
}

async function* inPieces(bytes: AsyncIterable<Buffer>, pieceBytes: number, hash: Hash): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const piece of bytes) {
    hash.update(piece);
    held.push(piece);
    heldBytes += piece.length;
    while (heldBytes >= pieceBytes) {
      const whole = Buffer.concat(held);
      yield whole.subarray(0, pieceBytes);
      held = [whole.subarray(pieceBytes)];
      heldBytes -= pieceBytes;
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

function tooLarge(sizeBytes: number, limitBytes: number) {
  return limit('FILE_TOO_LARGE', { size: megabytes(sizeBytes), limit: megabytes(limitBytes) });
}

function megabytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1024 / 1024)} MB`;
}

/** The last part of whatever path a client sends, without what no file system shows. */
function cleanName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const printable = [...last].filter((character) => character >= ' ' && character !== '\u007f').join('').trim();
  return printable === '' ? 'file' : printable.slice(0, FILE_NAME_MAX);
}
