import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { isDomainError, refused } from '@caseledger/errors';
import { deriveKey, type EventStore, type StoreTransaction } from '@caseledger/event-store';
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
/** Bounded like every cache; a key that fell out is opened again. */
const KEYS_MAX = 500;

/**
 * The objects of imports: everything that came out of a file, sealed with one random key per import. The key lies in
 * `app.import_key`, sealed by the company's key, and dies with the file: then nothing of the file can be read (FIL-006).
 * An object's name ends with its hash, so that a repetition writes the same object and a straggler harms nobody.
 */
export class ImportObjects {
  private readonly keys = new Map<string, Buffer>();

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

  /** Destroys the key, and with it everything sealed by it. */
  async destroyKey(tx: StoreTransaction, importId: string): Promise<void> {
    await tx.query('delete from app.import_key where tenant = $1 and import_id = $2', [tx.tenant, importId]);
    this.keys.delete(`${tx.tenant}/${importId}`);
  }

  /** @throws DomainError FILE_EXPIRED when the file's text is gone. */
  async put(tenant: string, importId: string, place: ObjectPlace, bytes: Buffer): Promise<PutObject> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = objectKey(tenant, importId, place, sha256);
    await this.sealed.put(key, await this.keyOf(tenant, importId), bytes);
    return { key, sha256 };
  }

  /** Reads an object and checks its hash. @throws DomainError CHUNK_CORRUPT when it is missing or differs; FILE_EXPIRED. */
  async get(tenant: string, importId: string, place: ObjectPlace, sha256: string): Promise<Buffer> {
    const bytes = await this.read(objectKey(tenant, importId, place, sha256), await this.keyOf(tenant, importId));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw refused('CHUNK_CORRUPT');
    return bytes;
  }

  /** Reads by the full key, as a dispatched chunk names it. */
  async getByKey(tenant: string, importId: string, key: string, sha256: string): Promise<Buffer> {
    if (!key.startsWith(`tenants/${tenant}/imports/${importId}/`)) throw refused('CHUNK_CORRUPT');
    const bytes = await this.read(key, await this.keyOf(tenant, importId));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw refused('CHUNK_CORRUPT');
    return bytes;
  }

  async delete(tenant: string, importId: string, place: ObjectPlace, sha256: string): Promise<void> {
    await this.sealed.delete(objectKey(tenant, importId, place, sha256));
  }

  private async read(key: string, secret: Buffer): Promise<Buffer> {
    try {
      return await this.sealed.read(key, secret);
    } catch (error) {
      if (isDomainError(error) && error.code === 'NOT_FOUND') throw refused('CHUNK_CORRUPT');
      throw error;
    }
  }

  private async keyOf(tenant: string, importId: string): Promise<Buffer> {
    const name = `${tenant}/${importId}`;
    const known = this.keys.get(name);
    if (known !== undefined) return known;
    const sealed = await this.store.transaction(tenant, async (tx) => {
      const { rows } = await tx.query<{ sealed: Buffer }>('select sealed from app.import_key where tenant = $1 and import_id = $2', [
        tenant,
        importId,
      ]);
      return rows[0]?.sealed;
    });
    if (sealed === undefined) throw refused('FILE_EXPIRED');
    const key = this.open(tenant, importId, sealed);
    if (this.keys.size >= KEYS_MAX) this.keys.clear();
    this.keys.set(name, key);
    return key;
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
