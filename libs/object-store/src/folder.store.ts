import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { notFound } from '@caseledger/errors';
import { assertKeyPrefix, assertObjectKey } from './object.key.js';
import type { ByteRange, KeyPage, ObjectHead, ObjectStore, PutOptions, PutResult } from './object.store.js';

const STREAM_BYTES = 256 * 1024;
const LIST_LIMIT_MAX = 1_000;
const PARTS = '.parts';
/** No key holds this character, so the object `a` and the objects under `a/` never meet in one file name. */
const OBJECT_MARK = '@';

/** Objects as plain files below one folder; what `npm start` and small installations use. */
export interface FolderStore extends ObjectStore {
  /** Removes what puts left behind that were killed, if older than this; answers how many. */
  sweep(olderThanMs: number): Promise<number>;
}

/**
 * The folder adapter. A body is written beside the objects, flushed, and only then given its name, so that a
 * reader sees a whole object or none and a crash leaves nothing but a part file for `sweep`.
 * @param dir absolute path; made when it does not exist.
 */
export function folderStore(dir: string): FolderStore {
  const pathOf = (key: string): string => {
    assertObjectKey(key);
    return join(dir, key + OBJECT_MARK);
  };
  return {
    put: async (key, body, options) => putObject(dir, pathOf(key), body, options),
    get: async (key) => openObject(pathOf(key)),
    read: async (key, range) => readObject(pathOf(key), range),
    head: async (key) => headObject(pathOf(key)),
    list: async (prefix, options) => listObjects(dir, prefix, options),
    delete: async (key) => deleteObject(pathOf(key)),
    sweep: (olderThanMs) => sweepParts(join(dir, PARTS), olderThanMs),
  };
}

async function putObject(dir: string, path: string, body: Buffer | AsyncIterable<Buffer>, options: PutOptions = {}): Promise<PutResult> {
  await mkdir(join(dir, PARTS), { recursive: true });
  const part = join(dir, PARTS, randomUUID());
  try {
    const written = await writePart(part, body);
    await makeFolder(dirname(path));
    const existed = options.ifNoneMatch ? !(await nameOnce(part, path)) : await nameAlways(part, path);
    await flushFolder(dirname(path));
    return { ...written, existed };
  } finally {
    await unlink(part).catch(ignoreMissing);
  }
}

async function writePart(part: string, body: Buffer | AsyncIterable<Buffer>): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(part, 'wx', 0o600);
  try {
    for await (const bytes of Buffer.isBuffer(body) ? [body] : body) {
      hash.update(bytes);
      size += bytes.length;
      await writeAll(file, bytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { size, sha256: hash.digest('hex') };
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}

/** `link` fails when the name is taken, atomically: of racing puts one wins. Answers whether this one did. */
async function nameOnce(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function nameAlways(part: string, path: string): Promise<false> {
  await rename(part, path);
  return false;
}

/** A new folder is durable only once its parent has been flushed, all the way up to the first that existed. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await flushFolder(dirname(made));
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openObject(path: string): Promise<AsyncIterable<Buffer>> {
  const file = await openExisting(path);
  return createReadStream('', { fd: file, highWaterMark: STREAM_BYTES });
}

async function readObject(path: string, { offset = 0, length }: ByteRange = {}): Promise<Buffer> {
  const file = await openExisting(path);
  try {
    const { size } = await file.stat();
    const start = Math.min(Math.max(offset, 0), size);
    const bytes = Buffer.alloc(Math.min(Math.max(length ?? size, 0), size - start));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) return bytes.subarray(0, done);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

async function headObject(path: string): Promise<ObjectHead | undefined> {
  try {
    return { size: (await stat(path)).size };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function deleteObject(path: string): Promise<void> {
  try {
    await unlink(path);
    await flushFolder(dirname(path));
  } catch (error) {
    ignoreMissing(error);
  }
}

async function listObjects(dir: string, prefix: string, options: { after?: string; limit: number }): Promise<KeyPage> {
  assertKeyPrefix(prefix);
  const limit = Math.min(Math.max(Math.trunc(options.limit), 1), LIST_LIMIT_MAX);
  const keys: string[] = [];
  const start = prefix.slice(0, prefix.lastIndexOf('/'));
  for await (const key of keysBelow(dir, start, options.after ?? '')) {
    if (!key.startsWith(prefix)) continue;
    // One more than asked for is looked at, to know whether there is a next page.
    if (keys.length === limit) return { keys, next: keys[limit - 1] };
    keys.push(key);
  }
  return { keys };
}

/** Every key below a folder and after `after`, in ascending order; a folder sorts where its keys do. */
async function* keysBelow(dir: string, folder: string, after: string): AsyncGenerator<string> {
  const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(nothingIfMissing);
  const names = entries
    .filter((entry) => entry.isDirectory() || entry.name.endsWith(OBJECT_MARK))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name.slice(0, -OBJECT_MARK.length)))
    .sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const key = `${folder}/${name}`;
    const isPast = key <= after && !(key.endsWith('/') && after.startsWith(key));
    if (isPast) continue;
    if (key.endsWith('/')) yield* keysBelow(dir, key.slice(0, -1), after);
    else yield key;
  }
}

async function sweepParts(folder: string, olderThanMs: number): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(nothingIfMissing)) {
    const part = join(folder, entry.name);
    const found = await stat(part).catch(ignoreMissing);
    if (found === undefined || Date.now() - found.mtimeMs < olderThanMs) continue;
    await unlink(part).catch(ignoreMissing);
    removed += 1;
  }
  return removed;
}

async function openExisting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) throw notFound();
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}

function nothingIfMissing(error: unknown): [] {
  if (!isMissing(error)) throw error;
  return [];
}
