import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { isDomainError, refused } from '@caseledger/errors';
import { deriveKey, uuid8, type EventStore, type StoreTransaction } from '@caseledger/event-store';
import type { SealedObjects } from '@caseledger/object-store';

/** Where an object of an import lies, hash left out: `rows/…`, `plans/…`, `runs/…`, `parts/…`, `analysis/…`. */
export type ObjectPlace = string;

export interface PutObject {
  readonly key: string;
  /** SHA-256 of the plaintext, lower-case hex. */
  readonly sha256: string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Bounded like every cache, in time too: a key that was destroyed is soon known nowhere. */
const KEYS_MAX = 500;
const KEY_KEPT_MS = 60_000;
const DELETED_PAGE = 500;
/** What a revert made: it is no part of the file, and can be asked for as long as the import is known (REV-001). */
const REVERTS = 'reverts/';

/**
 * The objects of imports: everything that came out of a file, sealed with one random key per import. The key lies in
 * `app.import_key`, sealed by the company's key, and dies with the file: then nothing of the file can be read (FIL-006).
 * What reverts make has a key of its own, made when it is first needed, since a revert knows no time limit.
 * An object's name ends with its hash, so that a repetition writes the same object and a straggler harms nobody.
 */
export class ImportObjects {
  private readonly keys = new Map<string, { readonly key: Buffer; readonly until: number }>();

  constructor(
    private readonly store: EventStore,
    private readonly sealed: SealedObjects,
    private readonly masterKey: Buffer,
  ) {}

  /** Makes the import's key in the transaction that creates the import; one that exists stays. */
  async createKey(tx: StoreTransaction, importId: string): Promise<void> {
    const sealed = this.seal(tx.tenant, importId, randomBytes(32));
    await tx.query('insert into app.import_key (tenant, import_id, sealed) values ($1, $2, $3) on conflict do nothing', [
      tx.tenant,
      importId,
      sealed,
    ]);
  }

  /** Whether what was read from the import's file can still be opened. */
  async hasKey(tx: StoreTransaction, importId: string): Promise<boolean> {
    return (await this.findKey(tx, importId)) !== undefined;
  }

  /** Destroys the key, and with it everything sealed by it. */
  async destroyKey(tx: StoreTransaction, importId: string): Promise<void> {
    await tx.query('delete from app.import_key where tenant = $1 and import_id = $2', [tx.tenant, importId]);
    this.keys.delete(`${tx.tenant}/${importId}`);
  }

  /** Deletes everything that was sealed by the import's key; what is deleted already is no fault. */
  async deleteAll(tenant: string, importId: string): Promise<void> {
    const prefix = `tenants/${tenant}/imports/${importId}/`;
    for (let after: string | undefined; ; ) {
      const page = await this.sealed.list(prefix, { limit: DELETED_PAGE, ...(after === undefined ? {} : { after }) });
      for (const key of page.keys) if (!key.startsWith(`${prefix}${REVERTS}`)) await this.sealed.delete(key);
      if (page.next === undefined) return;
      after = page.next;
    }
  }

  /** @throws DomainError FILE_EXPIRED when the file's text is gone. */
  async put(tenant: string, importId: string, place: ObjectPlace, bytes: Buffer): Promise<PutObject> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = objectKey(tenant, importId, place, sha256);
    await this.sealed.put(key, await this.keyOf(tenant, importId, place), bytes);
    return { key, sha256 };
  }

  /** Reads an object and checks its hash. @throws DomainError CHUNK_CORRUPT when it is missing or differs; FILE_EXPIRED. */
  async get(tenant: string, importId: string, place: ObjectPlace, sha256: string): Promise<Buffer> {
    const bytes = await this.read(objectKey(tenant, importId, place, sha256), tenant, importId, place);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw refused('CHUNK_CORRUPT');
    return bytes;
  }

  /** Reads by the full key, as a dispatched chunk names it. */
  async getByKey(tenant: string, importId: string, key: string, sha256: string): Promise<Buffer> {
    const prefix = `tenants/${tenant}/imports/${importId}/`;
    if (!key.startsWith(prefix)) throw refused('CHUNK_CORRUPT');
    const bytes = await this.read(key, tenant, importId, key.slice(prefix.length));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw refused('CHUNK_CORRUPT');
    return bytes;
  }

  async delete(tenant: string, importId: string, place: ObjectPlace, sha256: string): Promise<void> {
    await this.sealed.delete(objectKey(tenant, importId, place, sha256));
  }

  private async read(key: string, tenant: string, importId: string, place: ObjectPlace): Promise<Buffer> {
    try {
      return await this.sealed.read(key, await this.keyOf(tenant, importId, place));
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'NOT_FOUND') throw error;
      // What is missing may have gone with its key a moment ago, by another process.
      this.keys.delete(`${tenant}/${importId}`);
      await this.keyOf(tenant, importId, place);
      throw refused('CHUNK_CORRUPT');
    }
  }

  private async keyOf(tenant: string, importId: string, place: ObjectPlace): Promise<Buffer> {
    const isOfRevert = place.startsWith(REVERTS);
    const owner = isOfRevert ? uuid8('reverts of', importId) : importId;
    const name = `${tenant}/${owner}`;
    const known = this.keys.get(name);
    if (known !== undefined && known.until > Date.now()) return known.key;
    const sealed = await this.store.transaction(tenant, async (tx) => {
      if (isOfRevert) await this.createKey(tx, owner);
      return this.findKey(tx, owner);
    });
    if (sealed === undefined) throw refused('FILE_EXPIRED');
    const key = this.open(tenant, owner, sealed);
    if (this.keys.size >= KEYS_MAX) this.keys.clear();
    this.keys.set(name, { key, until: Date.now() + KEY_KEPT_MS });
    return key;
  }

  private async findKey(tx: StoreTransaction, owner: string): Promise<Buffer | undefined> {
    const { rows } = await tx.query<{ sealed: Buffer }>('select sealed from app.import_key where tenant = $1 and import_id = $2', [tx.tenant, owner]);
    return rows[0]?.sealed;
  }

  private seal(tenant: string, importId: string, key: Buffer): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.wrappingKey(tenant), iv);
    cipher.setAAD(Buffer.from(`${tenant}/${importId}`));
    return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  private open(tenant: string, importId: string, sealed: Buffer): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.wrappingKey(tenant), sealed.subarray(0, IV_BYTES));
    decipher.setAAD(Buffer.from(`${tenant}/${importId}`));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
  }

  private wrappingKey(tenant: string): Buffer {
    return deriveKey(this.masterKey, 'import keys', tenant);
  }
}

export function objectKey(tenant: string, importId: string, place: ObjectPlace, sha256: string): string {
  return `tenants/${tenant}/imports/${importId}/${place}-${sha256.slice(0, 32)}`;
}
