import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { refused } from '@caseledger/errors';
import type { StoreTransaction } from '@caseledger/event-store';
import { fileSource, type ByteSource } from '@caseledger/tabular';
import type { ImportContext } from '../import.context.js';

/** One stored part of an upload. */
export interface StoredPart {
  readonly part: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The parts of an upload in order. */
export async function listParts(tx: StoreTransaction, importId: string): Promise<StoredPart[]> {
  const { rows } = await tx.query<{ part: number; size_bytes: string; sha256: string }>(
    'select part, size_bytes, sha256 from app.upload_part where tenant = $1 and import_id = $2 order by part',
    [tx.tenant, importId],
  );
  return rows.map(({ part, size_bytes, sha256 }) => ({ part, sizeBytes: Number(size_bytes), sha256 }));
}

export function placeOfPart(part: number): string {
  return `parts/${part}`;
}

/** The uploaded bytes in order, at most one part in memory. @throws DomainError CHUNK_CORRUPT, FILE_EXPIRED. */
export async function* uploadedBytes(context: Pick<ImportContext, 'store' | 'objects'>, tenant: string, importId: string): AsyncGenerator<Buffer> {
  const parts = await context.store.transaction(tenant, (tx) => listParts(tx, importId));
  for (const { part, sha256 } of parts) yield await context.objects.get(tenant, importId, placeOfPart(part), sha256);
}

/** A private copy of a file on the local disk. */
export interface FileCopy {
  readonly path: string;
  readonly source: ByteSource;
  remove(): Promise<void>;
}

export interface UploadedFile {
  readonly tenant: string;
  readonly importId: string;
  readonly sha256: string;
}

/**
 * Makes a private copy of an import's file for reading at random, readable by this process's user only. Whoever makes
 * it removes it. @throws DomainError CHUNK_CORRUPT when the bytes are not those that were uploaded.
 */
export async function copyFile(context: ImportContext, file: UploadedFile): Promise<FileCopy> {
  const folder = await mkdtemp(join(context.workDir, 'caseledger-file-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'file');
    const hash = createHash('sha256');
    const copy = await open(path, 'wx', 0o600);
    try {
      for await (const bytes of uploadedBytes(context, file.tenant, file.importId)) {
        hash.update(bytes);
        await copy.writeFile(bytes);
      }
    } finally {
      await copy.close();
    }
    if (hash.digest('hex') !== file.sha256) throw refused('CHUNK_CORRUPT');
    return { path, source: await fileSource(path), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
