import { createHash, createHmac } from 'node:crypto';
import { deriveKey } from '@caseledger/event-store';

/** Keyed hashes of what people sign in with, so that no index holds an address in clear. */
export class AccountsKeys {
  private readonly emailPepper: Buffer;
  private readonly tryPepper: Buffer;
  private readonly requestPepper: Buffer;

  /** @param masterKey 32 bytes, kept outside every database */
  constructor(masterKey: Buffer) {
    this.emailPepper = deriveKey(masterKey, 'accounts', 'e-mail');
    this.tryPepper = deriveKey(masterKey, 'accounts', 'sign-in try');
    this.requestPepper = deriveKey(masterKey, 'accounts', 'request');
  }

  /** The same for every spelling of an address that reaches the same mailbox in practice: case is folded. */
  emailKey(email: string): Buffer {
    return createHmac('sha256', this.emailPepper).update(email.normalize('NFC').toLowerCase()).digest();
  }

  /** Under what tries of sign-in are counted. */
  tryKey(kind: 'e-mail' | 'address', text: string): Buffer {
    return createHmac('sha256', this.tryPepper).update(`${kind}\0${text.normalize('NFC').toLowerCase()}`).digest();
  }

  /** Stands for a secret in the hash of a request, which is kept for a day. */
  requestMark(secret: string): string {
    return secret === '' ? '' : createHmac('sha256', this.requestPepper).update(secret).digest('hex');
  }
}

/** Random secrets of 32 bytes need no slow hash. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
