import { createCipheriv, createDecipheriv } from 'node:crypto';
import { randomSlice } from './random-pool.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const UUID_BYTES = 16;

/** The sealed data are of the person whose stream it is. */
const OF_THE_STREAM = 1;
/** The person's id follows. */
const OF_ANOTHER = 2;

const NOTHING = Buffer.alloc(0);
const HEAD_OF_THE_STREAM = Buffer.from([OF_THE_STREAM]);

/** What sealed data are bound to: moved to another event they cannot be opened. */
export interface SealedPlace {
  readonly tenant: string;
  readonly stream: string;
  readonly version: number;
  readonly eventId: string;
}

/** AES-256-GCM: nonce, ciphertext and tag in one piece. The nonce is random; `aad` is checked when it is opened. */
export function sealBytes(key: Buffer, aad: Buffer, clear: Buffer): Buffer {
  return sealAfter(NOTHING, key, aad, clear);
}

/** The same, behind bytes in clear. */
function sealAfter(head: Buffer, key: Buffer, aad: Buffer, clear: Buffer): Buffer {
  const nonce = randomSlice(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aad);
  const sealed = cipher.update(clear);
  cipher.final();
  return Buffer.concat([head, nonce, sealed, cipher.getAuthTag()]);
}

/** Opens what `sealBytes` made; throws when key, aad or a byte differ. */
export function openBytes(key: Buffer, aad: Buffer, sealed: Buffer): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('Sealed data are too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}

/** Seals an event's personal data (its canonical JSON) with the person's key. */
export function sealPersonal(key: Buffer, subject: string, place: SealedPlace, personal: Buffer): Buffer {
  const head = subject === place.stream ? HEAD_OF_THE_STREAM : Buffer.from(`0${OF_ANOTHER}${subject.replaceAll('-', '')}`, 'hex');
  return sealAfter(head, key, placeBytes(place), personal);
}

/** Whose personal data these are: told in clear, so that keys can be fetched for many events at once. */
export function subjectOf(pii: Buffer, stream: string): string {
  if (pii[0] === OF_THE_STREAM) return stream;
  if (pii[0] !== OF_ANOTHER) throw new Error(`Sealed data of unknown form ${pii[0]}`);
  const hex = pii.toString('hex', 1, 1 + UUID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The personal data of an event as canonical JSON; throws when they were sealed for another place or changed. */
export function openPersonal(key: Buffer, place: SealedPlace, pii: Buffer): string {
  const start = pii[0] === OF_ANOTHER ? 1 + UUID_BYTES : 1;
  return openBytes(key, placeBytes(place), pii.subarray(start)).toString('utf8');
}

function placeBytes(place: SealedPlace): Buffer {
  return Buffer.from(`${place.tenant}|${place.stream}|${place.version}|${place.eventId}`, 'latin1');
}
