import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { FileStream } from '../services.js';

/** Pieces as they go to the service: small enough for a message, large enough to be few. */
const PIECE_BYTES = 256 * 1024;

/** The body of an upload in pieces; it is read only as fast as the service takes it. */
export async function* pieces(request: Request): AsyncGenerator<Buffer> {
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
  }
}

/** Sends a file, waiting whenever the client is slower than the service. */
export async function sendFile(file: FileStream, response: Response): Promise<void> {
  response.setHeader('Content-Type', file.contentType);
  response.setHeader('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  for await (const piece of file.bytes) {
    if (response.destroyed) return;
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}
