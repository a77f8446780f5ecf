import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Calls } from './s3.calls.js';
import { storedKey } from './s3.store.js';

/** What an upload by address may be: exactly this type and length, or the store refuses it. */
export interface SignedUpload {
  readonly contentType: string;
  readonly bytes: number;
  readonly expiresInS: number;
}

/** What a download by address is told to be, whatever the object was stored as. */
export interface SignedDownload {
  readonly contentType: string;
  readonly fileName: string;
  readonly expiresInS: number;
}

/** An address that takes one object once it is given exactly what was signed, without further credentials. */
export function signedUpload(calls: S3Calls, key: string, { contentType, bytes, expiresInS }: SignedUpload): Promise<string> {
  const command = new PutObjectCommand({ Bucket: calls.bucket, Key: storedKey(key), ContentType: contentType, ContentLength: bytes });
  return getSignedUrl(calls.client, command, { expiresIn: expiresInS, signableHeaders: new Set(['content-type', 'content-length', 'host']) });
}

/** An address that gives the object to whoever holds it, as an attachment, until it expires. */
export function signedDownload(calls: S3Calls, key: string, { contentType, fileName, expiresInS }: SignedDownload): Promise<string> {
  const ResponseContentDisposition = `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`;
  const command = new GetObjectCommand({ Bucket: calls.bucket, Key: storedKey(key), ResponseContentDisposition, ResponseContentType: contentType });
  return getSignedUrl(calls.client, command, { expiresIn: expiresInS });
}
